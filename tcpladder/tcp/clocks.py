"""How fast an endpoint's timestamp clock ticks (RFC 7323 §5.4), from what it stamped and when that was captured.

A segment is captured some delay after it was stamped, never before. So the points (TSval, time of capture) lie above
the clock's line, and the least delayed touch it: the line is an edge of their lower hull.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tcpladder.sequence import unwrap

Int64Array = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

FEWEST_SAMPLES = 10
FEWEST_TICKS = 20
SHORTEST_SPAN_NS = 2_000_000_000
MOST_POINTS = 1_000  # of a hull; a longer series is thinned to its least delayed points

NOMINAL_HZ = (2, 10, 100, 128, 200, 250, 300, 500, 512, 1_000, 1_000_000)
"""Rates that stacks are known to use."""

SNAP = 0.02  # so far from a nominal rate a clock may be, even where the estimate is more exact
VAGUE = 0.1  # a less exact estimate is not taken for any nominal rate


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockEstimate:
    """A clock's rate: `hz` as estimated, give or take `relative_error`, and the nominal rate where it is near one."""

    hz: float
    relative_error: float
    nominal_hz: int | None
    samples: int
    ticks: int  # distinct TSvals
    span_ns: int  # from the first capture to the last

    @property
    def best_hz(self) -> float:
        """The nominal rate, else the estimate."""
        return self.hz if self.nominal_hz is None else float(self.nominal_hz)


def clock(times: Int64Array, tsvals: Int64Array) -> ClockEstimate | None:
    """Estimate a clock from one endpoint's segments of one connection, in frame order.

    `times` (ns) and `tsvals` (raw) are int64, shape (n,). Leave out RSTs, SYN-ACKs, and segments captured twice: their
    stamps may come from no clock at all. None where too little was captured to tell, or the clock ran backwards.
    """
    if len(times) < FEWEST_SAMPLES:
        return None
    ticks = unwrap(tsvals)
    ticks -= ticks[0]
    seconds = (times - times[0]) / 1e9
    distinct = len(np.unique(ticks))
    span = float(seconds.max() - seconds.min())
    if distinct < FEWEST_TICKS or span * 1e9 < SHORTEST_SPAN_NS:
        return None
    hull = _lower_hull(*_least_delayed(ticks, seconds))
    (x1, y1), (x2, y2) = _edge_at(hull, float(ticks.mean()))
    (x0, y0), (x3, y3) = hull[0], hull[-1]
    period, overall = (y2 - y1) / (x2 - x1), (y3 - y0) / (x3 - x0)
    if period <= 0 or overall <= 0:
        return None
    jitter = float(np.median(seconds - y1 - (ticks - x1) * period))
    error = (period + jitter) / span + abs(overall / period - 1)
    hz = 1 / period
    return ClockEstimate(
        hz=hz,
        relative_error=error,
        nominal_hz=_nominal(hz, error),
        samples=len(times),
        ticks=distinct,
        span_ns=round(span * 1e9),
    )


def _least_delayed(ticks: Int64Array, seconds: FloatArray) -> tuple[list[float], list[float]]:
    """Give the points that can be on the line, by rising tick: the earliest of each tick, or of each run of ticks."""
    first, last = int(ticks.min()), int(ticks.max())
    slope = (seconds[-1] - seconds[0]) / max(abs(int(ticks[-1])), 1)
    width = max((last - first) / MOST_POINTS, 1.0)
    bucket = np.floor((ticks - first) / width)
    order = np.lexsort((seconds - ticks * slope, bucket))
    is_least = np.ones(len(order), np.bool_)
    is_least[1:] = bucket[order][1:] != bucket[order][:-1]
    kept = order[is_least]
    return ticks[kept].astype(np.float64).tolist(), seconds[kept].tolist()


def _lower_hull(xs: Sequence[float], ys: Sequence[float]) -> list[tuple[float, float]]:
    """Give the corners below which no point lies, from left to right; `xs` rises."""
    hull: list[tuple[float, float]] = []
    for x, y in zip(xs, ys, strict=True):
        while len(hull) > 1:
            (x1, y1), (x2, y2) = hull[-2:]
            if (y2 - y1) * (x - x1) < (y - y1) * (x2 - x1):
                break
            hull.pop()
        hull.append((x, y))
    return hull


def _edge_at(hull: Sequence[tuple[float, float]], x: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """Give the two corners between which `x` lies; the hull has at least two."""
    return next(edge for edge in pairwise(hull) if x <= edge[1][0] or edge[1] == hull[-1])


def _nominal(hz: float, error: float) -> int | None:
    nearest = min(NOMINAL_HZ, key=lambda nominal: abs(hz / nominal - 1))
    is_near = abs(hz / nearest - 1) <= max(SNAP, error)
    return nearest if is_near and error <= VAGUE else None
