"""A segment echoes a timestamp of the other side's, and not the one that it should.

## What it checks
Timestamps were negotiated, and TSecr is a TSval of the other side, but

- it goes back, though acknowledgment number or TSval show the segment to be the later one,
- or only segments beyond a hole carried it, so that it should not have been taken over yet,
- or it is older than the data which the segment is the first to acknowledge, and which came in sequence.

What an ACK of several segments should echo (the first of them) is not checked: an ACK in between may have been lost.

## Why it matters
The other side takes the round-trip time from it. Too new an echo makes it too short, and retransmissions come too
early; an old one makes it too long.

## Example
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=5000 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=5000
    initiator < responder  PSH,ACK len=10 seq=11 tsval=5010 tsecr=101
    initiator > responder  ACK ack=1 tsval=103 tsecr=5010    !
    initiator < responder  PSH,ACK len=10 seq=1 tsval=5200 tsecr=101 +200ms
    initiator > responder  ACK ack=21 tsval=304 tsecr=5200

## Near miss
    # The echo stays as it was until the hole is filled.
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=5000 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=5000
    initiator < responder  PSH,ACK len=10 seq=11 tsval=5010 tsecr=101
    initiator > responder  ACK ack=1 tsval=103 tsecr=5000
    initiator < responder  PSH,ACK len=10 seq=1 tsval=5200 tsecr=101 +200ms
    initiator > responder  ACK ack=21 tsval=304 tsecr=5200

## Harmless when
The other side takes its round-trip times from acknowledged data, or filters them well.

## Likely causes
- a simple stack that echoes the latest TSval that it saw
- hardware that acknowledges in the stack's place
- a proxy or accelerator that mixes two connections' timestamps

## What to try next
Look which segments carry the echoed TSval. Switch hardware offload off as a test.

## References
- RFC 7323 §4.3
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import polars as pl

from tcpladder.rulebook.rule import Category, Confidence, Level, Match, Missing, Rule
from tcpladder.rulebook.stamps import (
    IS_ECHOING,
    LOWEST_ECHOED,
    NEGOTIATED,
    TAG,
    after_handshake,
    frames,
    is_negotiated,
    times,
)
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.sequence import HALF, MODULUS, distance
from tcpladder.tcp.states import Endpoint


@dataclass(frozen=True, slots=True)
class _Wrong:
    """A segment with the wrong echo, what is wrong with it, and the segment that shows it."""

    segment: Segment
    what: str
    proof: Segment


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's wrong choices."""
    if not is_negotiated(subject):
        return
    later = after_handshake(subject)
    for endpoint in Endpoint:
        wrong = list(_wrong(endpoint, subject, later))
        if not wrong:
            continue
        first = wrong[0]
        more = f" So do {times(len(wrong) - 1, 'more segment')}." if len(wrong) > 1 else ""
        yield Match(
            frames=frames([one.segment for one in wrong]),
            endpoint=endpoint,
            confidence=Confidence.HIGH if len(wrong) > 1 else Confidence.MEDIUM,
            tags=(TAG,),
            message=f"The {endpoint.name.lower()} echoes {first.segment.tsecr} in frame {first.segment.frame}, "
            f"{first.what}.{more}",
        )


def _wrong(endpoint: Endpoint, subject: Subject, later: Sequence[Segment]) -> Iterator[_Wrong]:
    peer = _Sent(subject.by(endpoint.peer))
    before: Segment | None = None
    for segment in later:
        if segment.sender is not endpoint or segment.tsecr is None or segment.ack is None:
            continue
        carrier = peer.lowest.get(segment.tsecr)
        if carrier is not None:
            overtaken = peer.overtaken(segment)
            if before is not None and _goes_back(before, segment) and before.tsecr in peer.lowest:
                yield _Wrong(segment, f"though it had echoed {before.tsecr} in frame {before.frame} already", before)
            elif carrier.seq > segment.ack:
                hole = f"which only came beyond the hole at {segment.ack}, first in frame {carrier.frame}"
                yield _Wrong(segment, hole, carrier)
            elif overtaken is not None:
                late = f"and acknowledges frame {overtaken.frame}, which came in sequence with TSval {overtaken.tsval}"
                yield _Wrong(segment, late, overtaken)
        before = segment


