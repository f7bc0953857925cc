"""Finds earlier rows of the same connection, for all rows of all connections at once.

Rows are looked for by what few there are: the places of the wanted ones, each repeated until the next, take a fraction
of the time of a running maximum over all rows.
"""

from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]
Scalar = TypeVar("Scalar", bound=np.generic)

NONE = int(np.iinfo(np.int64).min)
"""Stands where there is no number."""


class Lookback:
    """Finds, for each row, an earlier row of the same connection; -1 where there is none.

    `starts` marks the first row of each connection. There has to be a row.
    """

    def __init__(self, starts: BoolArray) -> None:
        self.starts = np.flatnonzero(starts)
        self.lengths = np.diff(self.starts, append=len(starts))
        self.first = self.spread(self.starts)

    @cached_property
    def connection(self) -> Int64Array:
        """The connection of each row, counted from 0."""
        return self.spread(np.arange(len(self.starts)))

    @cached_property
    def rows(self) -> Int64Array:
        """The number of each row."""
        return np.arange(len(self.first))

    def spread(self, values: npt.NDArray[Scalar]) -> npt.NDArray[Scalar]:
        """Give each row what its connection has."""
        return np.repeat(values, self.lengths)

    def last(self, wanted: BoolArray) -> Int64Array:
        """Give the last wanted row up to and including each row."""
        return self._since(np.flatnonzero(wanted), 0)

    def before(self, wanted: BoolArray) -> Int64Array:
        """Give the last wanted row strictly before each row."""
        return self._since(np.flatnonzero(wanted), 1)

    def before_rows(self, rows: Int64Array, wanted: BoolArray) -> Int64Array:
        """Give the last wanted row strictly before each of some rows."""
        among = np.append(-1, np.flatnonzero(wanted))
        found = among[np.searchsorted(among, rows) - 1]
        return np.where(found >= self.first[rows], found, -1)

    def _since(self, places: Int64Array, delay: int) -> Int64Array:
        """Give each of the rows from itself on, or from `delay` rows later, until the next or its connection's end."""
        bounds = np.concatenate([[0], places + delay, [len(self.first)]])
        found = np.repeat(np.append(-1, places), np.diff(bounds))
        return np.where(found >= self.first, found, -1)

    def best(self, score: Int64Array) -> Int64Array:
        """Give each connection's highest score."""
        return np.maximum.reduceat(score, self.starts)

    def earliest(self, wanted: BoolArray) -> Int64Array:
        """Give each connection's first wanted row, or the number of all rows where it has none."""
        rows = np.append(np.flatnonzero(wanted), len(wanted))
        first: Int64Array = rows[np.searchsorted(rows, self.starts)]
        return np.where(first < self.starts + self.lengths, first, len(wanted))

    def latest(self, wanted: BoolArray) -> Int64Array:
        """Give each connection's last wanted row, or -1 where it has none."""
        rows = np.append(-1, np.flatnonzero(wanted))
        last: Int64Array = rows[np.searchsorted(rows, self.starts + self.lengths) - 1]
        return np.where(last >= self.starts, last, -1)


def begins(series: npt.NDArray[np.generic]) -> BoolArray:
    """Mark the first of each run of equal values."""
    first = np.ones(len(series), np.bool_)
    np.not_equal(series[1:], series[:-1], out=first[1:])
    return first


def highest_so_far(values: Int64Array, counts: BoolArray, starts: BoolArray) -> Int64Array:
    """Give the highest value that counts up to and including each row of its series, or NONE.

    `starts` marks where a series begins. One running maximum does for all: the values of each series are raised above
    all those of the series before it.
    """
    if not len(values):
        return values
    first = np.flatnonzero(starts)
    lowest, highest = int(values.min()), int(values.max())
    span = highest - lowest + 2
    if span * len(first) >= 1 << 62 or lowest == NONE:  # too high to be raised: the places of values in order are not
        levels, places = np.unique(values, return_inverse=True)
        place = highest_so_far(places, counts, starts)
        return np.where(place == NONE, NONE, levels[np.maximum(place, 0)])
    raised = np.repeat(np.arange(len(first)) * span, np.diff(first, append=len(values)))
    above = np.where(counts, values - (lowest - 1), 0) + raised  # 0 is below every value that counts
    above = np.maximum.accumulate(above) - raised
    return np.where(above > 0, above + (lowest - 1), NONE)
