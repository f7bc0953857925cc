"""Which connections are selected: it outlives sorting, filtering and further reading."""

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.uint32]


class Selection:
    """A set of rows, counted from 0, that is quick for millions of them."""

    def __init__(self) -> None:
        self._is_in = np.zeros(0, np.bool_)

    def __len__(self) -> int:
        return int(np.count_nonzero(self._is_in))

    def __contains__(self, row: int) -> bool:
        return row < len(self._is_in) and bool(self._is_in[row])

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """The rows that are in it, in order."""
        return np.flatnonzero(self._is_in)

    def toggle(self, row: int) -> None:
        """Take a row in, or out."""
        self._make_room(row + 1)
        self._is_in[row] = not self._is_in[row]

    def toggle_all(self, rows: Rows) -> None:
        """Take rows in, or out if all of them are in it."""
        self._make_room(int(rows.max()) + 1 if len(rows) else 0)
        self._is_in[rows] = not self._is_in[rows].all()

    def _make_room(self, rows: int) -> None:
        if rows > len(self._is_in):
            self._is_in = np.concatenate((self._is_in, np.zeros(rows - len(self._is_in), np.bool_)))
