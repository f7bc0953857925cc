"""An endpoint's timestamp clock jumps ahead.

## What it checks
After a time of even ticking, an endpoint's TSval is ahead of where its clock can have come by more than 1 s, and stays
ahead in the segments that follow. Where the other endpoint's clock jumps as well, it was the capture's clock that stood
still; where that can't be told, the finding is a note. A jump back is what `ts-val-backwards` finds.

## Why it matters
The other side's round-trip times come out wrong for a moment. And it tells of a clock, or a machine, that is not the
one from before: should it jump back later, segments are dropped as old.

## Example
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
    initiator < responder  ACK tsval=3170 tsecr=2280  +110ms
    initiator > responder  PSH,ACK len=10 tsval=2400 tsecr=3170  +10ms  !
    initiator > responder  PSH,ACK len=10 tsval=92520 tsecr=3170  +120ms  !
    initiator < responder  ACK tsval=3320 tsecr=92520  +10ms
    initiator > responder  PSH,ACK len=10 tsval=92640 tsecr=3320  +110ms
    initiator > responder  PSH,ACK len=10 tsval=92760 tsecr=3320  +120ms
    initiator > responder  PSH,ACK len=10 tsval=92880 tsecr=3320  +120ms
    initiator > responder  PSH,ACK len=10 tsval=93000 tsecr=3320  +120ms
    initiator > responder  PSH,ACK len=10 tsval=93120 tsecr=3320  +120ms

## Near miss
    # The capture's clock stood still for 90 s: both endpoints' clocks are ahead of it.
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
    initiator < responder  ACK tsval=3170 tsecr=2280  +110ms
    initiator > responder  PSH,ACK len=10 tsval=2400 tsecr=3170  +10ms
    initiator > responder  PSH,ACK len=10 tsval=92520 tsecr=3170  +120ms
    initiator < responder  ACK tsval=93320 tsecr=92520  +10ms
    initiator > responder  PSH,ACK len=10 tsval=92640 tsecr=93320  +110ms
    initiator > responder  PSH,ACK len=10 tsval=92760 tsecr=93320  +120ms
    initiator > responder  PSH,ACK len=10 tsval=92880 tsecr=93320  +120ms
    initiator > responder  PSH,ACK len=10 tsval=93000 tsecr=93320  +120ms
    initiator > responder  PSH,ACK len=10 tsval=93120 tsecr=93320  +120ms

## Harmless when
It happens once and the clock never goes back. Segments were queued for a second and more before, and all at once no
longer.

## Likely causes
- the host was suspended, or a virtual machine moved
- a proxy or load balancer failed over, or changed its back end
- a device changes its translation of timestamps

## What to try next
Compare TTL and IP ID before and after. Look whether other connections of the host jump at the same time.

## References
- RFC 7323 §5.4
- RFC 7323 §5.2
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.stamp_screens import samples as all_samples
from tcpladder.rulebook.stamps import TAG, samples
from tcpladder.rulebook.subject import SECOND, Segment, Subject
from tcpladder.sequence import distance, unwrap
from tcpladder.tcp.clocks import FEWEST_SAMPLES, NOMINAL_HZ, SHORTEST_SPAN_NS, ClockEstimate, clock
from tcpladder.tcp.states import Endpoint

Int64Array = npt.NDArray[np.int64]

LEAST_NS = 1.0 * SECOND  # less may be a queue on the path that empties
LEAST_TICKS = 5
RATE_DOUBT = 0.03  # of a silence: the clock's rate is not known more exactly
EXACT = 0.05
AFTER = 4  # segments that show that it stays
NEIGHBOURS = 20
"""How many segments on either side are compared."""


@dataclass(frozen=True, slots=True)
class _Jump:
    """Where a clock jumped: the last segment before, the first after, by how much (ns), and the clock before."""

    before: Segment
    after: Segment
    ahead: float
    estimate: ClockEstimate


def examine(subject: Subject) -> Iterator[Match]:
    """Find each endpoint's first jump that its peer's clock does not show as well."""
    sent = {endpoint: samples(subject, endpoint) for endpoint in Endpoint}
    for endpoint in Endpoint:
        jump = _jump(sent[endpoint])
        if jump is None:
            continue
        is_of_capture = _peer_jumps(jump, sent[endpoint.peer])
        if is_of_capture:
            continue
        yield Match(
            frames=(jump.after.frame, jump.before.frame),
            endpoint=endpoint,
            level=Level.NOTE if is_of_capture is None else None,
            confidence=Confidence.LOW if is_of_capture is None else Confidence.MEDIUM,
            tags=(TAG,),
            message=f"The {endpoint.name.lower()}'s TSval {jump.after.tsval} is {jump.ahead / SECOND:,.1f} s ahead of "
            f"its clock, which ran at {jump.estimate.best_hz:,.6g} Hz up to frame {jump.before.frame}.",
        )


def _jump(sent: Sequence[Segment]) -> _Jump | None:
    """Find the first place where TSval leaves the clock's line for good."""
    if len(sent) < FEWEST_SAMPLES + AFTER:
        return None
    times, ticks = _series(sent)
    ticks = unwrap(ticks) - ticks[0]
    for place in np.flatnonzero(_leaps(times, ticks)).tolist():
        estimate = clock(times[:place], ticks[:place])
        if estimate is None or estimate.relative_error > EXACT:
            continue
        late = times - times[0] - ticks * (SECOND / estimate.best_hz)
        ahead = float(late[max(place - NEIGHBOURS, 0) : place].min() - late[place : place + NEIGHBOURS].max())
        silence = float(times[place] - times[place - 1])
        least = max(LEAST_NS, LEAST_TICKS * SECOND / estimate.best_hz, RATE_DOUBT * silence)
        if len(sent) - place > AFTER and ahead >= least:
            return _Jump(sent[place - 1], sent[place], ahead, estimate)
    return None


