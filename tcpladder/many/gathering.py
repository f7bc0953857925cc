"""Which captures are meant by names of files and directories and by patterns.

A file that is named is meant, whatever it is. In a directory and all below it, files are meant that are captures by
their content. What is hidden is passed over: files that are being written have such names. A name with `*`, `?` or `[`
in it that no file has is a pattern: shells leave those that are in quotes, and `**` stands for any directories.
"""

import glob
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from tcpladder.capture.native import pcap, pcapng, source
from tcpladder.errors import CaptureError, quoted
from tcpladder.printable import printable

HEAD = 16  # bytes
OTHERS = (b"snoop\0\0\0", b"GMBU", b"RTSS", b"TRSNIFF data    \x1a")
"""How captures of Solaris (RFC 1761), of Microsoft's monitors and of DOS Sniffers begin; tshark reads them."""
BEGINNINGS = (*pcap.MAGIC_NUMBERS, pcapng.MAGIC_NUMBER, *OTHERS)
LZ4, LZ4_ENDINGS = b"\x04\x22\x4d\x18", (".pcap.lz4", ".pcapng.lz4", ".cap.lz4")


@dataclass(frozen=True, slots=True)
class Gathered:
    """A capture, and its place below the directory that was named; its file name where it was named itself."""

    path: Path
    place: PurePath


def gathered(names: Iterable[Path]) -> list[Gathered]:
    """Give the captures that are meant, each file once, in the order of the names and of the files' names.

    Raises CaptureError where a pattern or a directory has none, or a directory can't be read.
    """
    found: dict[tuple[int, int] | str, Gathered] = {}
    for name in names:
        for each in _meant(name):
            found.setdefault(_identity(each.path), each)
    return list(found.values())


def _identity(path: Path) -> tuple[int, int] | str:
    """Give what tells a file from others, however it is named."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return str(path)  # it will be told when it is read
    return status.st_dev, status.st_ino


def _meant(name: Path) -> Iterator[Gathered]:
    try:
        is_there, is_directory = os.path.lexists(name), name.is_dir()
    except ValueError:  # no file has such a name
        is_there = is_directory = False
    if is_directory:
        yield from _below(name)
    elif is_there or not glob.has_magic(str(name)):
        yield Gathered(name, PurePath(name.name))
    else:
        matches = sorted(glob.glob(str(name), recursive=True))  # noqa: PTH207 - Path.glob takes no absolute pattern
        if not matches:
            raise CaptureError(f"No file matches {quoted(name)}.", "Check the pattern and the directory.")
        for match in map(Path, matches):
            if match.is_dir():
                yield from _below(match, is_needed=False)
            else:
                yield Gathered(match, PurePath(match.name))


def _below(directory: Path, *, is_needed: bool = True) -> Iterator[Gathered]:
    """Give the captures in a directory and in those below it. Raises CaptureError where it has none but must."""

    def fail(error: OSError) -> None:
        reason = printable(error.strerror or str(error))
        raise CaptureError(f"The directory {quoted(str(error.filename))} can't be read: {reason}.") from error

    is_empty = True
    for folder, folders, files in os.walk(directory, onerror=fail):
        folders[:] = sorted(each for each in folders if not each.startswith("."))
        for path in (Path(folder, file) for file in sorted(files) if not file.startswith(".")):
            if is_capture(path):
                is_empty = False
                yield Gathered(path, path.relative_to(directory))
    if is_empty and is_needed:
        raise CaptureError(f"There is no capture in the directory {quoted(directory)}.", "Check its name.")


def is_capture(path: Path) -> bool:
    """Tell by its first bytes, decompressed if need be, whether a file is a capture. One that can't be read may be."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return False
        with path.open("rb") as file:
            head = file.read(HEAD)
        if head.startswith((source.GZIP, source.ZSTD)):
            room = bytearray(HEAD)
            with source.Source(path) as opened:
                head = bytes(room[: opened.read_into(memoryview(room))])
        elif head.startswith(LZ4):
            return path.name.lower().endswith(LZ4_ENDINGS)
    except FileNotFoundError:
        return False  # it has gone, or is a link to nothing
    except OSError:
        return path.name.lower().endswith((".pcap", ".pcapng", ".cap"))
    return head.startswith(BEGINNINGS)
