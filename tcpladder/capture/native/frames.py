"""The frames of a stretch of a capture, whatever the file's format: what each record says of itself."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from tcpladder.capture.native.content import Content

Numbers = npt.NDArray[np.int64]
Choice = slice | npt.NDArray[np.int64] | npt.NDArray[np.bool_]

LONGEST = 0x7FFFFFFF
"""What tshark makes of a length on the wire that is larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """As columns, a row a frame: where its bytes start in the content, and what the file says about it.

    `times` are in ns since 1970, `positions` offsets of the records in the file, `links` the link types as pcap
    numbers them.
    """

    numbers: Numbers
    starts: Numbers
    captured: Numbers
    wire: Numbers
    times: Numbers
    positions: Numbers
    links: Numbers

    def __len__(self) -> int:
        return len(self.numbers)

    def chosen(self, choice: Choice) -> Self:
        """Give some of the frames."""
        return type(self)(**{field.name: getattr(self, field.name)[choice] for field in fields(self)})


def joined(parts: Sequence[Frames]) -> Frames:
    """Put several together."""
    names = [field.name for field in fields(Frames)]
    if len(parts) == 1:
        return parts[0]
    return Frames(
        **{name: np.concatenate([np.empty(0, np.int64), *(getattr(p, name) for p in parts)]) for name in names}
    )


class State(enum.Enum):
    """What follows the records that were read."""

    UNFINISHED = enum.auto()  # a record that is not whole, or nothing
    DAMAGED = enum.auto()
    STRANGE = enum.auto()  # something that only tshark can tell


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The frames of the records that were read; `end` is where in the content they end, and what comes there.

    `end` may be beyond the content: up to there nothing needs to be kept.
    """

    frames: Frames
    end: int
    state: State


class CaptureFile(Protocol):
    """A file of some format, whose records are read stretch by stretch."""

    def stretch(self, content: Content, at: int, number: int) -> Stretch:
        """Read the whole records from `at` on; `number` is that of the first frame."""
