"""A ladder's rows as lines of spans, for a width: columns, arrows, lifelines. Spans carry tokens, not colours."""

from dataclasses import dataclass, replace

from tcpladder.ladder.ghosts import Ghost
from tcpladder.ladder.glyphs import PHASES, Glyphs
from tcpladder.ladder.notation import (
    byte_count,
    clock,
    doubted,
    elided,
    endpoint,
    introduced,
    named,
    seconds,
    state_word,
)
from tcpladder.ladder.options import ColourMode, Detail, LadderOptions, TimeFormat
from tcpladder.ladder.rungs import Heading, Ladder, Rung
from tcpladder.ladder.wording import STANDARD, fitted, label_parts, panned
from tcpladder.packets.flags import FIN, RST, SYN
from tcpladder.tcp.states import Basis, Endpoint, State

LEAST_WIDTH = 60
WITH_DELTA = 80
WITH_NUMBERS = 100  # from this width on: frame number and elapsed time
WITH_NOTES = 120
WITH_FULL_STATES = 140
NOTE_WIDTH = 20
CLOCK_DECIMALS, NARROW_CLOCK_DECIMALS = 6, 3
MARGINS = 6  # cells of an arrow that its label leaves to line, head and spaces
DID_NOT_COME = "did not come"  # said of a ghost: in the note column, or beside its words where there is none
REPEATS = {"retransmission", "fast-retransmission", "spurious-retransmission"}
PROBES = {"keep-alive", "keep-alive-ack", "zero-window-probe", "zero-window-probe-ack"}


@dataclass(frozen=True, slots=True)
class Span:
    """Some text and what it stands for: `time`, `state.established`, `arrow.initiator`, `flag.rst` and so on."""

    text: str
    token: str = ""


Line = tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The widths of a ladder's columns, in cells; 0 where a column is left out. `arrow` excludes the lifelines.

    `origin` (ns since 1970) is what times count from that are not the time of day nor since the segment before; `pan`
    is by how many cells labels and notes are scrolled that are too long.
    """

    width: int
    frame: int
    elapsed: int
    delta: int
    state: int
    arrow: int
    note: int
    glyphs: Glyphs
    options: LadderOptions = STANDARD
    origin: int = 0
    pan: int = 0

    @property
    def before_lifeline(self) -> int:
        """How many cells stand left of the initiator's lifeline."""
        columns = (self.frame, self.elapsed, self.delta, self.state)
        return 1 + sum(column + 1 for column in columns if column)


def layout(
    ladder: Ladder,
    width: int,
    glyphs: Glyphs,
    options: LadderOptions = STANDARD,
    reference: int | None = None,
) -> Layout:
    """Choose the columns for a width of LEAST_WIDTH cells or more; the arrows take what is left.

    `reference` is the row of the segment, counted from 0, that times are told from where that was chosen.
    """
    is_wide = width >= WITH_NUMBERS
    time = ladder.column("time")
    if options.time is TimeFormat.REFERENCE and reference is None:
        options = replace(options, time=TimeFormat.START)
    origin = int(time[reference or 0]) if options.time is TimeFormat.REFERENCE else int(time[0]) if len(time) else 0
    last_frame = ladder.frames[-1] if len(ladder) else 0
    columns = {
        "frame": max(6, len(str(last_frame))) if is_wide else 0,
        "elapsed": _elapsed_width(ladder, options, origin) if is_wide else 0,
        "delta": _delta_width(ladder, options, origin, width),
        "state": 12 if width >= WITH_FULL_STATES else 10 if width >= 80 else 6,
        "note": NOTE_WIDTH + (width - WITH_NOTES) // 4 if width >= WITH_NOTES else 0,
    }
    chosen = Layout(width=width, arrow=0, glyphs=glyphs, options=options, origin=origin, **columns)
    right = 1 + columns["state"] + (1 + columns["note"] if columns["note"] else 0)
    return replace(chosen, arrow=max(width - chosen.before_lifeline - 2 - right, 4))


def _elapsed_width(ladder: Ladder, options: LadderOptions, origin: int) -> int:
    if options.time is TimeFormat.CLOCK:
        return len(clock(0, CLOCK_DECIMALS))
    if options.time is TimeFormat.REFERENCE:
        return len(seconds(ladder.longest_since(origin), 16, sign=True))
    return len(seconds(ladder.longest[0], 16))


def _delta_width(ladder: Ladder, options: LadderOptions, origin: int, width: int) -> int:
    """Give the width of the time since the segment before, or of the only time where there is one column for it."""
    if width < WITH_DELTA:
        return 0
    longest = ladder.longest[1]
    if width >= WITH_NUMBERS:
        return len(seconds(longest, 16, sign=True))
    if options.time is TimeFormat.CLOCK:
        return len(clock(0, NARROW_CLOCK_DECIMALS))
    if options.time is not TimeFormat.DELTA:
        longest = ladder.longest_since(origin)
    return max(10, len(seconds(longest, 10, sign=True)))


