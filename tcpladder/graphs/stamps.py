"""TSval over time, with the line of the clock that it was read from (RFC 7323 §5.4).

A segment is captured some time after it was stamped, never before: points lie on the clock's line, or right of it.
"""

import numpy as np

from tcpladder.graphs.absence import unstamped
from tcpladder.graphs.scales import Unit
from tcpladder.graphs.series import Look, Panel, Shape, Span, series
from tcpladder.graphs.trace import NS, Trace
from tcpladder.tcp.clocks import FEWEST_SAMPLES, FEWEST_TICKS, SHORTEST_SPAN_NS, ClockEstimate
from tcpladder.tcp.states import Endpoint

TOO_LITTLE = (
    f"no estimate of its rate below {FEWEST_SAMPLES} segments, {FEWEST_TICKS} ticks and {SHORTEST_SPAN_NS // NS} s"
)


def stamps(trace: Trace, endpoint: Endpoint, _: Span) -> Panel:
    """Give the graph of one endpoint's TSvals, counted from its first, and of its clock."""
    side = trace.side(endpoint)
    rows = side.stamped
    if not len(rows):
        return Panel(title="", unit=Unit.TICKS, empty=unstamped(trace, endpoint))
    points = series("TSval", Look.SOLID, Shape.POINTS, trace.time[rows], side.ticks)
    estimate = side.clock
    if estimate is None:
        return Panel(title=TOO_LITTLE, unit=Unit.TICKS, series=(points,), from_zero=False)
    title = clock_words(estimate)
    ends = np.array([trace.time[rows].min(), trace.time[rows].max()])
    shown = side.clock_origin + ends * (estimate.hz / NS)
    line = series(f"clock of {estimate.best_hz:.4g} Hz", Look.DOTTED, Shape.LINE, ends, shown)
    return Panel(title=title, unit=Unit.TICKS, series=(line, points), from_zero=False)


def clock_words(estimate: ClockEstimate) -> str:
    """Say how fast a clock ticks: the rate that stacks are known for, or the estimate and how sure it is."""
    if estimate.nominal_hz is not None:
        return f"{estimate.nominal_hz} Hz (estimated {estimate.hz:.4g})"
    return f"about {estimate.hz:.3g} Hz (give or take {estimate.relative_error:.0%})"
