"""The frame numbers of a connection, as a sequence over their column: nothing is copied, whatever their number."""

from collections.abc import Sequence
from typing import overload

import numpy as np
import numpy.typing as npt


class Frames(Sequence[int]):
    """Frame numbers that rise; finding one takes a binary search."""

    def __init__(self, column: npt.NDArray[np.integer]) -> None:
        """Wrap a column of shape (n,)."""
        self._column = column

    def __len__(self) -> int:
        return len(self._column)

    @overload
    def __getitem__(self, at: int) -> int: ...

    @overload
    def __getitem__(self, at: slice) -> list[int]: ...

    def __getitem__(self, at: int | slice) -> int | list[int]:
        if isinstance(at, slice):
            frames: list[int] = self._column[at].tolist()
            return frames
        return int(self._column[at])

    def row_of(self, frame: int) -> int | None:
        """Give the place of a frame, counted from 0; None where it is not among them."""
        row = int(np.searchsorted(self._column, frame))
        return row if row < len(self._column) and int(self._column[row]) == frame else None

    def __contains__(self, frame: object) -> bool:
        return isinstance(frame, int) and self.row_of(frame) is not None

    def index(self, frame: object, start: int = 0, stop: int | None = None) -> int:
        """Give the place of a frame. Raises ValueError where it is not among them, or not between the bounds."""
        row = self.row_of(frame) if isinstance(frame, int) else None
        if row is None or not start <= row < (len(self) if stop is None else stop):
            raise ValueError(f"{frame!r} is not among these frames")
        return row