def _goes_back(before: Segment, after: Segment) -> bool:
    """Whether TSecr goes back between two segments of one endpoint, of which `after` was surely sent later."""
    if not before.tsecr or before.ack is None or after.ack is None or distance(before.tsecr, after.tsecr or 0) >= 0:
        return False
    is_newer = before.tsval is not None and after.tsval is not None and distance(before.tsval, after.tsval) > 0
    return after.ack > before.ack or (after.ack == before.ack and is_newer)


class _Sent:
    """What the other side sent, by the values and the numbers that it carried."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        stamped = [s for s in segments if s.tsval is not None]
        self.lowest: dict[int, Segment] = {}  # the segment of the lowest number, by TSval
        self.starting: dict[int, list[Segment]] = {}  # what has a length, by its first number
        for segment in stamped:
            value = segment.tsval or 0
            if value not in self.lowest or segment.seq < self.lowest[value].seq:
                self.lowest[value] = segment
        occupying = sorted((s for s in segments if s.end > s.seq and not s.is_rst), key=lambda s: s.seq)
        for segment in occupying:
            self.starting.setdefault(segment.seq, []).append(segment)
        self.numbers = [s.seq for s in occupying]
        self.ends = list(accumulate((s.end for s in occupying), max))

    def overtaken(self, ack: Segment) -> Segment | None:
        """Give the segment whose TSval `ack` should echo at least: it begins where the one before had come to.

        None where `ack` echoes enough, where other segments cover the same number, or where it acknowledges less
        than an earlier segment of its sender: Linux does not take the TSval over then.
        """
        start = ack.rcv_nxt
        if start is None or (ack.ack or 0) <= start or start not in self.starting:
            return None
        copies = self.starting[start]
        at = bisect_left(self.numbers, start)
        if at and self.ends[at - 1] > start:
            return None
        for copy in copies:
            if copy.tsval is None or distance(ack.tsecr or 0, copy.tsval) <= 0 or copy.ack is None:
                return None
            if copy.row > ack.row or (copy.rcv_nxt is not None and copy.ack < copy.rcv_nxt):
                return None
        return copies[0]


def _stamp_of_next(rows: pl.Series) -> pl.Series:
    table = rows.struct.unnest()
    sent = table.filter((pl.col("segment_length") > 0) & ~pl.col("is_duplicate")).select(
        "connection", "from_initiator", "tsval", number="seq_relative"
    )
    first = sent.unique(["connection", "from_initiator", "number"], keep="first", maintain_order=True)
    asked = table.select("connection", from_initiator=~pl.col("from_initiator"), number="rcv_nxt")
    return asked.join(first, on=["connection", "from_initiator", "number"], how="left", maintain_order="left")["tsval"]


STAMP_OF_NEXT = pl.struct(
    "connection", "from_initiator", "tsval", "seq_relative", "segment_length", "is_duplicate", "rcv_nxt"
).map_batches(_stamp_of_next, return_dtype=pl.UInt32)
ECHO = pl.when(IS_ECHOING & ~pl.col("is_duplicate")).then(pl.col("tsecr").cast(pl.Int64))
ECHO_BEFORE = ECHO.forward_fill().shift(1).over("connection", "from_initiator")
GOES_BACK = (pl.col("tsecr").cast(pl.Int64) - ECHO_BEFORE) % MODULUS >= HALF
IS_TOO_NEW = pl.col("ack_relative") < LOWEST_ECHOED
IS_TOO_OLD = (pl.col("ack_relative") > pl.col("rcv_nxt")) & (
    (pl.col("tsecr").cast(pl.Int64) - STAMP_OF_NEXT.cast(pl.Int64)) % MODULUS >= HALF
)

RULE = Rule(
    id="ts-echo-choice",
    level=Level.DEVIATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §4.3",),
    manual=__doc__,
    screen=NEGOTIATED
    & IS_ECHOING
    & (GOES_BACK.fill_null(value=False) | IS_TOO_NEW.fill_null(value=False) | IS_TOO_OLD.fill_null(value=False)),
    examine=examine,
    silent_without=Missing.BEGINNING | Missing.DIRECTION,
    weaker_without=Missing.SEGMENTS,
)
