"""Paths as they are typed: what they may go on with, and how far that is plain."""

import os
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from tcpladder.printable import printable

MOST_ENTRIES = 10_000  # of a directory are looked at
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A file or a directory that may be meant, and how it is shown."""

    path: Path
    shown: str
    is_directory: bool = False


def candidates(typed: str) -> list[Candidate]:
    """Give what a typed path may go on with: directories first. Hidden ones only where a dot was typed."""
    folder, prefix = os.path.split(typed)
    found = []
    try:
        directory = Path(folder or ".").expanduser()
        with os.scandir(directory) as entries:
            for entry in islice(entries, MOST_ENTRIES):
                is_hidden = entry.name.startswith(".") and not prefix.startswith(".")
                if entry.name.startswith(prefix) and not is_hidden:
                    found.append(_candidate(folder, directory, entry))
    except (OSError, ValueError, RuntimeError):  # no such directory, no such user
        return []
    return sorted(found, key=lambda one: (not one.is_directory, one.shown))[:MOST_SHOWN]


def _candidate(folder: str, directory: Path, entry: "os.DirEntry[str]") -> Candidate:
    try:
        is_directory = entry.is_dir()
    except OSError:
        is_directory = False
    shown = printable(os.path.join(folder, entry.name)) + ("/" if is_directory else "")  # noqa: PTH118 - as typed
    return Candidate(path=directory / entry.name, shown=shown, is_directory=is_directory)


def completed(typed: str, found: list[Candidate]) -> str:
    """Give the typed path with what all candidates go on with."""
    common = os.path.commonprefix([one.shown for one in found])  # noqa: RUF071 - characters are what is typed
    return common if len(common) > len(typed) else typed
