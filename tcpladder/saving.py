"""What users have saved: written wholly or not at all, and over what is there only where they want that."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tcpladder.errors import TcpladderError, quoted
from tcpladder.files import PUBLIC, whole_file
from tcpladder.printable import printable


class SavingError(TcpladderError):
    """A file could not be written."""


class ExistsError(SavingError):
    """There is such a file already."""


@contextmanager
def target(path: Path, *, replace: bool = False, sources: Iterable[Path] = ()) -> Iterator[BinaryIO]:
    """Give a file to write that takes the place of `path` when all went well; until then what was there is there.

    Raises ExistsError where there is one and it is not to be replaced; SavingError where it can't be written, or is one
    of the `sources`, which are never written over.
    """
    with _telling(path):
        _check(path, quoted(path), replace=replace, sources=sources)
        with whole_file(path, PUBLIC) as file:
            yield file


def check_target(path: Path, *, replace: bool = False, sources: Iterable[Path] = ()) -> None:
    """Raise what `target` would raise at once, before there is anything to write."""
    with _telling(path):
        _check(path, quoted(path), replace=replace, sources=sources)
        if not path.absolute().parent.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Say in a sentence why a file can't be written."""
    try:
        yield
    except OSError as error:
        if error.filename is not None and not _is_beside(Path(os.fsdecode(error.filename)), path):
            raise  # what failed is not the writing
        reason = printable(error.strerror or str(error))
        raise SavingError(f"{quoted(path)} can't be written: {reason}.", _HINTS.get(error.errno or 0, "")) from error


_HINTS = {
    errno.ENOENT: "Make its directory first.",
    errno.ENOSPC: "Make room, or write elsewhere.",
    errno.EDQUOT: "Make room, or write elsewhere.",
    errno.EACCES: "Write elsewhere.",
    errno.EROFS: "Write elsewhere.",
}


def _is_beside(failed: Path, path: Path) -> bool:
    """Tell whether a path is the target's, or that of the file that is to become the target."""
    return failed == path or failed.parent == Path(os.path.realpath(path)).parent


def _check(path: Path, name: str, *, replace: bool, sources: Iterable[Path]) -> None:
    if "\0" in str(path):
        raise SavingError(f"{name} can't be written: it has a character that no file name has.")
    if path.is_dir():
        raise SavingError(f"{name} is a directory.", "Add the name of a file.")
    if not os.path.lexists(path):
        return
    if path.exists() and not path.is_file():
        raise SavingError(f"{name} is no regular file.", "Choose another name.")
    if any(source.exists() and path.exists() and path.samefile(source) for source in sources):
        raise SavingError(f"{name} is the capture itself.", "Choose another name.")
    if not replace:
        raise ExistsError(f"{name} is there already.", "--force replaces it.")


def save(path: Path, data: bytes, *, replace: bool = False) -> None:
    """Write a file. Raises ExistsError where there is one and it is not to be replaced, SavingError where it can't be.

    What was there is there until all is written.
    """
    with target(path, replace=replace) as file:
        file.write(data)
