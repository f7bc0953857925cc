"""An endpoint acknowledges data that was never sent.

## What it checks
An acknowledgment number lies beyond everything that was captured of the other side, and a later empty ACK of the
other side proves that it had sent no more. The endpoint had acknowledged rightly before: what answers a SYN with an
old number belongs to an older connection. Without this proof, segments are missing from the capture, and nothing is
claimed.

## Why it matters
The other side drops such a segment, data and all, and answers with an ACK. The two have different opinions of the same
connection: an ISN was rewritten in one direction only, or somebody else wrote the segment.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator < responder  PSH,ACK len=20 ack=5101   !
    initiator > responder  ACK ack=1                 !
    initiator > responder  PSH,ACK len=100 ack=1

## Near miss
    # The capture missed the data: its sender goes on behind it.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator < responder  ACK ack=1461
    initiator > responder  ACK seq=1461
    initiator > responder  PSH,ACK seq=1461 len=100
    initiator < responder  ACK

## Harmless when
Never, if it is not a fault of the capture.

## Likely causes
- a firewall that changes sequence numbers in one direction only
- a forged segment
- a load balancer that joins two connections wrongly

## What to try next
Capture at both ends and compare the sequence numbers of one segment.

## References
- RFC 9293 §3.10.7.4 (fifth step)
- RFC 5961 §5.2
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import RST, SYN
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.subject import MS, Segment, Subject, first
from tcpladder.rulebook.wording import capitalised, name, often
from tcpladder.tcp.states import Endpoint

REORDERED_WITHIN = 3 * MS  # and within half a round trip, on paths shorter than that
SHOWN = 5


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's acknowledgments of more than the other side had sent."""
    for endpoint in Endpoint:
        proven = _proven(subject, endpoint)
        if not proven:
            continue
        segment, proof = proven[0]
        is_sure = any(_is_sure(subject, *pair) for pair in proven[:SHOWN])
        yield Match(
            frames=(segment.frame, proof.frame, *(other.frame for other, _ in proven[1:SHOWN])),
            endpoint=endpoint,
            level=None if is_sure else Level.DEVIATION,
            confidence=Confidence.HIGH if is_sure else Confidence.MEDIUM,
            message=f"{capitalised(endpoint)} acknowledges {segment.ack} ({often(len(proven))}), where the "
            f"{name(endpoint.peer)} had sent up to {segment.peer_nxt}, as its ACK in frame {proof.frame} shows.",
        )


def _proven(subject: Subject, endpoint: Endpoint) -> list[tuple[Segment, Segment]]:
    """Pair acknowledgments of too much with empty ACKs which show that their sender stands where it was captured."""
    found = []
    waiting: list[Segment] = []
    for segment in subject.segments:
        if segment.sender is endpoint:
            if segment.is_ordinary and _acknowledges_too_much(segment):
                waiting.append(segment)
        elif segment.is_pure_ack and waiting:
            found += [(asked, segment) for asked in waiting if segment.seq == asked.peer_nxt == segment.snd_nxt]
            waiting = []
        elif segment.is_new and not segment.is_rst:
            waiting = []
    return found


def _is_sure(subject: Subject, segment: Segment, proof: Segment) -> bool:
    """Tell whether the ACK was not just overtaken: it came later, or what its sender sends next begins there too."""
    wait = min(REORDERED_WITHIN, subject.time_to_and_back(proof.sender) // 2)
    later = first(s for s in subject.after(proof) if s.sender is proof.sender and s.end > s.seq and not s.is_rst)
    return proof.time - segment.time >= wait or (later is not None and later.is_new and later.seq == proof.seq)


def _acknowledges_too_much(segment: Segment) -> bool:
    if segment.ack is None or segment.peer_nxt is None or segment.rcv_nxt is None:
        return False
    return segment.rcv_nxt <= segment.peer_nxt < segment.ack


RULE = Rule(
    id="seq-ack-unsent",
    level=Level.VIOLATION,
    category=Category.SEQUENCE,
    sources=("RFC 9293 §3.10.7.4", "RFC 5961 §5.2"),
    manual=__doc__,
    screen=(pl.col("ack_relative") > pl.col("peer_nxt")) & ~any_of(RST, SYN),
    examine=examine,
    silent_without=Missing.DIRECTION,
)
