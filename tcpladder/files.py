"""Files that are written whole or not at all."""

import os
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Put a whole new file in the place of the old one, which stays untouched until then; make its folder if need be.

    The file has the rights of the old one; a new one is for its owner alone. Raises OSError, and leaves nothing behind.
    """
    path = Path(os.path.realpath(path))  # what a symbolic link names is written, not the link
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            if path.exists():
                Path(name).chmod(path.stat().st_mode & 0o777)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
