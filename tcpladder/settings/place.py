"""Where the settings are kept, and how that file is written: a whole new one in the place of the old, or none."""

import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_config_path

FILE_VARIABLE = "TCPLADDER_CONFIG"


def settings_file(environment: Mapping[str, str]) -> Path:
    """Give the file that the environment names, else the one at the place that the platform has for such files."""
    named = environment.get(FILE_VARIABLE, "")
    return Path(named) if named else user_config_path("tcpladder", appauthor=False) / "settings.toml"


def put(path: Path, text: str, *, is_new: bool = False) -> None:
    """Write a file, its directory too if need be, in one go; where it is a link, what the link leads to.

    The file keeps who may read it; a new one is for its owner. With `is_new` there may be none yet: raises
    FileExistsError. Raises OSError where it can't be written.
    """
    target = path.resolve() if path.is_symlink() else path
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:  # which is to be said of the file alone
        raise NotADirectoryError(error.errno, "there is a file in the place of its directory") from error
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if is_new:
            os.link(name, target)  # which, unlike renaming, fails where there is a file
            return
        with contextlib.suppress(FileNotFoundError):
            Path(name).chmod(target.stat().st_mode & 0o777)
        Path(name).replace(target)
    finally:
        Path(name).unlink(missing_ok=True)
