"""How a ladder is shown: what its user may choose, as one value that outlives the ladder on the screen."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

Choice = TypeVar("Choice", bound=StrEnum)


class TimeFormat(StrEnum):
    """What the time beside a segment tells. From 120 columns on, the time since the one before stands there as well."""

    DELTA = "delta"  # since the segment before
    START = "start"  # since the connection's first segment
    CLOCK = "clock"  # the time of day, UTC
    REFERENCE = "reference"  # since the segment that was made the reference


TIME_WORDS = {
    TimeFormat.DELTA: "since the segment before",
    TimeFormat.START: "since the connection's start",
    TimeFormat.CLOCK: "time of day, UTC",
    TimeFormat.REFERENCE: "since the reference",
}


class SequenceNumbers(StrEnum):
    """How SEG.SEQ and SEG.ACK are written."""

    RELATIVE = "relative"  # to the ISNs
    RAW = "raw"  # as on the wire


class Detail(StrEnum):
    """How much a label tells of its segment."""

    SHORT = "short"  # flags and length, or what is acknowledged
    NORMAL = "normal"  # numbers, and what is new
    FULL = "full"  # every number, window and option, also where it has to be scrolled to


class ColourMode(StrEnum):
    """What the colour of an arrow tells."""

    DIRECTION = "direction"
    FINDING = "finding"
    FLAGS = "flags"


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderOptions:
    """What the user has chosen. Where nothing was said, long connections are `folded`, and there are `details` beside
    a ladder that has the room.
    """

    time: TimeFormat = TimeFormat.DELTA
    numbers: SequenceNumbers = SequenceNumbers.RELATIVE
    detail: Detail = Detail.NORMAL
    colours: ColourMode = ColourMode.DIRECTION
    folded: bool | None = None
    details: bool | None = None

    def with_next_time(self, *, is_wide: bool, has_reference: bool) -> "LadderOptions":
        """Choose the next time format, of those that would look different here."""
        left_out = {TimeFormat.START} if is_wide else set()
        if not has_reference:
            left_out.add(TimeFormat.REFERENCE)
        formats = [each for each in TimeFormat if each not in left_out]
        at = formats.index(self.time) if self.time in formats else 0
        return replace(self, time=formats[(at + 1) % len(formats)])

    def with_next_detail(self) -> "LadderOptions":
        """Choose the next level of detail."""
        return replace(self, detail=_after(self.detail))

    def with_next_colours(self) -> "LadderOptions":
        """Choose the next colour mode."""
        return replace(self, colours=_after(self.colours))

    def with_other_numbers(self) -> "LadderOptions":
        """Choose the other way to write sequence numbers."""
        return replace(self, numbers=_after(self.numbers))


def _after(choice: Choice) -> Choice:
    every = list(type(choice))
    return every[(every.index(choice) + 1) % len(every)]
