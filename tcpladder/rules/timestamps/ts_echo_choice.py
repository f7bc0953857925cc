"""A segment echoes a timestamp of the other side's, and not the one that it should.

## What it checks
Timestamps were negotiated, and TSecr is a TSval of the other side, but

- only segments beyond a hole carried it, so that it should not have been taken over yet,
- or it is older than one that came in sequence with data that an earlier segment acknowledged,
- or it is older than what was echoed in an earlier tick of the sender's own clock.

What an ACK of several segments should echo (the first of them) is not checked: an ACK in between may have been lost.

## Why it matters
The other side takes the round-trip time from it. Too new an echo makes it too short, and retransmissions come too
early; an old one makes it too long.

## Example
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=5000 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=5000
    initiator < responder  PSH,ACK len=10 seq=11 tsval=5010 tsecr=101  !
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

from collections.abc import Iterator, Sequence

import polars as pl

from tcpladder.packets.flags import RST
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule, any_of
from tcpladder.rulebook.stamps import (
    HAS_STAMP,
    IS_ECHOING,
    LOWEST_ECHOED,
    NEGOTIATED,
    SHOWN,
    TAG,
    after_handshake,
    is_negotiated,
    times,
)
from tcpladder.rulebook.subject import Segment, Subject
from tcpladder.sequence import HALF, MODULUS
from tcpladder.tcp.echoes import EchoRange, ts_recent
from tcpladder.tcp.states import Endpoint


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's wrong choices."""
    if not is_negotiated(subject):
        return
    opened = after_handshake(subject)[:1]
    for endpoint in Endpoint:
        sent = _Sent(subject.by(endpoint.peer))
        ranges = zip(subject.segments, ts_recent(subject.segments, endpoint), strict=True)
        judged = ((s, legal) for s, legal in ranges if opened and s.row >= opened[0].row and legal is not None)
        wrong = [(s, fault) for s, legal in judged if (fault := sent.fault(s, legal))]
        if not wrong:
            continue
        segment, (what, proof) = wrong[0]
        more = f" So do {times(len(wrong) - 1, 'more segment')}." if len(wrong) > 1 else ""
        yield Match(
            frames=(segment.frame, proof.frame, *(s.frame for s, _ in wrong[1:SHOWN])),
            endpoint=endpoint,
            confidence=Confidence.HIGH if len(wrong) > 1 else Confidence.MEDIUM,
            tags=(TAG,),
            message=f"The {endpoint.name.lower()} echoes {segment.tsecr} in frame {segment.frame}, {what}.{more}",
        )


class _Sent:
    """What the other side sent: for each TSval, the segment of the lowest number that carried it."""

    def __init__(self, segments: Sequence[Segment]) -> None:
        self.lowest: dict[int, Segment] = {}
        for segment in segments:
            value = segment.tsval
            if value is not None and (value not in self.lowest or segment.seq < self.lowest[value].seq):
                self.lowest[value] = segment

    def fault(self, segment: Segment, legal: EchoRange) -> tuple[str, Segment] | None:
        """Say what is wrong with a segment's TSecr, and which segment shows it; None where nothing is."""
        echo, ack = segment.tsecr or 0, max(segment.ack or 0, segment.rcv_nxt or 0)
        source = self.lowest.get(echo)
        if source is None:
            return None
        if legal.is_too_new(echo) and source.seq > ack:
            return f"which only came beyond the hole at {ack}, in frame {source.frame}", source
        newer = self.lowest.get(legal.lowest or 0)
        if legal.is_too_old(echo) and newer is not None:
            return f"though it has taken over {newer.tsval} from frame {newer.frame} before", newer
        return None


def _stamp_of_next(rows: pl.Series) -> pl.Series:
    table = rows.struct.unnest()
    occupies = HAS_STAMP & (pl.col("segment_length") > 0) & ~pl.col("is_duplicate") & ~any_of(RST)
    sent = table.filter(occupies).select("connection", "from_initiator", "tsval", number="seq_relative")
    first = sent.unique(["connection", "from_initiator", "number"], keep="first", maintain_order=True)
    asked = table.select("connection", from_initiator=~pl.col("from_initiator"), number=pl.col("rcv_nxt").fill_null(0))
    return asked.join(first, on=["connection", "from_initiator", "number"], how="left", maintain_order="left")["tsval"]


STAMP_OF_NEXT = pl.struct(
    "connection", "from_initiator", "tsval", "flags", "seq_relative", "segment_length", "is_duplicate", "rcv_nxt"
).map_batches(_stamp_of_next, return_dtype=pl.UInt32)
ECHO = pl.when(IS_ECHOING & ~pl.col("is_duplicate")).then(pl.col("tsecr").cast(pl.Int64))
ECHO_BEFORE = ECHO.forward_fill().shift(1).over("connection", "from_initiator")
GOES_BACK = (pl.col("tsecr").cast(pl.Int64) - ECHO_BEFORE) % MODULUS >= HALF
IS_TOO_NEW = pl.max_horizontal("ack_relative", "rcv_nxt") < LOWEST_ECHOED
NEXT_ECHO = ECHO.backward_fill().over("connection", "from_initiator")
IS_TOO_OLD = (pl.col("ack_relative") > pl.col("rcv_nxt").fill_null(0)) & (
    (NEXT_ECHO - STAMP_OF_NEXT.cast(pl.Int64)) % MODULUS >= HALF
)

RULE = Rule(
    id="ts-echo-choice",
    level=Level.DEVIATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §4.3",),
    manual=__doc__,
    screen=NEGOTIATED
    & pl.any_horizontal(condition.fill_null(value=False) for condition in (GOES_BACK, IS_TOO_NEW, IS_TOO_OLD)),
    examine=examine,
    silent_without=Missing.BEGINNING | Missing.DIRECTION,
    weaker_without=Missing.SEGMENTS,
)
