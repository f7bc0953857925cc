"""Series as dots of a raster: whatever lies in view leaves a dot, however many numbers fall on one.

Rows of a raster count from the bottom. Everything is worked out a series at a time, in one pass over what is in view.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tcpladder.graphs.series import FloatArray, Int64Array, Look, Panel, Series, Shape, Span

BoolArray = npt.NDArray[np.bool_]

HEADROOM = 1.05  # above the highest number of a graph that begins at 0
FARTHEST_BACKDROP = 2.0  # so many times as high as all else a graph may become for its backdrop

_DENSITY = {Look.DOTTED: 2, Look.SPARSE: 4}
"""Of the dots of a series that is not solid, one of so many is drawn, so that steep and flat parts look alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What part of the plane is in view: times in ns, and numbers; `low` < `high`."""

    span: Span
    low: float
    high: float


def window(panel: Panel, span: Span) -> Window:
    """Fit the height of a graph to what is in view of it."""
    extents = {each.name: _extent(each, span) for each in panel.series}
    first = _joined([extents[each.name] for each in panel.series if not each.is_backdrop])
    low, high = first or _joined(list(extents.values())) or (0.0, 1.0)
    if panel.from_zero:
        low = min(low, 0.0)
    whole = _joined([(low, high), *extents.values()])
    if whole and whole[1] - whole[0] <= FARTHEST_BACKDROP * (high - low):
        low, high = whole
    if high <= low:
        high = low + 1.0
    return Window(span=span, low=low, high=low + (high - low) * HEADROOM)


def _joined(extents: Sequence[tuple[float, float] | None]) -> tuple[float, float] | None:
    known = [extent for extent in extents if extent is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def _extent(each: Series, span: Span) -> tuple[float, float] | None:
    """Give the lowest and the highest number in view, or None where nothing is."""
    first, last = _in_view(each, span)
    if each.shape is Shape.LINE and len(each):
        ends = np.interp([span.start, span.end], each.time, each.low)
        return float(ends.min()), float(ends.max())
    if first >= last:
        return None
    return float(each.low[first:last].min()), float(each.high[first:last].max())


def _in_view(each: Series, span: Span) -> tuple[int, int]:
    """Give the first number in view, and the first after it; of steps, the one that holds when the view begins."""
    first = int(np.searchsorted(each.time, span.start, "left"))
    last = int(np.searchsorted(each.time, span.end, "right"))
    if each.shape is Shape.STEPS and first > 0:
        first -= 1
    return first, last


def is_above(each: Series, view: Window) -> bool:
    """Tell whether all that is in view of the time lies above what is in view."""
    extent = _extent(each, view.span)
    return extent is not None and extent[0] > view.high


def dots(each: Series, view: Window, width: int, height: int) -> BoolArray:
    """Draw a series into a raster, bool, shape (height, width)."""
    return _DRAWN_BY[each.shape](each, view, width, height)


def thinned(drawn: BoolArray, look: Look) -> BoolArray:
    """Leave out dots of a raster, so that looks differ."""
    every = _DENSITY.get(look, 1)
    rows, columns = np.ogrid[: drawn.shape[0], : drawn.shape[1]]
    kept: BoolArray = drawn & ((rows + columns) % every == 0)
    return kept


def column_of(time: int, span: Span, width: int) -> int:
    """Give the column of a time; it may lie beside the raster."""
    return round((time - span.start) * ((width - 1) / span.length))


def row_of(number: float, view: Window, height: int) -> int:
    """Give the row of a number; it may lie beside the raster."""
    return round((number - view.low) * ((height - 1) / (view.high - view.low)))


def _columns(time: Int64Array, span: Span, width: int) -> Int64Array:
    columns: Int64Array = np.rint((time - span.start) * ((width - 1) / span.length)).astype(np.int64)
    return columns


def _rows(numbers: FloatArray, view: Window, height: int) -> Int64Array:
    """Give rows; what lies beside the raster has -1 below, `height` above."""
    scaled = (numbers - view.low) * ((height - 1) / (view.high - view.low))
    return np.rint(np.clip(scaled, -1, height)).astype(np.int64)


def _points(each: Series, view: Window, width: int, height: int) -> BoolArray:
    first, last = _in_view(each, view.span)
    drawn = np.zeros((height, width), np.bool_)
    columns, rows = _columns(each.time[first:last], view.span, width), _rows(each.low[first:last], view, height)
    inside = (rows >= 0) & (rows < height)
    drawn[rows[inside], columns[inside]] = True
    return drawn


def _spans(each: Series, view: Window, width: int, height: int) -> BoolArray:
    """Draw ranges: each adds one where it begins, and takes it away above where it ends."""
    first, last = _in_view(each, view.span)
    columns = _columns(each.time[first:last], view.span, width)
    low = np.maximum(_rows(each.low[first:last], view, height), 0)
    high = np.minimum(_rows(each.high[first:last], view, height), height - 1)
    inside = low <= high
    columns, low, high = columns[inside], low[inside], high[inside]
    cells = (height + 1) * width
    begun = np.bincount(low * width + columns, minlength=cells)
    ended = np.bincount((high + 1) * width + columns, minlength=cells)
    depth = (begun - ended).reshape(height + 1, width).cumsum(axis=0)
    return depth[:height] > 0


def _steps(each: Series, view: Window, width: int, height: int) -> BoolArray:
    """Draw what holds until the next: in each column from the lowest to the highest that held in it."""
    first, last = _in_view(each, view.span)
    if first >= last:
        return np.zeros((height, width), np.bool_)
    columns = np.clip(_columns(each.time[first:last], view.span, width), 0, width - 1)
    at = np.flatnonzero(np.append(True, columns[1:] != columns[:-1]))
    filled = columns[at]
    least = np.minimum.reduceat(each.low[first:last], at)
    most = np.maximum.reduceat(each.low[first:last], at)
    held = each.low[first:last][np.append(at[1:] - 1, last - first - 1)]  # at the end of each of these columns
    latest = np.searchsorted(filled, np.arange(width), "right") - 1
    before = np.searchsorted(filled, np.arange(width), "left") - 1
    low, high = np.full(width, np.inf), np.full(width, -np.inf)
    is_held = before >= 0
    low[is_held] = high[is_held] = held[before[is_held]]
    is_filled = (latest >= 0) & (latest != before)
    low[is_filled] = np.minimum(low[is_filled], least[latest[is_filled]])
    high[is_filled] = np.maximum(high[is_filled], most[latest[is_filled]])
    return _between(low, high, view, height)


def _line(each: Series, view: Window, width: int, height: int) -> BoolArray:
    if not len(each):
        return np.zeros((height, width), np.bool_)
    edges = view.span.start + (np.arange(width + 1) - 0.5) * (view.span.length / max(width - 1, 1))
    numbers = np.interp(edges, each.time, each.low)
    low, high = np.minimum(numbers[1:], numbers[:-1]), np.maximum(numbers[1:], numbers[:-1])
    is_crossed = (edges[1:] >= each.time[0]) & (edges[:-1] <= each.time[-1])
    return _between(np.where(is_crossed, low, np.inf), np.where(is_crossed, high, -np.inf), view, height)


def _between(low: FloatArray, high: FloatArray, view: Window, height: int) -> BoolArray:
    """Fill each column from one row to another; none where `low` is above `high`, or both lie beside the raster."""
    rows = np.arange(height)[:, None]
    filled: BoolArray = (rows >= _rows(low, view, height)) & (rows <= _rows(high, view, height)) & (low <= high)
    return filled


_DRAWN_BY = {Shape.POINTS: _points, Shape.SPANS: _spans, Shape.STEPS: _steps, Shape.LINE: _line}
