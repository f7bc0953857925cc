"""An endpoint's timestamps go back while its data goes on.

## What it checks
New data follows in sequence on earlier data (or on the SYN) and carries a TSval that is less by more than 2 ticks.
Retransmissions and data that came out of order do not count. Where the TSval lies among those of the last seconds, the
segment may have been under way for so long, and the finding is weaker.

## Why it matters
TSval has to grow, or stay, from segment to segment. A receiver that protects itself against old segments drops what is
less than the last: the connection stalls until the clock has caught up.

## Example
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900000 tsecr=100       !
    initiator > responder  ACK tsval=101 tsecr=900000
    initiator > responder  PSH,ACK len=10 tsval=102 tsecr=900000
    initiator < responder  PSH,ACK len=10 tsval=4000 tsecr=102  !
    initiator > responder  ACK tsval=104 tsecr=900000

## Near miss
    # The second of two segments overtook the first.
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900000 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900000
    initiator < responder  PSH,ACK len=10 seq=11 tsval=900050 tsecr=101
    initiator < responder  PSH,ACK len=10 seq=1 tsval=900020 tsecr=101
    initiator > responder  ACK ack=21 tsval=104 tsecr=900050
    ... +60s

## Harmless when
The capture put segments into another order than the wire.

## Likely causes
- two machines answer for one address: a failover, or a load balancer that changes its back end
- a SYN proxy hands the connection over to a server with another clock
- a virtual machine was moved, or went back to a snapshot
- a device randomises timestamps segment by segment

## What to try next
Compare TTL and IP ID before and after. `nstat -az TcpExtPAWSEstab` at a Linux receiver counts what it dropped.

## References
- RFC 7323 §5.2
- RFC 7323 §4.1
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

import polars as pl

from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import stamped
from tcpladder.rulebook.stamps import SHOWN, TAG, times
from tcpladder.rulebook.subject import MS, SECOND, Segment, Subject
from tcpladder.sequence import HALF, MODULUS, distance
from tcpladder.tcp.states import Endpoint

TOLERATED = 2  # ticks: several queues of one sender
REORDERED = 3 * MS
LONGEST_UNDER_WAY = 3 * SECOND
UNLIMITED = 1 << 62

Pair = tuple[Segment, Segment]


def examine(subject: Subject) -> Iterator[Match]:
    """Find new data that is stamped earlier than the data before it."""
    for endpoint in Endpoint:
        own = [s for s in subject.by(endpoint) if s.tsval is not None and not s.is_rst]
        in_sequence = [s for s in own if _is_in_sequence(s)]
        back = [
            (before, after)
            for before, after in pairwise(in_sequence)
            if before.tsval and distance(before.tsval, after.tsval or 0) < -TOLERATED
        ]
        if not back:
            continue
        ages = _Ages(own)
        certain = [pair for pair in back if ages.of(pair[1]) > LONGEST_UNDER_WAY]
        doubtful = [pair for pair in back if ages.of(pair[1]) > REORDERED]
        if certain:
            yield _match(endpoint, certain)
        elif len(doubtful) > 1:
            yield _match(endpoint, doubtful, level=Level.NOTE, confidence=Confidence.LOW)


def _match(
    endpoint: Endpoint, pairs: Sequence[Pair], level: Level | None = None, confidence: Confidence = Confidence.HIGH
) -> Match:
    before, after = pairs[0]
    less = -distance(before.tsval or 0, after.tsval or 0)
    more = f" It happens {len(pairs)} times." if len(pairs) > 1 else ""
    shown = dict.fromkeys(s.frame for before, after in pairs[: SHOWN // 2] for s in (after, before))
    return Match(
        frames=tuple(shown),
        endpoint=endpoint,
        level=level,
        confidence=confidence,
        tags=(TAG,),
        message=f"The {endpoint.name.lower()}'s new data in frame {after.frame} carries TSval {after.tsval}, "
        f"{times(less, 'tick')} less than frame {before.frame}, which it follows in sequence.{more}",
    )


def _is_in_sequence(segment: Segment) -> bool:
    return segment.end > segment.seq and (segment.snd_nxt is None or segment.seq >= segment.snd_nxt)


class _Ages:
    """Tells how long ago an endpoint first sent so high a TSval; without limit where it had never sent less."""

    def __init__(self, sent: Sequence[Segment]) -> None:
        self.value: dict[int, int] = {}  # TSval of each row, from the first one's, not wrapping
        self.highest: list[int] = []  # up to each of them
        self.times = [segment.time for segment in sent]
        value, last = 0, sent[0].tsval or 0
        for segment in sent:
            value += distance(last, segment.tsval or 0)
            last = segment.tsval or 0
            self.value[segment.row] = value
            self.highest.append(max(value, self.highest[-1]) if self.highest else value)

    def of(self, segment: Segment) -> int:
        """Give the age of a segment's TSval in ns."""
        value = self.value[segment.row]
        return UNLIMITED if value < 0 else segment.time - self.times[bisect_left(self.highest, value)]


def screen(shard: Shard) -> BoolArray:
    """Mark connections in which new data is stamped earlier than the data before it."""
    is_new = (pl.col("segment_length") > 0) & (pl.col("seq_relative") >= pl.col("snd_nxt")).fill_null(value=True)
    every = stamped(shard)
    sent = every.only(shard.where(is_new)[every.rows])
    return shard.of(sent.rows[sent.steps(shard.column("tsval")[sent.rows]) % MODULUS >= HALF])


RULE = Rule(
    id="ts-val-backwards",
    level=Level.VIOLATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §5.2",),
    manual=__doc__,
    screen=screen,
    examine=examine,
    weaker_without=Missing.SEGMENTS | Missing.BEGINNING,
)
