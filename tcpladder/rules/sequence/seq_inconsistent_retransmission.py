"""Data is sent again with the same sequence numbers and other content.

## What it checks
Two segments of one endpoint have the same sequence number and the same length, and their payloads have different sums.
Both have to be captured whole, and with good checksums. Single bytes do not count: keep-alives and window probes carry
anything.

## Why it matters
Each sequence number stands for one byte, for ever. The receiver keeps what came first or what came last, as it likes;
an intrusion detection system between may keep the other. So this is how one of them is deceived, and else a sign of a
device that rewrites data and forgets what it wrote before.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100 sum=4711          !
    initiator > responder  PSH,ACK len=100 sum=815 seq=1  +200ms  !
    initiator < responder  ACK

## Near miss
    # Sent again as it was.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100 sum=4711
    initiator > responder  PSH,ACK len=100 sum=4711 seq=1  +200ms
    initiator < responder  ACK

## Harmless when
Never. Of the two, one was not what the application sent.

## Likely causes
- data injected into the connection, ahead of the true answer
- a proxy or firewall that rewrites payload, and not each time
- an attempt to deceive intrusion detection

## What to try next
Compare both payloads byte by byte, and TTL and IP ID of the two segments.

## References
- RFC 9293 §3.4
- RFC 9293 §3.10.7.4 (seventh step)
"""

from collections.abc import Iterator

import polars as pl

from tcpladder.packets.flags import RST
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.rulebook.wording import capitalised, often
from tcpladder.tcp.states import Endpoint

SHOWN = 4  # pairs
SHORTEST = 2


def examine(subject: Subject) -> Iterator[Match]:
    """Find segments that contradict an earlier one."""
    for endpoint in Endpoint:
        pairs = _contradictions(subject, endpoint)
        if not pairs:
            continue
        earlier, segment = pairs[0]
        yield Match(
            frames=tuple(dict.fromkeys(s.frame for pair in pairs[:SHOWN] for s in reversed(pair))),
            endpoint=endpoint,
            message=f"{capitalised(endpoint)} sends the {segment.payload_length} bytes from {segment.seq} on again "
            f"with other content, in frame {segment.frame} as against frame {earlier.frame} ({often(len(pairs))}).",
        )


def _contradictions(subject: Subject, endpoint: Endpoint) -> list[tuple[Segment, Segment]]:
    first_of: dict[tuple[int, int], Segment] = {}
    found = []
    for segment in subject.by(endpoint):
        if segment.payload_sum is None or segment.payload_length < SHORTEST or segment.is_rst:
            continue
        earlier = first_of.setdefault((segment.seq, segment.payload_length), segment)
        if earlier.payload_sum != segment.payload_sum:
            found.append((earlier, segment))
    return found


RULE = Rule(
    id="seq-inconsistent-retransmission",
    level=Level.VIOLATION,
    category=Category.SEQUENCE,
    sources=("RFC 9293 §3.4", "RFC 9293 §3.10.7.4"),
    manual=__doc__,
    screen=(pl.col("seq_relative") < pl.col("snd_nxt"))
    & (pl.col("payload_length") >= SHORTEST)
    & pl.col("payload_sum").is_not_null()
    & ~any_of(RST),
    examine=examine,
)
