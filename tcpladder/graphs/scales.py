"""Where the ticks of an axis stand, and how the numbers beside them are written."""

import enum
import math
from collections.abc import Sequence

STEPS = (1, 2, 5, 10)
SLACK = 1e-6  # of a step


class Unit(enum.Enum):
    """What the numbers of an axis are."""

    TIME = enum.auto()  # ns
    BYTES = enum.auto()
    RATE = enum.auto()  # bit/s
    TICKS = enum.auto()  # of a time stamp's clock


_PREFIXES = {
    Unit.TIME: ((1e9, "s"), (1e6, "ms"), (1e3, "us"), (1.0, "ns")),
    Unit.BYTES: ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")),
    Unit.RATE: ((1e12, "Tbit/s"), (1e9, "Gbit/s"), (1e6, "Mbit/s"), (1e3, "kbit/s"), (1.0, "bit/s")),
    Unit.TICKS: ((1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, "")),
}


def round_step(least: float) -> float:
    """Give the smallest of 1, 2 and 5, times a power of ten, that is no less than `least`, which is positive."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))


def ticks(low: float, high: float, most: int) -> tuple[list[float], float]:
    """Give at most `most` round numbers from `low` to `high`, and the step between them."""
    if not high > low or most < 1:
        return [low], 1.0
    step = round_step((high - low) / most)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    numbers = (at * step for at in range(first, min(last, first + most - 1) + 1))
    # Of large numbers that lie close together a float does not tell on which side of an end a multiple is.
    return [number for number in numbers if low - step * SLACK <= number <= high + step * SLACK], step


def tick_words(values: Sequence[float], step: float, unit: Unit) -> list[str]:
    """Write the numbers of an axis, all in the same unit and with the decimals that their step needs."""
    largest = max((abs(value) for value in values), default=0.0)
    scale, name = _prefix(largest, unit)
    decimals = max(0, math.ceil(-math.log10(step / scale) - 1e-9))
    return [f"{value / scale + 0.0:.{decimals}f} {name}".rstrip() if value else "0" for value in values]


def written(value: float, unit: Unit) -> str:
    """Write a number with three significant digits, and its unit; whole small numbers as they are."""
    scale, name = _prefix(abs(value), unit)
    shown = value / scale
    if scale == 1.0 and unit is not Unit.RATE:
        return f"{shown:.0f} {name}".rstrip()
    decimals = max(0, 2 - math.floor(math.log10(abs(shown)))) if shown else 0
    return f"{shown:.{decimals}f} {name}"


def _prefix(value: float, unit: Unit) -> tuple[float, str]:
    """Give what a number of this size is divided by, and the name of what it then counts."""
    prefixes = _PREFIXES[unit]
    return next(((scale, name) for scale, name in prefixes if value >= scale), prefixes[-1])
