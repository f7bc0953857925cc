"""What a graph consists of: series of numbers over time, each with how it is drawn and what it means."""

import enum
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tcpladder.graphs.scales import Unit

Int64Array = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


class Shape(enum.Enum):
    """How the numbers of a series are joined."""

    POINTS = enum.auto()  # not at all
    SPANS = enum.auto()  # each is a range, from `low` to `high`
    STEPS = enum.auto()  # each holds until the next; the last to the end of the graph
    LINE = enum.auto()  # straight from one to the next


class Look(enum.Enum):
    """What a series looks like, beside its colour: how dense its dots are, or the letter that it is drawn with."""

    SOLID = "solid"
    DOTTED = "dotted"
    SPARSE = "sparse"
    AGAIN = "R"
    SACK = "S"
    ZERO = "Z"
    FIN = "F"
    RESET = "X"
    STAMP = "t"

    @property
    def is_letter(self) -> bool:
        """Whether it is drawn as letters, which stand above all dots."""
        return len(self.value) == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """n numbers over time. `time` (ns since the connection's first segment) rises; of ranges `low` <= `high`.

    A backdrop does not decide how high the graph is: where it lies far above all else, it is not in the picture.
    """

    name: str
    look: Look
    shape: Shape
    time: Int64Array
    low: FloatArray
    high: FloatArray
    is_backdrop: bool = False

    def __len__(self) -> int:
        return len(self.time)


def series(  # noqa: PLR0913 - what a series is
    name: str,
    look: Look,
    shape: Shape,
    time: Int64Array,
    low: npt.NDArray[np.number],
    high: npt.NDArray[np.number] | None = None,
    *,
    is_backdrop: bool = False,
) -> Series:
    """Make a series of numbers in any order; `high` is given of ranges."""
    columns = [time, low, low if high is None else high]
    if len(time) > 1 and (time[1:] < time[:-1]).any():
        order = np.argsort(time, kind="stable")
        columns = [column[order] for column in columns]
    when, least, most = columns
    return Series(
        name=name,
        look=look,
        shape=shape,
        time=when.astype(np.int64),
        low=least.astype(np.float64),
        high=most.astype(np.float64),
        is_backdrop=is_backdrop,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One graph of one endpoint: what it sent, or what was sent to it. Without series, `empty` says why.

    `from_zero` graphs begin at 0, whatever is in view. `title` says in words what there is to see.
    """

    title: str
    unit: Unit
    series: tuple[Series, ...] = ()
    from_zero: bool = True
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The part of the time axis that is in view, in ns since the connection's first segment; `start` < `end`."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """How long it is."""
        return self.end - self.start
