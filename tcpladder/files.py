"""Files that are written whole or not at all."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PRIVATE, PUBLIC = 0o600, 0o666
"""Rights of new files: for their owner alone, and what the user's umask leaves."""


@contextmanager
def whole_file(path: Path, mode: int = PRIVATE) -> Iterator[BinaryIO]:
    """Give a file to write that takes the place of `path` when all went well; until then the old one is untouched.

    It has the rights of the old one; those of a new one are `mode`. Raises OSError, and leaves nothing behind.
    """
    path = Path(os.path.realpath(path))  # what a symbolic link names is written, not the link
    temporary = path.with_name(f".tcpladder-{secrets.token_hex(8)}")
    try:
        descriptor = os.open(temporary, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), mode)
        with os.fdopen(descriptor, "wb") as file:
            if path.exists():
                temporary.chmod(path.stat().st_mode & 0o777)
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def write_whole(path: Path, content: bytes) -> None:
    """Put a whole new file, for its owner alone, in the place of the old one; make its folder if need be.

    Raises OSError, and leaves nothing behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as file:
        file.write(content)
