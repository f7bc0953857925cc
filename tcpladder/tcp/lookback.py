"""Finds earlier rows of the same connection, for all rows of all connections at once."""

import numpy as np
import numpy.typing as npt

BoolArray = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]


class Lookback:
    """Finds, for each row, an earlier row of the same connection; -1 where there is none.

    `starts` marks the first row of each connection. There has to be a row.
    """

    def __init__(self, starts: BoolArray) -> None:
        self.starts = np.flatnonzero(starts)
        self.connection = np.cumsum(starts) - 1
        self.rows = np.arange(len(starts))
        self.first = self.starts[self.connection]

    def last(self, wanted: BoolArray) -> Int64Array:
        """Give the last wanted row up to and including each row."""
        found = np.maximum.accumulate(np.where(wanted, self.rows, -1))
        return np.where(found >= self.first, found, -1)

    def before(self, wanted: BoolArray) -> Int64Array:
        """Give the last wanted row strictly before each row."""
        found = np.empty_like(self.rows)
        found[0] = -1
        found[1:] = np.maximum.accumulate(np.where(wanted, self.rows, -1))[:-1]
        return np.where(found >= self.first, found, -1)

    def best(self, score: Int64Array) -> Int64Array:
        """Give each connection's highest score."""
        return np.maximum.reduceat(score, self.starts)

    def earliest(self, wanted: BoolArray) -> Int64Array:
        """Give each connection's first wanted row, or the number of all rows where it has none."""
        return np.minimum.reduceat(np.where(wanted, self.rows, len(self.rows)), self.starts)
