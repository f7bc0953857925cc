"""How the intervals between the transmissions of one segment grow, and whose habit that is.

RFC 6298 §5.5 doubles the retransmission timeout each time that it expires, from a first one of 1 s (§2.1) for a SYN.
What stacks do to SYNs differs: some send the first few at equal intervals before they double them.
"""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

SECOND = 1_000_000_000
LONGEST_TIMEOUT = 48 * SECOND  # a timeout may stop growing from 60 s on (RFC 6298 §2.5); timers are a little off
SHOWN = 12  # intervals in a text


class Growth(enum.Enum):
    """How the intervals grow."""

    UNKNOWN = enum.auto()  # there are less than two, or time runs backwards
    DOUBLING = enum.auto()
    LINEAR = enum.auto()  # all equal, and few enough for a linear start
    LINEAR_THEN_DOUBLING = enum.auto()
    GROWING = enum.auto()  # never shorter than the one before, by no known rule
    CONSTANT = enum.auto()  # seven or more, all equal
    SHRINKING = enum.auto()  # some interval is shorter than the one before


KNOWN = frozenset({Growth.DOUBLING, Growth.LINEAR, Growth.LINEAR_THEN_DOUBLING})

STEPS = (
    (0.8, "s"),  # shorter
    (1.25, "e"),  # equal
    (1.6, "m"),  # more, and not double
    (2.5, "d"),  # double
    (float("inf"), "m"),
)
"""How many times as long as the one before an interval is at most, and the letter for it. `p`: equal, and very long."""

HABITS = (
    ("[dp]+", Growth.DOUBLING),
    ("e{1,5}", Growth.LINEAR),
    ("e{1,5}[dp]+", Growth.LINEAR_THEN_DOUBLING),
    ("e{6,}", Growth.CONSTANT),
    ("[^s]+", Growth.GROWING),
    (".+", Growth.SHRINKING),
)

RFC_6298, OLDER = (0.8, 1.25), (2.4, 3.75)  # the first interval, in seconds
ANY = (0.0, float("inf"))
NAMES = (
    (Growth.DOUBLING, RFC_6298, "doubling from 1 s, as RFC 6298 has it"),
    (Growth.DOUBLING, OLDER, "doubling from 3 s, as before RFC 6298"),
    (Growth.DOUBLING, ANY, "doubling"),
    (Growth.LINEAR, RFC_6298, "as Linux since 6.5, BSD and macOS begin"),
    (Growth.LINEAR, ANY, "equal so far"),
    (Growth.LINEAR_THEN_DOUBLING, RFC_6298, "equal, then doubling, as Linux since 6.5, BSD and macOS do it"),
    (Growth.LINEAR_THEN_DOUBLING, ANY, "equal, then doubling"),
    (Growth.GROWING, ANY, "growing by no known rule"),
    (Growth.CONSTANT, ANY, "all equal: it never backs off"),
    (Growth.SHRINKING, ANY, "some shorter than the one before"),
)
"""The first that fits names a pattern: by its growth, and by its first interval in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backoff:
    """The intervals (ns) between transmissions, and how they grow."""

    intervals: tuple[int, ...]
    growth: Growth

    @property
    def name(self) -> str:
        """Give the pattern's name, or nothing where there is none to tell."""
        if self.growth is Growth.UNKNOWN:
            return ""
        first = self.intervals[0] / SECOND
        return next(name for growth, (low, high), name in NAMES if growth is self.growth and low <= first <= high)

    @property
    def text(self) -> str:
        """Write the intervals and their pattern, such as `1, 2, 4 s (doubling from 1 s, as RFC 6298 has it)`."""
        shown = ", ".join(_seconds(interval) for interval in self.intervals[:SHOWN])
        more = ", …" if len(self.intervals) > SHOWN else ""
        return f"{shown}{more} s" + (f" ({self.name})" if self.name else "")

    @property
    def backs_off(self) -> bool:
        """Whether the sender slows down, or would do so by a known habit but for one transmission.

        That one was delayed on its way to the capture, or is missing from it.
        """
        if self.growth is Growth.SHRINKING:
            return any(_growth(intervals) in KNOWN for intervals in (*self._with_one_more(), *self._with_one_moved()))
        return self.growth is not Growth.CONSTANT

    def _with_one_more(self) -> list[tuple[int, ...]]:
        """Give the intervals as they may have been with one transmission in between that is missing."""
        found = enumerate(self.intervals[:SHOWN])
        return [self._replaced(at, 1, split) for at, interval in found for split in _splits(interval)]

    def _with_one_moved(self) -> list[tuple[int, ...]]:
        """Give the intervals as they may have been before one transmission was delayed."""
        pairs = enumerate(pairwise(self.intervals[: SHOWN + 1]))
        return [self._replaced(at, 2, split) for at, pair in pairs for split in _splits(sum(pair))]

    def _replaced(self, at: int, count: int, split: tuple[int, int]) -> tuple[int, ...]:
        return (*self.intervals[:at], *split, *self.intervals[at + count :])


def _splits(interval: int) -> list[tuple[int, int]]:
    """Give the two intervals of a known habit that make this one: equal, or the second twice the first."""
    return [(interval // parts, interval - interval // parts) for parts in (2, 3)]


def backoff(times: Sequence[int]) -> Backoff:
    """Judge the times (ns) at which one segment was sent, in order."""
    intervals = tuple(later - earlier for earlier, later in pairwise(times))
    return Backoff(intervals=intervals, growth=_growth(intervals))


def _growth(intervals: tuple[int, ...]) -> Growth:
    if len(intervals) < 2 or min(intervals) <= 0:
        return Growth.UNKNOWN
    steps = "".join(_step(before, after) for before, after in pairwise(intervals))
    return next(growth for habit, growth in HABITS if re.fullmatch(habit, steps))


def _step(before: int, after: int) -> str:
    letter = next(letter for most, letter in STEPS if after / before <= most)
    return "p" if letter == "e" and before >= LONGEST_TIMEOUT else letter


def _seconds(interval: int) -> str:
    """Write seconds as a reader compares them: to a tenth, or to a thousandth below that."""
    seconds = interval / SECOND
    return f"{seconds:.1f}".removesuffix(".0") if abs(seconds) >= 0.1 else f"{seconds:.3f}"
