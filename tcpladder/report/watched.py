"""A file on its way: who writes a report into it is told how much there is by now, and can be ended."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class EndedError(OSError):
    """No more is wanted. Libraries that write may raise another OSError in its place."""


class Watched(io.RawIOBase):
    """Writes into a file, or nowhere; after every part `goes_on` is told how many bytes there are, and says yes or no.

    At a no, which is kept in `is_ended`, EndedError is raised, then and whenever somebody tries to write more.
    """

    def __init__(self, out: BinaryIO | None, goes_on: Callable[[int], bool]) -> None:
        super().__init__()
        self._out = out
        self._goes_on = goes_on
        self.size = 0  # bytes
        self.is_ended = False

    def writable(self) -> bool:
        """Tell that bytes can be written."""
        return True

    def write(self, data: "ReadableBuffer") -> int:
        """Write all bytes that are given."""
        if self.is_ended:
            raise EndedError
        count = memoryview(data).nbytes
        if self._out is not None:
            self._out.write(data)
        self.size += count
        if not self._goes_on(self.size):
            self.is_ended = True
            raise EndedError
        return count


class Head(Watched):
    """Keeps the first bytes of what is written, `most` or somewhat more, and ends the writing then."""

    def __init__(self, most: int, goes_on: Callable[[], bool] = lambda: True) -> None:
        self.content = bytearray()
        super().__init__(None, lambda size: size < most and goes_on())

    def write(self, data: "ReadableBuffer") -> int:
        """Keep all bytes that are given."""
        if not self.is_ended:
            self.content += memoryview(data).cast("B")
        return super().write(data)