def draw_title(heading: Heading, total: int, width: int, glyphs: Glyphs) -> Line:
    """Draw the line that says which connection it is."""
    left = f" {heading.connection}/{total}  "
    right = f"  {heading.segments} segments  {byte_count(heading.payload_bytes)}  {seconds(heading.duration, 12)} s "
    if width < 80 and len(left) + len(right) > width // 2:
        right = " "
    room = (width - len(left) - len(right) - len(glyphs.between) - 2) // 2
    ends = (
        introduced(name, host, *end, room)
        for name, host, end in zip(heading.names, heading.hosts, heading.endpoints, strict=True)
    )
    initiator, responder = (elided(end, room, glyphs.ellipsis) for end in ends)
    middle = f"{initiator} {glyphs.between} {responder}"
    filling = " " * (width - len(left) - len(middle) - len(right))
    return Span(left, "title"), Span(middle, "title.endpoints"), Span(filling + right, "title")


def draw_columns(heading: Heading, columns: Layout) -> Line:
    """Draw the line of column names, with each endpoint above its lifeline."""
    delta, chosen = f"{columns.glyphs.before_delta} time", _time_heading(columns)
    cells = (
        (columns.frame, "No."),
        (columns.elapsed, "time" if columns.options.time is TimeFormat.DELTA else chosen),
        (columns.delta, delta if columns.elapsed else chosen),
        (columns.state, "initiator" if columns.state >= 9 else "init"),
    )
    left = " " + "".join(f"{name:>{width}} " for width, name in cells if width)
    room = columns.arrow + 2
    half = (room - 1) // 2
    ends = zip(heading.hosts, heading.endpoints, strict=True)
    initiator, responder = (
        elided(named(name, endpoint(*end), end[1], half), half, columns.glyphs.ellipsis) for name, end in ends
    )
    middle = initiator + " " * (room - len(initiator) - len(responder)) + responder
    responder_word = "responder" if columns.state >= 9 else "resp"
    right = f" {responder_word:<{columns.state}}" + (f" {'note':<{columns.note}}" if columns.note else "")
    return Span(left, "column"), Span(middle, "column.endpoint"), Span(right, "column")


def _time_heading(columns: Layout) -> str:
    return {
        TimeFormat.DELTA: f"{columns.glyphs.before_delta} time",
        TimeFormat.START: "time",
        TimeFormat.CLOCK: "UTC",
        TimeFormat.REFERENCE: f"since {columns.glyphs.reference}",
    }[columns.options.time]


def draw_initial(ladder: Ladder, columns: Layout) -> Line:
    """Draw the row before the first segment: the states that both endpoints began in."""
    states, bases, is_partial = ladder.initial, ladder.initial_bases, ladder.heading.is_partial
    empty = " " * (columns.before_lifeline - columns.state - 1)
    return (
        Span(empty),
        _state(states[0], bases[0], columns.state, is_partial=is_partial, is_left=True),
        band(states[0]),
        lifeline(states[0], columns),
        Span(" " * columns.arrow),
        lifeline(states[1], columns),
        band(states[1]),
        _state(states[1], bases[1], columns.state, is_partial=is_partial, is_left=False),
        *note_cell("", columns),
    )


def draw_rung(rung: Rung, columns: Layout, *, is_partial: bool, is_reference: bool = False, info: str = "") -> Line:
    """Draw a segment: a state is written only where it changes, the lifelines carry it in between.

    `info` says what the payload is, where that is known: in the note, or in the label where there is none.
    """
    written = [
        _state(
            rung.after[end], rung.bases[end], columns.state, is_partial=is_partial, is_left=end is Endpoint.INITIATOR
        )
        if rung.after[end] is not rung.before[end]
        else Span(" " * columns.state)
        for end in Endpoint
    ]
    return (
        Span(columns.glyphs.reference, "reference") if is_reference else _gutter(rung, columns.glyphs),
        *when(rung, columns),
        written[0],
        band(rung.after[0]),
        lifeline(rung.after[0], columns),
        *_arrow(rung, columns, info),
        lifeline(rung.after[1], columns),
        band(rung.after[1]),
        written[1],
        *note_cell(note_words(rung, info), columns),
    )


