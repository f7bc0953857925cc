"""An endpoint's timestamp clock ticks slower than once a second, or faster than a thousand times.

## What it checks
The rate of an endpoint's clock, from at least 10 segments, 20 ticks and 2 s, known to within 5 percent: below 0.9 Hz or
above 1.1 kHz. Above 16.9 MHz it is a violation: TSval then comes around sooner than a segment may live.

## Why it matters
A tick should be between 1 ms and 1 s. The sign of TSval changes after 2^31 ticks: 24.8 days at 1 kHz, 35.8 minutes at
1 MHz. A peer that keeps the last TSval longer than that takes what comes after a long silence for old, and drops it.

## Example
    initiator > responder  SYN tsval=100 tsecr=0  !
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=20100 tsecr=900
    initiator > responder  PSH,ACK len=10 tsval=140100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=260100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=380100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=500100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=620100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=740100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=860100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=980100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1100100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1220100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1340100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1460100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1580100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1700100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1820100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1940100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=2060100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=2180100 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=2300100 tsecr=900  +120ms  !

## Near miss
    # A clock of 1 kHz.
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=120 tsecr=900
    initiator > responder  PSH,ACK len=10 tsval=240 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=360 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=480 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=600 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=720 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=840 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=960 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1080 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1200 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1320 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1440 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1560 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1680 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1800 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=1920 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=2040 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=2160 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=2280 tsecr=900  +120ms
    initiator > responder  PSH,ACK len=10 tsval=2400 tsecr=900  +120ms

## Harmless when
Both ends were set up for it, and no connection is silent for half an hour and then goes on.

## Likely causes
- Linux with microsecond timestamps: `ip route ... features tcp_usec_ts`
- an embedded stack, or one in user space

## What to try next
`ip route get ADDRESS` on Linux shows the feature. Look at the rates of the host's other connections.

## References
- RFC 7323 §5.4
"""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import samples as all_samples
from tcpladder.rulebook.stamps import TAG, samples
from tcpladder.rulebook.subject import SECOND, Segment, Subject
from tcpladder.sequence import distance
from tcpladder.tcp.clocks import FEWEST_SAMPLES, SHORTEST_SPAN_NS, clock
from tcpladder.tcp.states import Endpoint

SLOWEST, FASTEST = 0.9, 1100.0  # Hz
ONCE_A_LIFETIME = 16.9e6  # Hz: a tick every 59 ns (RFC 7323 §5.4)
EXACT = 0.05
ROUNDED, NARROWER = 1, 1e-6  # ns and Hz by which the screen allows for how floats are rounded


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's clock that is out of range."""
    for endpoint in Endpoint:
        sent = samples(subject, endpoint)
        if len(sent) < FEWEST_SAMPLES or not _is_out_of_range(_average(sent)):
            continue
        times = np.array([s.time for s in sent], np.int64)
        estimate = clock(times, np.array([s.tsval for s in sent], np.int64))
        if estimate is None or estimate.relative_error > EXACT or not _is_out_of_range(estimate.best_hz):
            continue
        exactly = "" if estimate.nominal_hz is None else f", estimated as {estimate.hz:.6g} Hz"
        yield Match(
            frames=(sent[0].frame, sent[-1].frame),
            endpoint=endpoint,
            level=Level.VIOLATION if estimate.best_hz > ONCE_A_LIFETIME else None,
            tags=(TAG,),
            message=f"The {endpoint.name.lower()}'s timestamp clock runs at {estimate.best_hz:,.6g} Hz{exactly}, by "
            f"{estimate.samples} segments over {estimate.span_ns / SECOND:.1f} s.",
        )


def _average(sent: list[Segment]) -> float:
    """Give ticks a second between the first and the last segment; 1 where that is no time."""
    ticks = sum(distance(a.tsval or 0, b.tsval or 0) for a, b in pairwise(sent))
    elapsed = sent[-1].time - sent[0].time
    return ticks * SECOND / elapsed if elapsed > 0 else 1.0


def _is_out_of_range(hz: float) -> bool:
    return not SLOWEST <= hz <= FASTEST


def screen(shard: Shard) -> BoolArray:
    """Mark connections of which a clock that can be estimated is out of range on the average."""
    found = all_samples(shard)
    found = found.of((found.counts >= FEWEST_SAMPLES) & (found.spans >= SHORTEST_SPAN_NS - ROUNDED))
    first, last = found.sent.first, found.sent.last
    elapsed = found.times[last] - found.times[first]
    hz = (found.ticks[last] - found.ticks[first]) * float(SECOND) / np.maximum(elapsed, 1)
    is_in_range = (hz >= SLOWEST + NARROWER) & (hz <= FASTEST - NARROWER)
    return shard.of(found.sent.rows[first[(elapsed > 0) & ~is_in_range]])


RULE = Rule(
    id="ts-clock-rate",
    level=Level.DEVIATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §5.4",),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
