"""Whether a file is still the one that was opened: what was read of it says where in it things are.

A capture that is still being written grows, and stays the same; one that is touched stays so too. One that was put in
its place, that was written over or that became shorter is another.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from tcpladder.errors import CaptureError, quoted
from tcpladder.printable import printable

EDGE = 4096  # bytes at the beginning, and before the end, that are looked at again
HINT = "What was read before stays; open the file again for what is in it now."


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A file as it was: which one, how many bytes, when it was written, and what its first and last bytes were."""

    path: Path
    file: tuple[int, int]  # device and inode
    size: int
    modified_ns: int
    edges: bytes = field(repr=False)


def see(path: Path) -> Seen | None:
    """Look at a file; None where it can't be read, which whoever reads it will say."""
    try:
        status = path.stat()
        return Seen(
            path=path.absolute(),
            file=(status.st_dev, status.st_ino),
            size=status.st_size,
            modified_ns=status.st_mtime_ns,
            edges=_edges(path, status.st_size),
        )
    except (OSError, ValueError):
        return None


def check_unchanged(seen: Seen | None) -> None:
    """Raise CaptureError, in one sentence, where the file is gone or is another by now; None is never another."""
    if seen is None:
        return
    name = quoted(seen.path.name)
    try:
        status = seen.path.stat()
        is_in_place = (status.st_dev, status.st_ino) == seen.file
        is_as_long = status.st_size == seen.size
        if is_in_place and is_as_long and status.st_mtime_ns == seen.modified_ns:
            return
        if status.st_size < seen.size:
            raise CaptureError(f"{name} is shorter than when it was opened.", HINT)
        if not (is_in_place or is_as_long) or _edges(seen.path, seen.size) != seen.edges:
            raise CaptureError(f"{name} is another file than the one that was opened.", HINT)
    except FileNotFoundError:
        raise CaptureError(f"{name} is gone since it was opened.", "What was read before stays.") from None
    except OSError as error:
        reason = printable(error.strerror or str(error))
        raise CaptureError(f"{name} can't be read any more: {reason}.", "What was read before stays.") from error


def _edges(path: Path, size: int) -> bytes:
    """Give the first and the last of the first `size` bytes."""
    with path.open("rb", buffering=0) as file:
        head = file.read(min(EDGE, size))
        file.seek(max(size - EDGE, 0), os.SEEK_SET)
        return head + file.read(min(EDGE, size))