def draw_ghost(ghost: Ghost, columns: Layout) -> Line:
    """Draw what should have come and did not: a broken line from who owed it, that reaches nobody."""
    glyphs = columns.glyphs
    said = ghost.words if columns.note else f"{ghost.words} {DID_NOT_COME}"
    text = f" {said} "[: columns.arrow - 4]
    line = columns.arrow - len(text) - 1
    first, second = glyphs.probe_line * (line // 2), glyphs.probe_line * (line - line // 2)
    is_initiator = ghost.sender is Endpoint.INITIATOR
    arrow = f"{first}{text}{second}?" if is_initiator else f"?{first}{text}{second}"
    return (
        Span(" " * columns.before_lifeline),
        Span(" "),
        Span(arrow, "ghost"),
        Span(" "),
        Span(" " * (columns.state + 1)),
        *note_cell(DID_NOT_COME, columns),
    )


def when(rung: Rung, columns: Layout) -> Line:
    """Draw the columns that say which frame it is, and when it came."""
    spans = []
    if columns.frame:
        spans.append(Span(f"{rung.frame:>{columns.frame}} ", "frame"))
    if columns.elapsed:
        spans.append(
            Span(f"{_chosen_time(rung, columns, columns.elapsed, CLOCK_DECIMALS):>{columns.elapsed}} ", "time")
        )
        spans.append(Span(f"{seconds(rung.delta, columns.delta, sign=True):>{columns.delta}} ", "time"))
    elif columns.delta:
        is_delta = columns.options.time is TimeFormat.DELTA
        told = (
            seconds(rung.delta, columns.delta, sign=True)
            if is_delta
            else _chosen_time(rung, columns, columns.delta, NARROW_CLOCK_DECIMALS)
        )
        spans.append(Span(f"{told:>{columns.delta}} ", "time"))
    return tuple(spans)


def _chosen_time(rung: Rung, columns: Layout, width: int, decimals: int) -> str:
    if columns.options.time is TimeFormat.CLOCK:
        return clock(rung.time, decimals)
    return seconds(rung.time - columns.origin, width, sign=columns.options.time is TimeFormat.REFERENCE)


def _gutter(rung: Rung, glyphs: Glyphs) -> Span:
    """Mark the row of a finding with the sign of the gravest."""
    if not rung.findings:
        return Span(" ", "gutter")
    level = rung.findings[0].level.word
    return Span(glyphs.levels[level], f"level.{level}")


def _state(state: State, basis: Basis, width: int, *, is_partial: bool, is_left: bool) -> Span:
    word = state_word(state, width)
    marked = doubted(word, basis, is_partial=is_partial)
    text = marked if len(marked) <= width else word
    token = f"state.{PHASES[state]}" + (".inferred" if basis is Basis.INFERRED else "")
    return Span(f"{text:>{width}}" if is_left else f"{text:<{width}}", token)


def band(state: State) -> Span:
    """Draw a cell of the band along a lifeline, which has the colour of the state; the lifeline has its sign."""
    return Span(" ", f"band.{PHASES[state]}")


def lifeline(state: State, columns: Layout) -> Span:
    """Draw a cell of an endpoint's line of life."""
    phase = PHASES[state]
    return Span(columns.glyphs.lifelines[phase], f"state.{phase}")


def _arrow(rung: Rung, columns: Layout, info: str) -> Line:
    glyphs = columns.glyphs
    token, label_token = COLOURS[columns.options.colours](rung)
    info = "" if columns.note else info
    text = fitted(
        label_parts(rung.words, columns.options, info),
        columns.arrow - MARGINS,
        glyphs.ellipsis,
        is_whole=columns.options.detail is Detail.FULL,
        pan=columns.pan,
    )
    heads = 2 if REPEATS.intersection(rung.labels) else 1
    drawn = glyphs.probe_line if PROBES.intersection(rung.labels) else glyphs.line
    line = columns.arrow - len(text) - 2 - heads  # the heads and a space on either side of the label
    first, second = drawn * (line // 2), drawn * (line - line // 2)
    words = Span(f" {text} ", label_token)
    if rung.sender is Endpoint.INITIATOR:
        return Span(first, token), words, Span(second + glyphs.right * heads, token)
    return Span(glyphs.left * heads + first, token), words, Span(second, token)


def _by_direction(rung: Rung) -> tuple[str, str]:
    token = "arrow.initiator" if rung.sender is Endpoint.INITIATOR else "arrow.responder"
    return token, _flag(rung) or token


def _by_finding(rung: Rung) -> tuple[str, str]:
    token = f"level.{rung.proves[0].level.word}" if rung.proves else "arrow.quiet"
    return token, token


def _by_flags(rung: Rung) -> tuple[str, str]:
    token = _flag(rung) or ("flag.data" if rung.words.payload_length else "arrow.quiet")
    return token, token


def _flag(rung: Rung) -> str:
    for flag, token in ((RST, "flag.rst"), (SYN, "flag.syn"), (FIN, "flag.fin")):
        if rung.words.flags & flag:
            return token
    return ""


COLOURS = {
    ColourMode.DIRECTION: _by_direction,
    ColourMode.FINDING: _by_finding,
    ColourMode.FLAGS: _by_flags,
}
"""What gives the tokens of an arrow's line and of its label."""


def note_words(rung: Rung, info: str) -> str:
    """Say what stands in the note of a segment: what the payload is comes last."""
    return "; ".join(part for part in (rung.note, info) if part)


def overflow(rung: Rung, columns: Layout, info: str = "") -> int:
    """Give how many cells of a segment's label or note lie beyond their places."""
    text = " ".join(label_parts(rung.words, columns.options, "" if columns.note else info))
    beyond_note = len(note_words(rung, info)) - columns.note if columns.note else 0
    return max(len(text) - (columns.arrow - MARGINS), beyond_note, 0)


def note_cell(text: str, columns: Layout) -> Line:
    """Draw the note column, where there is one."""
    if not columns.note:
        return ()
    shown = panned(text, columns.note, columns.pan, columns.glyphs.ellipsis)
    return (Span(f" {shown:<{columns.note}}", "note"),)
