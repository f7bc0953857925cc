"""What may stand after a token: addresses, numbers, times, sizes, words; each is read from a text or refused."""

import difflib
import ipaddress
import re
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from string import ascii_lowercase

from tcpladder.filters.tree import Network, Number, Pattern
from tcpladder.printable import printable
from tcpladder.rulebook.levels import Level

LARGEST = (1 << 63) - 1
LONGEST_ECHO = 24  # characters of what was typed that a sentence repeats
LISTED = 6  # values that a sentence names
DURATIONS = {"ns": 1, "us": 1000, "µs": 1000, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "min": 60 * 10**9}
DURATIONS |= {"h": 3600 * 10**9}
TIME_UNITS = "us, ms, s, m or h"
SIZES = {"": 1, "b": 1}
SIZES |= {f"{prefix}{unit}": 1000**power for power, prefix in enumerate("kmgt", start=1) for unit in ("", "b")}
SIZES |= {f"{prefix}i{unit}": 1024**power for power, prefix in enumerate("kmgt", start=1) for unit in ("", "b")}
COUNTS = {"": 1, "k": 1000, "m": 10**6}
PORTS = {"": 1}
LEVELS = {"none": 0} | {level.word: int(level) for level in Level}

_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-zµ]*)", re.IGNORECASE)
_RANGE = re.compile(r"([^-]+)-([^-]+)")

Reader = Callable[[str], Number | Network | Pattern]


class ValueProblem(Exception):  # noqa: N818 - it is no error of the program's
    """A text is no such value; the message is the sentence that says so."""


def amount(units: Mapping[str, int], what: str, most: int = LARGEST) -> Reader:
    """Give the reader of numbers, or ranges of them, with one of these units; `what` says what is expected."""

    def read(text: str) -> Number:
        whole = _in_units(text, text, units, what)
        if whole is not None:
            low = high = whole
        else:
            parts = _RANGE.fullmatch(text)
            if parts is None:
                raise ValueProblem(f"{echo(text)} is not {what}.")
            unit = _AMOUNT.fullmatch(parts[2].strip())
            # The unit of the upper end is good for both.
            ends = (
                _in_units(parts[1], text, units, what, unit[2] if unit else ""),
                _in_units(parts[2], text, units, what),
            )
            if None in ends:
                raise ValueProblem(f"{echo(text)} is not {what}.")
            low, high = (end or 0 for end in ends)
            if low > high:
                raise ValueProblem(f"The range {echo(text)} ends before it begins.")
        if high > most:
            raise ValueProblem(f"{echo(text)} is not {what}: {most} is the largest.")
        return Number(text=text, low=low, high=high)

    return read


def _in_units(text: str, whole: str, units: Mapping[str, int], what: str, default: str = "") -> int | None:
    """Read one number; None where it is none. A time has to have its unit, but for zero."""
    parts = _AMOUNT.fullmatch(text.strip())
    if parts is None:
        return None
    unit = parts[2].lower() or default.lower()
    if unit not in units and not (unit == "" and Decimal(parts[1]) == 0):
        raise ValueProblem(f"{echo(whole)} is not {what}." if unit else f"{echo(whole)} needs a unit: {TIME_UNITS}.")
    return min(int(Decimal(parts[1]) * units.get(unit, 1)), LARGEST)


def address(text: str) -> Network | Pattern:
    """Read an address, a network such as 10.0.0.0/8, or, as a pattern, 10.0.* or a name."""
    bare = text.removeprefix("[").removesuffix("]")
    if "*" in bare or "?" in bare:
        return Pattern(text=bare)
    try:
        network = ipaddress.ip_network(bare, strict=False)
    except ValueError:
        if bare and not set(bare) <= set("0123456789.:/") and not set(bare) & set(":/"):
            return Pattern(text=bare)
        raise ValueProblem(
            f"{echo(text)} is not an address: 10.0.0.1, 10.0.0.0/8, 2001:db8::/32 and 10.0.* are."
        ) from None
    return Network(
        text=text,
        version=network.version,
        first=int(network.network_address),
        last=int(network.broadcast_address),
    )


def level(text: str) -> Number:
    """Read the name of a level, or none."""
    found = LEVELS.get(text.lower())
    if found is None:
        raise ValueProblem(not_one_of(text, "level", LEVELS))
    return Number(text=text, low=found, high=found)


def word(what: str, known: Callable[[], Collection[str]]) -> Reader:
    """Give the reader of words and patterns; one that stands for none of the `known`, if there are any, is refused."""

    def read(text: str) -> Pattern:
        pattern = Pattern(text=text)
        words = known()
        if words and not matching(pattern, words):
            raise ValueProblem(not_one_of(text, what, words))
        return pattern

    return read


def part(text: str) -> Pattern:
    """Read a part of a text: what may stand before it and behind it is left open."""
    return Pattern(text=f"*{text.strip('*')}*") if text.strip("*") else Pattern(text="*")


def mark(text: str) -> Pattern:
    """Read the letter of a mark, or * for any."""
    letter = text.lower()
    if letter not in (*ascii_lowercase, "*"):
        raise ValueProblem(f"{echo(text)} is no mark: a to z are, and * is any.")
    return Pattern(text=letter)


def matching(pattern: Pattern, words: Collection[str], *, is_exact: bool = False) -> list[int]:
    """Give the places of the words that a pattern stands for; unless exact, case and - or _ make no difference."""
    alike = str if is_exact else folded
    wanted = Pattern(text=alike(pattern.text))
    if not wanted.is_glob:
        return [place for place, candidate in enumerate(words) if alike(candidate) == wanted.text]
    expression = re.compile(wanted.expression(), re.DOTALL)
    return [place for place, candidate in enumerate(words) if expression.match(alike(candidate))]


def folded(text: str) -> str:
    """Give what two texts have in common that are alike: case and - or _ make no difference."""
    return text.casefold().replace("_", "-")


def not_one_of(text: str, what: str, known: Collection[str]) -> str:
    """Say that there is no such thing, and which there are: those that begin so, or the nearest, or the first."""
    if not text:
        return f"A {what} is missing: {_listed(known)}."
    begin = folded(text[:LONGEST_ECHO])
    begun = [name for name in known if folded(name).startswith(begin)]
    near = begun or difflib.get_close_matches(begin, list(known), n=1)
    if near:
        return f"There is no {what} {echo(text)}: perhaps {_listed(near)}?"
    return f"There is no {what} {echo(text)}; known are {_listed(known)}."


def _listed(names: Collection[str]) -> str:
    shown = list(names)[:LISTED]
    return ", ".join(shown) + (", …" if len(names) > LISTED else "")


def echo(text: str) -> str:
    """Repeat what was typed, short and harmless."""
    shown = printable(text)
    return f"'{shown[:LONGEST_ECHO]}{'…' if len(shown) > LONGEST_ECHO else ''}'"
