"""Bytes into a file: wholly or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path

from tcpladder.errors import TcpladderError, quoted
from tcpladder.printable import printable


class SavingError(TcpladderError):
    """A file could not be written."""


class ExistsError(SavingError):
    """There is such a file already."""


def save(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write a file. Raises ExistsError where there is one and it is not to be replaced, SavingError where it can't be.

    What was there is there until all is written.
    """
    name = quoted(path)
    temporary = ""
    try:
        if path.is_dir():
            raise SavingError(f"{name} is a directory.", "Add the name of a file.")
        if path.exists() and not path.is_file():
            raise SavingError(f"{name} is no regular file.", "Choose another name.")
        if path.exists() and not replace:
            raise ExistsError(f"{name} is there already.")
        descriptor, temporary = tempfile.mkstemp(prefix=".tcpladder-", dir=path.parent)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        Path(temporary).replace(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SavingError(f"{name} can't be written: {printable(reason or str(error))}.") from error
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink(missing_ok=True)