def _leaps(times: Int64Array, ticks: Int64Array, starts: Int64Array | None = None) -> npt.NDArray[np.bool_]:
    """Mark the samples that are further ahead than the average rate up to the one before allows for.

    `starts` tells each sample where its series begins, if there are several; `ticks` do not wrap, from anywhere.
    """
    begins = np.zeros(len(times), np.int64) if starts is None else starts
    found = np.zeros(len(times), np.bool_)
    elapsed, come = times[:-1] - times[begins[:-1]], ticks[:-1] - ticks[begins[:-1]]
    allowed = come * ((times[1:] - times[:-1] + LEAST_NS) / np.maximum(elapsed, 1))
    is_judged = (elapsed >= SHORTEST_SPAN_NS) & (come > 0) & (begins[1:] == begins[:-1])
    found[1:] = is_judged & (ticks[1:] - ticks[:-1] > allowed)
    return found


def _peer_jumps(jump: _Jump, peer: Sequence[Segment]) -> bool | None:
    """Tell whether the other clock is ahead as well: then the capture's clock stood still. None where that is open."""
    first = next((s for s in reversed(peer) if s.row <= jump.before.row), peer[0] if peer else None)
    last = next((s for s in peer if s.row >= jump.after.row), peer[-1] if peer else None)
    if first is None or last is None or not first.row < last.row or last.row < jump.before.row:
        return None
    ticks, elapsed = distance(first.tsval or 0, last.tsval or 0), last.time - first.time
    estimate = clock(*_series([s for s in peer if s.row <= first.row]))
    rates, tolerance = (NOMINAL_HZ, 0.1) if estimate is None else ((estimate.best_hz,), 0.5)
    return any(abs(ticks * SECOND / hz - elapsed - jump.ahead) <= tolerance * jump.ahead for hz in rates)


def _series(sent: Sequence[Segment]) -> tuple[Int64Array, Int64Array]:
    return np.array([s.time for s in sent], np.int64), np.array([s.tsval for s in sent], np.int64)


def screen(shard: Shard) -> BoolArray:
    """Mark connections in which an endpoint's clock leaps."""
    found = all_samples(shard)
    found = found.of((found.counts >= FEWEST_SAMPLES + AFTER) & (found.spans >= SHORTEST_SPAN_NS))
    starts = np.repeat(found.sent.first, found.counts)
    return shard.of(found.sent.rows[_leaps(found.times, found.ticks, starts)])


RULE = Rule(
    id="ts-clock-jump",
    level=Level.DEVIATION,
    category=Category.TIMESTAMPS,
    sources=("RFC 7323 §5.4",),
    manual=__doc__,
    screen=screen,
    examine=examine,
)
