"""A bounded stretch of a file in memory, and how values are taken from many places of it at once."""

from typing import Any

import numpy as np
import numpy.typing as npt

SLACK = 256
"""Bytes behind the content that may be read and mean nothing: a gather of a header's first bytes never ends short."""

Places = npt.NDArray[np.int64]
Rows = npt.NDArray[np.void]


class Content:
    """`size` bytes of a file from its offset `base`, in a buffer that is used again for what follows them."""

    def __init__(self, capacity: int) -> None:
        self.buffer = bytearray(capacity + SLACK)
        self.base = 0
        self.size = 0

    @property
    def capacity(self) -> int:
        """How many bytes it can hold."""
        return len(self.buffer) - SLACK

    def free(self) -> memoryview:
        """Give the part of the buffer behind the content, for more of it; `size` is then raised by who fills it."""
        return memoryview(self.buffer)[self.size : self.capacity]

    def drop(self, count: int, capacity: int) -> None:
        """Forget the first `count` bytes, and move what is left to the start of a buffer of `capacity` or more."""
        left = self.buffer[count : self.size]
        self.base += count
        self.size = len(left)
        wanted = max(capacity, len(left)) + SLACK
        if wanted != len(self.buffer):
            self.buffer = bytearray(wanted)
        self.buffer[: self.size] = left

    def rows(self, places: Places, width: int) -> Rows:
        """Copy `width` bytes from each place: one record of that many bytes a place."""
        everywhere: Rows = self._everywhere(f"V{width}")
        return everywhere[places]

    def values(self, places: Places, data_type: str) -> npt.NDArray[np.int64]:
        """Read a number of the given NumPy type, such as `>u2`, at each place, whatever its alignment."""
        return self._everywhere(data_type)[places].astype(np.int64)

    def _everywhere(self, data_type: str) -> npt.NDArray[Any]:
        kind = np.dtype(data_type)
        return np.ndarray(len(self.buffer) - kind.itemsize + 1, kind, self.buffer, strides=(1,))
