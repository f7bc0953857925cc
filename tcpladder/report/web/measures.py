"""Where the columns of a ladder's picture stand, in pixels; texts are measured in characters of one width."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from tcpladder.ladder.layout import note_words
from tcpladder.ladder.notation import clock, seconds
from tcpladder.ladder.options import Detail, LadderOptions, TimeFormat
from tcpladder.ladder.rungs import Ladder, Rung
from tcpladder.ladder.wording import label_parts

CELL = 7.23
"""The width of a character at 12 pixels. In monospaced fonts it is 0.55 to 0.602 of the height."""
MARGIN = 10
BETWEEN = 12  # two columns
STATE = 13  # characters: the longest name of a state, and the sign of doubt behind it
LEAST_LABEL, MOST_LABEL, MOST_FULL_LABEL = 46, 62, 130  # characters
LEAST_NOTE, MOST_NOTE = 14, 44  # characters
CLOCK_DECIMALS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """The columns of a picture: right edges of numbers, x of both lifelines, left edge of the notes.

    `label` and `note` are the room for texts, in characters.
    """

    frame: float
    time: float
    delta: float
    lifelines: tuple[float, float]
    note_at: float
    width: float
    label: int
    note: int
    options: LadderOptions

    @property
    def middle(self) -> float:
        """The x between the lifelines."""
        return sum(self.lifelines) / 2


def measures(ladder: Ladder, rungs: Sequence[Rung], options: LadderOptions) -> Measures:
    """Choose the columns of a ladder of which these rungs are drawn; labels and notes have the room that they need."""
    label = max((len(" ".join(label_parts(rung.words, options))) for rung in rungs), default=0)
    most = MOST_FULL_LABEL if options.detail is Detail.FULL else MOST_LABEL
    label = min(max(label, LEAST_LABEL), most)
    said = max(_note_lengths(ladder, rungs), default=0)
    note = min(max(said, LEAST_NOTE), MOST_NOTE)
    frame = 2 * MARGIN + CELL * (3 + max(3, len(str(ladder.frames[-1] if len(ladder) else 0))))
    time = frame + BETWEEN + CELL * max(4, _time_width(ladder, options))
    delta = time + BETWEEN + CELL * max(6, len(seconds(ladder.longest[1], 16, sign=True)))
    initiator = delta + BETWEEN + CELL * STATE + BETWEEN
    responder = initiator + CELL * (label + 6)
    note_at = responder + BETWEEN + CELL * STATE + BETWEEN
    return Measures(
        frame=frame,
        time=time,
        delta=delta,
        lifelines=(initiator, responder),
        note_at=note_at,
        width=round(note_at + CELL * note + MARGIN),
        label=label,
        note=note,
        options=options,
    )


def time_heading(options: LadderOptions) -> str:
    """Name the column of `time_words`."""
    return "UTC" if options.time is TimeFormat.CLOCK else "time"


def time_words(rung: Rung, options: LadderOptions) -> str:
    """Write when a segment came: the time of day where that was chosen, else since the connection's start."""
    return clock(rung.time, CLOCK_DECIMALS) if options.time is TimeFormat.CLOCK else seconds(rung.elapsed, 16)


def _time_width(ladder: Ladder, options: LadderOptions) -> int:
    return len(clock(0, CLOCK_DECIMALS) if options.time is TimeFormat.CLOCK else seconds(ladder.longest[0], 16))


def _note_lengths(ladder: Ladder, rungs: Sequence[Rung]) -> Iterable[int]:
    yield from (len(note_words(rung, "")) for rung in rungs)
    yield from (cell_len(what.note) + 2 for what in (ladder.own_annotation, *ladder.annotations.values()))
