"""The characters that ladders are drawn with: each is one cell wide in every terminal."""

from dataclasses import dataclass

from tcpladder.tcp.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class PlotGlyphs:
    """What graphs are drawn with. `strokes` go by `graphs.series.Look`, a pair of cells each, as a legend shows them.

    `braille` is the pattern without dots, to which dots are added; without it, a cell has a stroke's first character.
    """

    braille: str
    strokes: dict[str, str]
    upright: str  # axes
    flat: str
    corner: str
    left_tick: str
    lower_tick: str
    cursor: str
    pointer: str  # to the cursor, on the axis below it


@dataclass(frozen=True, slots=True, kw_only=True)
class Glyphs:
    """One set of characters.

    `lifelines` goes by phase: see PHASES; `levels` by a finding's level in words; `moods` by what is to be said of what
    is being typed; `controls` by the number of a control character of ASCII.
    """

    line: str
    probe_line: str  # of segments that carry nothing new, and of those that never came
    right: str
    left: str
    ellipsis: str
    between: str  # between the two addresses of a heading
    before_delta: str
    fold: str  # before what is folded into a row
    gap: str  # before a time in which nothing was captured
    noted: str  # before what somebody has written a note about
    reference: str  # before the segment from which times count
    dot: str  # between the parts of a folded row's words
    differs: str
    lifelines: dict[str, str]
    levels: dict[str, str]
    moods: dict[str, str]
    plot: PlotGlyphs
    controls: str
    hidden: str  # in place of anything else that can't be shown as it is
    hole: str  # before what is said of bytes that are not there
    selected: str
    ascending: str
    descending: str
    bars: str  # from nothing to the highest


PHASES = {
    State.UNKNOWN: "unknown",
    State.CLOSED: "closed",
    State.LISTEN: "closed",
    State.SYN_SENT: "opening",
    State.SYN_RCVD: "opening",
    State.ESTABLISHED: "established",
    State.FIN_WAIT_1: "closing",
    State.FIN_WAIT_2: "closing",
    State.CLOSE_WAIT: "closing",
    State.CLOSING: "closing",
    State.LAST_ACK: "closing",
    State.TIME_WAIT: "time-wait",
}
"""Which part of a connection's life a state belongs to: it gives lifelines and states their look."""

UNICODE = Glyphs(
    line="─",
    probe_line="┄",
    right="►",
    left="◄",
    ellipsis="…",
    between="⇄",
    before_delta="Δ",
    fold="▸",
    gap="⋮",
    noted='"',
    reference="◆",
    dot="·",
    differs="≠",
    lifelines={
        "unknown": "?",
        "closed": "┊",
        "opening": "╎",
        "established": "┃",
        "closing": "│",
        "time-wait": "╎",
    },
    levels={"violation": "■", "deviation": "▲", "note": "●"},
    moods={"good": "✓", "bad": "✗", "busy": "…"},
    plot=PlotGlyphs(
        braille="\u2800",
        strokes={"solid": "⠒⠒", "dotted": "⠂⠂", "sparse": "⠂\u2800"},
        upright="│",
        flat="─",
        corner="└",
        left_tick="┤",
        lower_tick="┬",
        cursor="┊",
        pointer="▲",
    ),
    controls="␀␁␂␃␄␅␆␇␈␉␊␋␌␍␎␏␐␑␒␓␔␕␖␗␘␙␚␛␜␝␞␟",
    hidden="·",
    hole="⋮",
    selected="»",
    ascending="▴",
    descending="▾",
    bars="·▁▂▃▄▅▆▇█",
)

ASCII = Glyphs(
    line="-",
    probe_line=".",
    right=">",
    left="<",
    ellipsis="~",
    between="<->",
    before_delta="d",
    fold="+",
    gap=":",
    noted='"',
    reference="@",
    dot="-",
    differs="!",
    lifelines={
        "unknown": "?",
        "closed": ".",
        "opening": ":",
        "established": "#",
        "closing": "|",
        "time-wait": ":",
    },
    levels={"violation": "X", "deviation": "!", "note": "*"},
    moods={"good": "+", "bad": "X", "busy": "~"},
    plot=PlotGlyphs(
        braille="",
        strokes={"solid": "##", "dotted": "--", "sparse": ".."},
        upright="|",
        flat="-",
        corner="+",
        left_tick="+",
        lower_tick="+",
        cursor=":",
        pointer="^",
    ),
    controls="." * 32,
    hidden=".",
    hole=":",
    selected=">",
    ascending="^",
    descending="v",
    bars=" .:-=+*#@",
)
