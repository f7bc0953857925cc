"""A file's bytes, one after the other: as they are, or decompressed, never more at once than there is room for.

The file is read, not mapped: where it is cut short meanwhile, reading ends there; a mapping would end the process.
"""

import contextlib
import enum
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Self

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

READ_SIZE = 1 << 17
GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"  # RFC 1952 §2.3.1, RFC 8878 §3.1.1
_GZIP_FORMAT = 16 + zlib.MAX_WBITS


class Trouble(enum.Enum):
    """Why there are no more bytes, though there should be."""

    CUT = enum.auto()
    DAMAGED = enum.auto()


class Source:
    """A file that is open. Leaving its context closes it; `trouble` tells what ended the bytes too early."""

    def __init__(self, path: Path) -> None:
        self._stream = path.open("rb", buffering=0)
        self._rest = memoryview(b"")  # of what was decompressed and not yet taken
        self.trouble: Trouble | None = None
        head = self._stream.read(len(ZSTD))
        self._stream.seek(0)
        self._pieces = self._decompressed() if head.startswith((GZIP, ZSTD)) else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stream.close()

    def read_into(self, room: memoryview) -> int:
        """Put the next bytes there and say how many: fewer than there is room for only where there are no more."""
        filled = 0
        while filled < len(room):
            count = self._read_some(room[filled:])
            if not count:
                break
            filled += count
        return filled

    def _read_some(self, room: memoryview) -> int:
        if self._pieces is None:
            return self._stream.readinto(room) or 0
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        count = min(len(room), len(self._rest))
        room[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _decompressed(self) -> Iterator[bytes]:
        """Give the content of all members or frames; what follows them and is none is taken as it is."""
        data = self._stream.read(READ_SIZE)
        while data.startswith((GZIP, ZSTD)):
            member = _Gunzip() if data.startswith(GZIP) else _Unzstd()
            while not member.is_over:
                try:
                    piece = member.more(data)
                except (zlib.error, zstd.ZstdError):
                    self.trouble = Trouble.DAMAGED
                    yield from member.rescued(data)
                    return
                data = b""
                if piece:
                    yield piece
                elif not member.is_over:
                    data = self._stream.read(READ_SIZE)
                    if not data:
                        self.trouble = Trouble.CUT
                        return
            data = member.unused or self._stream.read(READ_SIZE)
        while data:
            yield data
            data = self._stream.read(READ_SIZE)


class _Gunzip:
    """A member of a gzip file."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(_GZIP_FORMAT)
        self._before = self._inner.copy()

    @property
    def is_over(self) -> bool:
        return self._inner.eof

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data

    def more(self, data: bytes) -> bytes:
        """Give some of what follows from these bytes; none when more of them are needed."""
        self._before = self._inner.copy()
        return self._inner.decompress(self._inner.unconsumed_tail + data, READ_SIZE)

    def rescued(self, data: bytes) -> Iterator[bytes]:
        """Give byte by byte what comes before the damage: where something is wrong, zlib gives nothing of a piece."""
        left = self._before.unconsumed_tail + data
        with contextlib.suppress(zlib.error):
            while True:
                piece = self._before.decompress(left, 1)
                left = self._before.unconsumed_tail
                if not piece:
                    return
                yield piece


class _Unzstd:
    """A frame of a zstd file."""

    def __init__(self) -> None:
        self._inner = zstd.ZstdDecompressor()

    @property
    def is_over(self) -> bool:
        return self._inner.eof

    @property
    def unused(self) -> bytes:
        return self._inner.unused_data

    def more(self, data: bytes) -> bytes:
        """Give some of what follows from these bytes; none when more of them are needed."""
        return self._inner.decompress(data, READ_SIZE)

    def rescued(self, _data: bytes) -> Iterator[bytes]:
        """Give nothing: a block is there as a whole or not at all."""
        yield from ()
