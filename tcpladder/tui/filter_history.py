"""Filters that were used before, kept in a small file from one session to the next."""

import contextlib
from pathlib import Path

from platformdirs import user_state_path

from tcpladder.files import write_whole
from tcpladder.filters.parsing import LONGEST
from tcpladder.printable import printable

KEPT = 100
LARGEST_FILE = 1 << 20  # bytes: a file that is larger is not one of ours


def history_file() -> Path:
    """Give the place that the platform has for such things."""
    return user_state_path("tcpladder", appauthor=False) / "filters.txt"


class FilterHistory:
    """The last filters, the newest last. A file that is absent, damaged or not to be written only forgets them."""

    def __init__(self, path: Path) -> None:
        """Take what the file has."""
        self._path = path
        self.lines = _read(path)

    def add(self, line: str) -> None:
        """Make a filter the newest, here and in the file, to which other sessions may have added theirs."""
        if not line.strip() or printable(line) != line:
            return
        self.lines = _with(line, self.lines)
        with contextlib.suppress(OSError, ValueError):
            kept = _with(line, [*_read(self._path)] or self.lines)
            write_whole(self._path, "".join(f"{one}\n" for one in kept).encode())


def _with(line: str, lines: list[str]) -> list[str]:
    return [*(other for other in lines if other != line), line][-KEPT:]


def _read(path: Path) -> list[str]:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError):
        return []
    if len(content) > LARGEST_FILE:
        return []
    lines = content.decode(errors="replace").split("\n")
    return [line for line in lines if line.strip() and len(line) <= LONGEST and printable(line) == line][-KEPT:]
