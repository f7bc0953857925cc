"""Segments were lost or overtaken just when the connection was being closed.

## What it checks
Around an endpoint's FIN, from two round trips before it until it is acknowledged: data below the FIN was captured after
it, data was retransmitted, or the other side reported a gap by SACK. Before an RST the same, up to it.

## Why it matters
A FIN counts only when everything before it has arrived. While there is a gap, the other side has not received the FIN:
it may rightly go on, not acknowledge it, and answer with old numbers. Who judges how a connection ended has to know of
it.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  ACK len=1000
    initiator > responder  FIN,ACK                    !
    initiator < responder  ACK ack=1
    initiator > responder  ACK seq=1 len=1000 +200ms  !
    initiator < responder  ACK ack=1002

## Near miss
    # Lost long before, and mended.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  ACK len=1000
    initiator > responder  ACK seq=1 len=1000 +300ms
    initiator < responder  ACK
    initiator > responder  FIN,ACK +5s
    initiator < responder  ACK

## Harmless when
It is rare: then the connection only closed a little later.

## Likely causes
- a path that loses or overtakes packets
- a traffic limit that the last burst exceeded

## What to try next
Count retransmissions over the whole capture: is it the path, or this moment?

## References
- RFC 9293 §3.10.7.4 (eighth step, SHLD-31)
- RFC 9293 §3.6
"""

from collections.abc import Iterator, Sequence

import polars as pl

from tcpladder.packets.flags import RST
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.subject import Segment, Subject, first
from tcpladder.rulebook.wording import name
from tcpladder.tcp.states import Endpoint

SHOWN = 6


def examine(subject: Subject) -> Iterator[Match]:
    """Find what went wrong around each endpoint's FIN, or its RST."""
    for endpoint in Endpoint:
        own = subject.by(endpoint)
        end = first(s for s in own if s.is_fin or s.is_rst)
        if end is None:
            continue
        since = end.time - 2 * subject.rtt
        until = _acknowledged(subject, end)
        late = [s for s in own if s.row > end.row and _is_below(s, end) and s.is_ordinary and _is_unseen(s, end)]
        told = {s.row for s in late}
        again = [s for s in own if since <= s.time <= until and _is_repeated(s, end) and s.row not in told]
        gaps = [s for s in subject.by(endpoint.peer) if since <= s.time <= until and _reports_gap(s, end)]
        if late or again or gaps:
            yield _match(end, late, again, gaps)


def _match(end: Segment, late: Sequence[Segment], again: Sequence[Segment], gaps: Sequence[Segment]) -> Match:
    parts = [
        text
        for found, text in (
            (late, f"{_count(late, 'segment')} before it came after it"),
            (again, f"{_count(again, 'segment')} came again"),
            (gaps, f"the {name(end.sender.peer)} reported gaps in {_count(gaps, 'ACK')}"),
        )
        if found
    ]
    proof = sorted((*late, *again, *gaps), key=lambda segment: segment.row)
    kind = "RST" if end.is_rst else "FIN"
    return Match(
        frames=(end.frame, *(segment.frame for segment in proof[:SHOWN])),
        confidence=Confidence.HIGH if late or again else Confidence.MEDIUM,
        message=f"Around the {name(end.sender)}'s {kind} in frame {end.frame} segments were lost or overtaken: "
        f"{' and '.join(parts)}.",
    )


def _count(segments: Sequence[Segment], what: str) -> str:
    return f"{len(segments)} {what}" + ("s" if len(segments) > 1 else "")


def _acknowledged(subject: Subject, end: Segment) -> int:
    """Give when a FIN was acknowledged; for an RST, when it was sent."""
    if end.is_rst:
        return end.time
    ack = first(s for s in subject.after(end) if s.sender is not end.sender and s.ack is not None and s.ack >= end.end)
    return ack.time if ack else subject.segments[-1].time


def _is_below(segment: Segment, end: Segment) -> bool:
    return bool(segment.payload_length) and segment.seq < end.end - 1


def _is_unseen(segment: Segment, end: Segment) -> bool:
    """Whether it holds what lay, when the FIN was captured, in a gap before it."""
    if not end.is_fin or end.snd_nxt is None:
        return False
    return segment.seq + segment.payload_length > end.snd_nxt and end.seq > end.snd_nxt


def _is_repeated(segment: Segment, end: Segment) -> bool:
    is_repeated = segment.payload_length and segment.is_ordinary and not segment.is_new and not segment.is_keep_alive
    is_open = segment.snd_una is None or segment.seq + segment.payload_length > segment.snd_una
    return bool(is_repeated) and is_open and (end.is_rst or _is_below(segment, end))


def _reports_gap(segment: Segment, end: Segment) -> bool:
    """Whether it has a SACK block beyond what it acknowledges; one below reports a duplicate (RFC 2883 §4)."""
    if not segment.sack_count or segment.sack_left is None or segment.is_rst or segment.ack is None:
        return False
    beyond = (segment.sack_left - segment.ack_raw) % (1 << 32)
    return 0 < beyond < 1 << 31 and segment.ack < max(end.end, end.seq)


RULE = Rule(
    id="seq-loss-at-close",
    level=Level.NOTE,
    category=Category.SEQUENCE,
    sources=("RFC 9293 §3.10.7.4", "RFC 9293 §3.6"),
    manual=__doc__,
    screen=~any_of(RST)
    & (((pl.col("payload_length") > 0) & (pl.col("seq_relative") < pl.col("snd_nxt"))) | (pl.col("sack_count") > 0)),
    examine=examine,
)
