"""A FIN is sent again and again, and acknowledged late or never.

## What it checks
An endpoint repeats its FIN. The finding tells how often and at what intervals, and what became of it: it was
acknowledged at last; it had been acknowledged before, and that ACK was lost; the other side fell silent; or the other
side goes on and acknowledges everything but the FIN. The last is a violation where an echoed timestamp proves that a
FIN arrived.

## Why it matters
A FIN has a sequence number and is acknowledged like data. Until that comes its sender stays in FIN-WAIT-1 or LAST-ACK
and repeats it; after some minutes it gives up, and the other side may never learn that the connection is over.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator > responder  FIN,ACK            !
    initiator > responder  FIN,ACK seq=101  +200ms  !
    initiator > responder  FIN,ACK seq=101  +400ms  !
    initiator > responder  FIN,ACK seq=101  +800ms  !
    ... +60s

## Near miss
    # The capture missed the ACK of the FIN. Its sender got it, for it does not repeat the FIN.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator > responder  FIN,ACK
    ... +60s

## Harmless when
It happens once: a segment was lost, or the ACK took longer than the first repetition waits.

## Likely causes
- a firewall or load balancer forgot the connection at the first FIN
- the other host is gone, or its answers are lost
- loss or delay on the path

## What to try next
Capture at both ends: does the FIN arrive, does its ACK leave? Look at how long the firewalls between them keep
connections of which one side has closed.

## References
- RFC 9293 §3.10.7.4 (eighth step)
- RFC 9293 §3.6
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.rulebook.closing import IS_FIN, SHOWN, Closing, closing
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.subject import MS, SHORTEST_ANSWER, Segment, Subject
from tcpladder.rulebook.wording import capitalised, intervals, name, often
from tcpladder.tcp.states import Endpoint

LONGEST_ACK_DELAY = 500 * MS  # RFC 9293 §3.8.6.3


def examine(subject: Subject) -> Iterator[Match]:
    """Find FINs that were sent more than once."""
    for endpoint in Endpoint:
        closed = closing(subject, endpoint)
        if closed is None or not closed.repeats:
            continue
        if closed.ack is not None:
            yield _acknowledged(endpoint, closed, closed.ack)
        elif not any(segment.is_rst for segment in subject.segments):
            yield from _unacknowledged(subject, endpoint, closed)


def _acknowledged(endpoint: Endpoint, closed: Closing, ack: Segment) -> Match:
    before = [repeat for repeat in closed.repeats if repeat.row < ack.row]
    repeats = f"repeated its FIN {often(len(closed.repeats))}, after {_pattern(closed)}"
    if before:
        end = f"frame {ack.frame} acknowledges it."
    else:
        end = f"frame {ack.frame} had acknowledged it before, and that ACK was lost on the way or came too late."
    return Match(
        frames=(closed.fin.frame, *_frames(closed), ack.frame),
        endpoint=endpoint,
        message=f"{capitalised(endpoint)} {repeats}; {end}",
    )


def _unacknowledged(subject: Subject, endpoint: Endpoint, closed: Closing) -> Iterator[Match]:
    peer = endpoint.peer
    after = [s for s in subject.after(closed.fin) if s.sender is peer and s.is_ordinary]
    if any(s.ack is not None and s.ack > closed.fin.seq and s.ack != closed.position for s in after):
        return  # a part of its payload, or what was never captured
    patience = 2 * subject.time_to_and_back(peer) + LONGEST_ACK_DELAY
    later = [segment for segment in after if segment.time - closed.fin.time > patience]
    if not later:
        silence = subject.capture_end - closed.repeats[-1].time
        if len(closed.repeats) > 1 or silence > SHORTEST_ANSWER:
            yield Match(
                frames=(closed.fin.frame, *_frames(closed)),
                endpoint=None,
                message=f"{capitalised(endpoint)} sent its FIN {often(len(closed.repeats) + 1)}, after "
                f"{_pattern(closed)}; nothing came back.",
            )
        return
    ignoring = [segment for segment in later if segment.ack == closed.position and segment.window]
    if len(ignoring) < len(later):
        return  # data before the FIN is missing there, or the window is closed
    echo = _echo_of_fin(subject, endpoint, closed, ignoring)
    witness = echo or ignoring[-1]
    yield Match(
        frames=(witness.frame, closed.fin.frame, *_frames(closed)),
        endpoint=peer if echo else None,
        level=Level.VIOLATION if echo else None,
        confidence=Confidence.HIGH if echo else Confidence.LOW,
        message=f"{capitalised(endpoint)} sent its FIN {often(len(closed.repeats) + 1)}, and the {name(peer)} goes on "
        f"acknowledging {closed.position}, where the FIN stands, but not the FIN"
        + (
            f", whose timestamp {echo.tsecr} it echoes."
            if echo
            else ": it ignores it, or the FIN does not get through."
        ),
    )


def _echo_of_fin(subject: Subject, endpoint: Endpoint, closed: Closing, later: list[Segment]) -> Segment | None:
    """Give the last segment that echoes the timestamp of a FIN that was there long enough, and of nothing else."""
    fins = (closed.fin, *closed.repeats)
    rows = {fin.row for fin in fins}
    others = {segment.tsval for segment in subject.by(endpoint) if segment.row not in rows}
    sent = {fin.tsval: fin.time for fin in reversed(fins) if fin.tsval and fin.tsval not in others}
    patience = 2 * subject.time_to_and_back(endpoint.peer) + LONGEST_ACK_DELAY
    echoing = [s for s in later if s.tsecr in sent and s.time - sent[s.tsecr] > patience]
    return echoing[-1] if echoing else None


def _pattern(closed: Closing) -> str:
    return intervals(segment.time for segment in (closed.fin, *closed.repeats[:SHOWN]))


def _frames(closed: Closing) -> tuple[int, ...]:
    return tuple(repeat.frame for repeat in closed.repeats[:SHOWN])


RULE = Rule(
    id="td-fin-unacked",
    level=Level.NOTE,
    category=Category.TEARDOWN,
    sources=("RFC 9293 §3.10.7.4", "RFC 9293 §3.6"),
    manual=__doc__,
    screen=IS_FIN & (pl.col("end_relative") <= pl.col("snd_nxt")).fill_null(value=True),
    examine=examine,
    silent_without=Missing.DIRECTION,
)
