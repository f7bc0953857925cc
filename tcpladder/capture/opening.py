"""From a path to segments: looks at the first bytes, asks each reader, takes the surest."""

import stat
from collections.abc import Iterator
from pathlib import Path

from tcpladder.capture import readers
from tcpladder.capture.reader import Batch, Reader, ReadRequest
from tcpladder.discovery import exports
from tcpladder.errors import CaptureError, quoted

HEAD_SIZE = 64


def read_capture(request: ReadRequest) -> Iterator[Batch]:
    """Read the file with the reader that is surest about it. Raises CaptureError when nothing can be read."""
    head = _head(request.path)
    known = [reader for reader in exports(readers, "READER") if isinstance(reader, Reader)]
    surest = max(known, key=lambda reader: reader.recognises(head))
    return surest.read(request)


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
        raise CaptureError(f"{name} can't be opened: {error}.") from error
    if not head:
        raise CaptureError(f"{name} is empty.", "The capture was not written; take it again.")
    return head
