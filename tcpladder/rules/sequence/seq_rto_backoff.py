"""Data or a FIN is retransmitted again and again without waiting longer each time.

## What it checks
The same byte is sent three times or more after the first, the other side is silent all that time, and twice in a row
the interval hardly grows. Intervals from 48 s on may stop growing. Where the other side's window is closed, these are
window probes, and do not count; neither do keep-alives.

## Why it matters
Each time that the retransmission timer expires, its value has to double. Who does not slow down loads a path that is
already failing; and intervals without backoff show a sender with timers of its own.

## Example
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100                  !
    initiator > responder  PSH,ACK seq=1 len=100  +300ms  !
    initiator > responder  PSH,ACK seq=1 len=100  +300ms  !
    initiator > responder  PSH,ACK seq=1 len=100  +300ms  !
    initiator > responder  PSH,ACK seq=1 len=100  +300ms  !

## Near miss
    # A tail loss probe comes first, then the timer doubles.
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator > responder  PSH,ACK seq=1 len=100  +200ms
    initiator > responder  PSH,ACK seq=1 len=100  +210ms
    initiator > responder  PSH,ACK seq=1 len=100  +420ms
    initiator > responder  PSH,ACK seq=1 len=100  +840ms

## Harmless when
The application asked for it: Linux repeats thin streams up to six times at equal intervals (tcp_thin_linear_timeouts).

## Likely causes
- a stack of its own, in an embedded device or in a load balancer
- a device on the path that retransmits by itself

## What to try next
Compare TTL and IP ID of the repetitions with the first one: did the endpoint send them?

## References
- RFC 6298 §5.5
- RFC 9293 §3.8.1 (MUST-19)
"""

from collections.abc import Iterator
from itertools import pairwise

import polars as pl

from tcpladder.packets.flags import RST, SYN
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.subject import MS, SECOND, Segment, Subject
from tcpladder.rulebook.wording import capitalised, intervals
from tcpladder.tcp.states import Endpoint

GROWS = 1.4  # times the interval before
LONGEST = 48 * SECOND
SHORTEST = 50 * MS  # what comes sooner was not sent by this timer
TRANSMISSIONS = 4
SHOWN = 10


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's first series of retransmissions that does not back off."""
    for endpoint in Endpoint:
        series = next((found for found in _series(subject, endpoint) if _does_not_back_off(found)), None)
        if series is None:
            continue
        yield Match(
            frames=tuple(segment.frame for segment in series[:SHOWN]),
            endpoint=endpoint,
            confidence=Confidence.HIGH if len(series) > TRANSMISSIONS else Confidence.MEDIUM,
            message=f"{capitalised(endpoint)} sends the same data from {series[0].seq} on {len(series)} times, at "
            f"intervals of {intervals(segment.time for segment in series[:SHOWN])}, which do not double.",
        )


def _series(subject: Subject, endpoint: Endpoint) -> Iterator[list[Segment]]:
    """Give the transmissions of one first byte, as long as the other side is silent and its window is open."""
    by_seq: dict[int, list[Segment]] = {}
    is_closed = False
    for segment in subject.segments:
        if segment.sender is not endpoint:
            yield from by_seq.values()
            by_seq = {}
            is_closed = segment.window == 0 and not segment.is_rst
        elif segment.is_rst:
            yield from by_seq.values()
            by_seq = {}
        elif segment.end > segment.seq and not _is_opening(segment) and not segment.is_keep_alive and not is_closed:
            times = by_seq.setdefault(segment.seq, [])
            if not times or segment.time - times[-1].time >= SHORTEST:
                times.append(segment)
    yield from by_seq.values()


def _is_opening(segment: Segment) -> bool:
    return segment.is_syn or segment.is_syn_ack


def _does_not_back_off(series: list[Segment]) -> bool:
    waits = [later.time - earlier.time for earlier, later in pairwise(series)]
    is_flat = [later < GROWS * earlier and later < LONGEST for earlier, later in pairwise(waits)]
    return len(series) >= TRANSMISSIONS and any(first and second for first, second in pairwise(is_flat))


RULE = Rule(
    id="seq-rto-backoff",
    level=Level.DEVIATION,
    category=Category.SEQUENCE,
    sources=("RFC 6298 §5.5", "RFC 9293 §3.8.1"),
    manual=__doc__,
    screen=(pl.col("segment_length") > 0)
    & (pl.col("seq_relative") < pl.col("snd_nxt"))
    & ~any_of(SYN, RST)
    & ~pl.col("is_duplicate"),
    examine=examine,
    silent_without=Missing.DIRECTION,
)
