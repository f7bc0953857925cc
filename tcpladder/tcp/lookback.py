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

    def highest_before(self, values: Int64Array, wanted: BoolArray) -> Int64Array:
        """Give the highest value of the wanted rows strictly before each row, or NONE."""
        places = np.flatnonzero(wanted)
        highest = highest_so_far(values[places], begins(self.connection[places]))
        gaps = self._gaps(places, 1)
        is_found = np.repeat(np.append(-1, places), gaps) >= self.first
        return np.where(is_found, np.repeat(np.append(NONE, highest), gaps), NONE)

    def _since(self, places: Int64Array, delay: int) -> Int64Array:
        """Give each of the rows from itself on, or from `delay` rows later, until the next or its connection's end."""
        found = np.repeat(np.append(-1, places), self._gaps(places, delay))
        return np.where(found >= self.first, found, -1)

    def _gaps(self, places: Int64Array, delay: int) -> Int64Array:
        """Give how many rows lie before the first place, and from each one on, or `delay` later, until the next."""
        return np.diff(np.concatenate([[0], places + delay, [len(self.first)]]))

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


def highest_so_far(values: Int64Array, starts: BoolArray) -> Int64Array:
    """Give the highest value up to and including each row of its series; `starts` marks where a series begins.

    One running maximum does for all: the values of each series are raised above all those of the series before it.
    """
    if not len(values):
        return values
    first = np.flatnonzero(starts)
    lowest, highest = int(values.min()), int(values.max())
    span = highest - lowest + 1
    if span * len(first) >= 1 << 62:  # too far apart to be raised; the places of the values in order are not
        levels, places = np.unique(values, return_inverse=True)
        ranked: Int64Array = levels[highest_so_far(places, starts)]
        return ranked
    raised = np.repeat(np.arange(len(first)) * span - lowest, np.diff(first, append=len(values)))
    so_far: Int64Array = np.maximum.accumulate(values + raised) - raised
    return so_far
