"""Throughput: payload a second, all of it and what of it was new, in bins as wide as what is in view asks for."""

from dataclasses import dataclass

import numpy as np

from tcpladder.graphs.absence import silent
from tcpladder.graphs.scales import Unit, round_step, written
from tcpladder.graphs.series import FloatArray, Int64Array, Look, Panel, Shape, Span, series
from tcpladder.graphs.trace import NS, Trace
from tcpladder.tcp.states import Endpoint

MOST_BINS = 60
LEAST_BIN_NS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Rates (bit/s) in bins of `width` ns; `start` (ns) is where each begins. `new` leaves out what was sent again."""

    width: int
    start: Int64Array
    every: FloatArray
    new: FloatArray


def bin_width(span: Span) -> int:
    """Give a round width, in ns, of which not too many go into a span."""
    return max(LEAST_BIN_NS, round(round_step(span.length / MOST_BINS)))


def bins(trace: Trace, sender: Endpoint, span: Span, width: int) -> Bins:
    """Sum up what one endpoint sent in the bins of `width` ns that a span of time touches."""
    first, last = span.start // width, span.end // width
    edges = np.arange(first, last + 2) * width
    side = trace.side(sender)
    at = np.searchsorted(side.sending, edges)
    every, new = (np.diff(before[at]) * (8 * NS / width) for before in (side.payload_before, side.new_before))
    return Bins(width=width, start=edges[:-1], every=every, new=new)


def throughput(trace: Trace, sender: Endpoint, span: Span) -> Panel:
    """Give the graph of what one endpoint sent, in bits a second."""
    own = trace.by(sender) & trace.counts
    total = int(trace.payload[own].sum())
    if not total:
        return Panel(title="", unit=Unit.RATE, empty=silent(trace, sender))
    found = bins(trace, sender, span, bin_width(span))
    new = series("new data", Look.SOLID, Shape.STEPS, found.start, found.new)
    every = series("with what was sent again", Look.DOTTED, Shape.STEPS, found.start, found.every)
    duration = max(int(trace.time.max()) - int(trace.time.min()), 1)
    mean = written(total * 8 * NS / duration, Unit.RATE)
    title = f"{mean} over all; a step is {written(found.width, Unit.TIME)}"
    return Panel(title=title, unit=Unit.RATE, series=(every, new) if (found.every > found.new).any() else (new,))
