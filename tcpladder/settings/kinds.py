"""The kinds of values that a setting takes: what a value has to be, in words and as a check."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tcpladder.printable import printable

LONGEST_SHOWN = 40  # characters of a wrong value in a sentence


class UnfitError(Exception):
    """A value is none for its setting; the text says what it would have to be, as in `has to be true or false`."""


class Kind(Protocol):
    """What a setting takes."""

    @property
    def words(self) -> str:
        """What may stand there, for the manual: `true or false`."""

    def taken(self, value: object) -> object:
        """Give the value as the program uses it; raises UnfitError where it is none."""


@dataclass(frozen=True, slots=True)
class Flag:
    """A value that is true or false."""

    words: str = "true or false"

    def taken(self, value: object) -> bool:
        """Take true or false."""
        if not isinstance(value, bool):
            raise UnfitError(f"has to be {self.words}")
        return value


@dataclass(frozen=True, slots=True)
class Number:
    """A whole number between two limits, both of which it may be."""

    least: int
    most: int

    @property
    def words(self) -> str:
        """Name both limits."""
        return f"a whole number from {self.least} to {self.most}"

    def taken(self, value: object) -> int:
        """Take a whole number within the limits."""
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise UnfitError(f"has to be {self.words}")
        return value


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    choices: tuple[str, ...]

    @property
    def words(self) -> str:
        """Name them all."""
        return ", ".join(f'"{choice}"' for choice in self.choices[:-1]) + f' or "{self.choices[-1]}"'

    def taken(self, value: object) -> str:
        """Take one of the words."""
        if not isinstance(value, str) or value not in self.choices:
            raise UnfitError(f"has to be {self.words}")
        return value


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text."""

    words: str = "text"
    longest: int = 4096  # characters: as long as a path may be

    def taken(self, value: object) -> str:
        """Take text without control characters."""
        if not isinstance(value, str):
            raise UnfitError(f"has to be {self.words}, in quotes")
        if printable(value) != value:
            raise UnfitError("has a control character in it")
        if len(value) > self.longest:
            raise UnfitError(f"has more than {self.longest} characters")
        return value


@dataclass(frozen=True, slots=True)
class Shaped:
    """Text with something before and something behind a sign, such as `name:value`."""

    sign: str
    words: str

    def taken(self, value: object) -> str:
        """Take text that has the sign within it."""
        text = Text(self.words).taken(value)
        before, _, behind = text.partition(self.sign)
        if not before.strip() or not behind.strip() or before.startswith("-"):
            raise UnfitError(f"has to be {self.words}")
        return text


@dataclass(frozen=True, slots=True)
class Several:
    """An array of values of one kind."""

    of: Kind

    @property
    def words(self) -> str:
        """Say of what."""
        return f"an array of {self.of.words}"

    def taken(self, value: object) -> tuple[object, ...]:
        """Take an array all of whose values are fit."""
        if not isinstance(value, list):
            raise UnfitError(f"has to be {self.words}")
        return tuple(self.of.taken(single) for single in value)


@dataclass(frozen=True, slots=True)
class Entries:
    """A table whose keys users choose; each entry is judged on its own."""

    words: str
    of: Kind = field(default_factory=Text)

    def taken(self, value: object) -> Mapping[str, object]:
        """Take a table all of whose values are fit."""
        if not isinstance(value, dict):
            raise UnfitError("has to be a table")
        return {name: self.of.taken(single) for name, single in value.items()}


def shown(value: object) -> str:
    """Write a value into a sentence, not too long, and with nothing in it that a terminal would obey."""
    words = toml(value)
    return printable(words if len(words) <= LONGEST_SHOWN else words[: LONGEST_SHOWN - 1] + "…")


def toml(value: object) -> str:
    """Write a value as TOML does."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(_ESCAPES.get(character) or _escaped(character) for character in value) + '"'
    if isinstance(value, list | tuple):
        return "[" + ", ".join(toml(single) for single in value) + "]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f" {toml(name)} = {toml(single)}" for name, single in value.items()) + " }"
    return str(value)


_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _escaped(character: str) -> str:
    code = ord(character)
    is_control = code < 0x20 or code == 0x7F
    return f"\\u{code:04x}" if is_control else character
