"""From a path to segments: looks at the first bytes, asks each reader, takes the surest."""

import stat
from collections.abc import Iterator
from pathlib import Path

from tcpladder.capture import readers
from tcpladder.capture.reader import AUTO, Batch, Confidence, Reader, ReadRequest
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.discovery import exports
from tcpladder.errors import CaptureError, UsageError, quoted

HEAD_SIZE = 64
COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}
"""The first bytes of compressed files: RFC 1952 §2.3.1, RFC 8878 §3.1.1, the LZ4 frame format."""


def check_openable(path: Path) -> None:
    """Raise CaptureError when the file is not there, not a file, not ours to read, or empty."""
    _head(path)


def check_readable(request: ReadRequest) -> None:
    """Raise CaptureError or TsharkError where it is plain before reading that nothing could be read."""
    if reader_for(request).needs_tshark:
        find_tshark(request.tshark)


def compression(path: Path) -> str | None:
    """Name the file's compression, None where it has none. Raises CaptureError when it can't be opened."""
    head = _head(path)
    return next((name for magic, name in COMPRESSIONS.items() if head.startswith(magic)), None)


def read_capture(request: ReadRequest) -> Iterator[Batch]:
    """Read the file with the reader that was asked for. Raises CaptureError when nothing can be read."""
    return reader_for(request).read(request)


def reader_for(request: ReadRequest) -> Reader:
    """Choose the reader that was asked for, or else is surest about the file.

    Raises CaptureError when the file can't be opened, or is none for the reader that was asked for.
    """
    head = _head(request.path)
    known = [reader for reader in exports(readers, "READER") if isinstance(reader, Reader)]
    asked = [reader for reader in known if request.reader in (AUTO, reader.name)]
    surest = max(asked, key=lambda reader: reader.recognises(head), default=None)
    if surest is None:
        raise UsageError(f"There is no reader {quoted(request.reader)}.", f"There are {_names(known)}.")
    if surest.recognises(head) is Confidence.NO:
        raise CaptureError(
            f"{quoted(request.path)} is no file for the {surest.name} reader.", "Take --reader auto, or leave it out."
        )
    return surest


def _names(known: list[Reader]) -> str:
    return ", ".join(sorted([AUTO, *(reader.name for reader in known)]))


def _head(path: Path) -> bytes:
    name = quoted(path)
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise CaptureError(f"{name} is a directory.", "Name a capture file in it.")
        if not stat.S_ISREG(mode):
            raise CaptureError(f"{name} is not a regular file.", "Save the packets into a file first.")
        with path.open("rb") as file:
            head = file.read(HEAD_SIZE)
    except FileNotFoundError:
        raise CaptureError(f"There is no file {name}.", "Check the name and the directory.") from None
    except PermissionError:
        raise CaptureError(f"No permission to read {name}.", "Ask its owner, or read it as a user who may.") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise CaptureError(f"{name} can't be opened: {reason}.") from error
    if not head:
        raise CaptureError(f"{name} is empty.", "The capture was not written; take it again.")
    return head
