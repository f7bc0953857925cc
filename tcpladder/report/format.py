"""What an export format is, and which there are: each is a module of `report.formats` with a FORMAT."""

import enum
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tcpladder.discovery import exports
from tcpladder.errors import UsageError, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from tcpladder.report.model import Report


class Covers(enum.Enum):
    """How many connections a file of a format may be about."""

    CONNECTIONS = enum.auto()  # any number
    ONE_CONNECTION = enum.auto()


MOST_CONTENTS = frozenset(("ladders", "has_notes", "is_folded", "is_ascii"))
ONE_TABLE = frozenset(("table", "has_notes"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A way to write a report.

    `suffixes` are the endings of its files, the usual one first; `write` writes a report into a file that is open for
    bytes, from the first byte to the last. `is_text` says that it may be shown on a terminal. `heeds` names what of a
    report's contents (`model.Contents`) makes a difference to it: only that is offered. `has_ladders` says that it has
    ladders without being asked for all.
    """

    name: str
    title: str  # what it is and what it is for, for dialogs and help
    suffixes: tuple[str, ...]
    media_type: str
    write: "Callable[[Report, BinaryIO], None]"
    covers: Covers = Covers.CONNECTIONS
    is_text: bool = True
    heeds: frozenset[str] = MOST_CONTENTS
    has_ladders: bool = True


@cache
def formats() -> tuple[Format, ...]:
    """Give all formats, by their names."""
    from tcpladder.report import formats as package

    found = [each for each in exports(package, "FORMAT") if isinstance(each, Format)]
    return tuple(sorted(found, key=lambda each: each.name))


def format_named(name: str) -> Format:
    """Give the format of a name, or of an ending without its dot. Raises UsageError where there is none."""
    for each in formats():
        if each.name == name or f".{name}" in each.suffixes:
            return each
    raise UsageError(f"There is no format {quoted(name)}.", f"There are {', '.join(each.name for each in formats())}.")


def format_of(path: Path) -> Format:
    """Give the format that a file's ending stands for. Raises UsageError where it stands for none."""
    name = path.name.lower()
    known = [(len(suffix), each) for each in formats() for suffix in each.suffixes if name.endswith(suffix)]
    if known:
        return max(known, key=itemgetter(0))[1]  # of .json and .sarif.json the longer one
    endings = ", ".join(each.suffixes[0] for each in formats())
    raise UsageError(
        f"The ending of {quoted(path)} is that of no format.", f"Name the format, or choose one of {endings}."
    )
