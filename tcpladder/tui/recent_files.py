"""The captures that were opened last, kept in a small file for its owner alone."""

import contextlib
from pathlib import Path

from platformdirs import user_state_path

from tcpladder.files import write_whole
from tcpladder.printable import printable

LARGEST_FILE = 1 << 20  # bytes: a file that is larger is not one of ours


def recent_files(most: int) -> list[Path]:
    """Give the captures that were opened last and are still there, the last first; no more than `most`."""
    return [path for path in _kept() if _is_file(path)][:most]


def remember(path: Path, most: int) -> None:
    """Make a capture the last that was opened; none is remembered with `most` 0. What can't be written is forgotten."""
    path = path.absolute()
    if printable(str(path)) != str(path):  # it could not stand in a line of its own
        return
    paths = [path, *(other for other in _kept() if other != path)][:most]
    with contextlib.suppress(OSError, ValueError):
        write_whole(_file(), "".join(f"{kept}\n" for kept in paths).encode())


def _file() -> Path:
    return user_state_path("tcpladder", appauthor=False) / "recent.txt"


def _kept() -> list[Path]:
    try:
        with _file().open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError):
        return []
    if len(content) > LARGEST_FILE:
        return []
    lines = content.decode(errors="replace").split("\n")
    return [Path(line) for line in lines if line.startswith("/") and printable(line) == line]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False
