"""A ladder's rows as lines of spans, for a width: columns, arrows, lifelines. Spans carry tokens, not colours."""

from dataclasses import dataclass

from tcpladder.ladder.ghosts import Ghost
from tcpladder.ladder.glyphs import PHASES, Glyphs
from tcpladder.ladder.notation import byte_count, doubted, elided, endpoint, label, seconds, state_word
from tcpladder.ladder.rungs import Heading, Ladder, Rung
from tcpladder.packets.flags import FIN, RST, SYN
from tcpladder.tcp.states import Basis, Endpoint, State

LEAST_WIDTH = 60
WITH_DELTA = 80
WITH_NUMBERS = 120  # from this width on: frame number, elapsed time and notes
WITH_FULL_STATES = 140
NOTE_WIDTH = 20
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
    """The widths of a ladder's columns, in cells; 0 where a column is left out. `arrow` excludes the lifelines."""

    width: int
    frame: int
    elapsed: int
    delta: int
    state: int
    arrow: int
    note: int
    glyphs: Glyphs

    @property
    def before_lifeline(self) -> int:
        """How many cells stand left of the initiator's lifeline."""
        columns = (self.frame, self.elapsed, self.delta, self.state)
        return 1 + sum(column + 1 for column in columns if column)


def layout(ladder: Ladder, width: int, glyphs: Glyphs) -> Layout:
    """Choose the columns for a width of LEAST_WIDTH cells or more; the arrows take what is left."""
    elapsed, delta = ladder.longest
    is_wide = width >= WITH_NUMBERS
    columns = {
        "frame": max(6, len(str(ladder.frames[-1] if ladder.frames else 0))) if is_wide else 0,
        "elapsed": len(seconds(elapsed, 16)) if is_wide else 0,
        "delta": _delta_width(delta, width),
        "state": 12 if width >= WITH_FULL_STATES else 10 if width >= 80 else 6,
        "note": NOTE_WIDTH + (width - WITH_NUMBERS) // 4 if is_wide else 0,
    }
    chosen = Layout(width=width, arrow=0, glyphs=glyphs, **columns)
    right = 1 + columns["state"] + (1 + columns["note"] if is_wide else 0)
    arrow = width - chosen.before_lifeline - 2 - right
    return Layout(width=width, arrow=max(arrow, 4), glyphs=glyphs, **columns)


def _delta_width(longest: int, width: int) -> int:
    if width < WITH_DELTA:
        return 0
    return (
        len(seconds(longest, 16, sign=True)) if width >= WITH_NUMBERS else max(10, len(seconds(longest, 10, sign=True)))
    )


def draw_title(heading: Heading, total: int, width: int, glyphs: Glyphs) -> Line:
    """Draw the line that says which connection it is."""
    left = f" {heading.connection}/{total}  "
    right = f"  {heading.segments} segments  {byte_count(heading.payload_bytes)}  {seconds(heading.duration, 12)} s "
    if width < 80 and len(left) + len(right) > width // 2:
        right = " "
    room = (width - len(left) - len(right) - len(glyphs.between) - 2) // 2
    named = (f"{name} {endpoint(*end)}".lstrip() for name, end in zip(heading.names, heading.endpoints, strict=True))
    initiator, responder = (elided(end, room, glyphs.ellipsis) for end in named)
    middle = f"{initiator} {glyphs.between} {responder}"
    filling = " " * (width - len(left) - len(middle) - len(right))
    return Span(left, "title"), Span(middle, "title.endpoints"), Span(filling + right, "title")


def draw_columns(heading: Heading, columns: Layout) -> Line:
    """Draw the line of column names, with each endpoint above its lifeline."""
    cells = (
        (columns.frame, "No."),
        (columns.elapsed, "time"),
        (columns.delta, f"{columns.glyphs.before_delta} time"),
        (columns.state, "initiator" if columns.state >= 9 else "init"),
    )
    left = " " + "".join(f"{name:>{width}} " for width, name in cells if width)
    room = columns.arrow + 2
    half = (room - 1) // 2
    initiator, responder = (elided(endpoint(*end), half, columns.glyphs.ellipsis) for end in heading.endpoints)
    middle = initiator + " " * (room - len(initiator) - len(responder)) + responder
    responder_word = "responder" if columns.state >= 9 else "resp"
    right = f" {responder_word:<{columns.state}}" + (f" {'note':<{columns.note}}" if columns.note else "")
    return Span(left, "column"), Span(middle, "column.endpoint"), Span(right, "column")


def draw_initial(ladder: Ladder, columns: Layout) -> Line:
    """Draw the row before the first segment: the states that both endpoints began in."""
    states, bases, is_partial = ladder.initial, ladder.initial_bases, ladder.heading.is_partial
    empty = " " * (columns.before_lifeline - columns.state - 1)
    return (
        Span(empty),
        _state(states[0], bases[0], columns.state, is_partial=is_partial, is_left=True),
        Span(" "),
        lifeline(states[0], columns),
        Span(" " * columns.arrow),
        lifeline(states[1], columns),
        Span(" "),
        _state(states[1], bases[1], columns.state, is_partial=is_partial, is_left=False),
        *note_cell("", columns),
    )


def draw_rung(rung: Rung, columns: Layout, *, is_partial: bool) -> Line:
    """Draw a segment: a state is written only where it changes, the lifelines carry it in between."""
    written = [
        _state(
            rung.after[end], rung.bases[end], columns.state, is_partial=is_partial, is_left=end is Endpoint.INITIATOR
        )
        if rung.after[end] is not rung.before[end]
        else Span(" " * columns.state)
        for end in Endpoint
    ]
    return (
        _gutter(rung, columns.glyphs),
        *when(rung, columns),
        written[0],
        Span(" "),
        lifeline(rung.after[0], columns),
        *_arrow(rung, columns),
        lifeline(rung.after[1], columns),
        Span(" "),
        written[1],
        *note_cell(rung.note, columns),
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
        spans.append(Span(f"{seconds(rung.elapsed, columns.elapsed):>{columns.elapsed}} ", "time"))
    if columns.delta:
        spans.append(Span(f"{seconds(rung.delta, columns.delta, sign=True):>{columns.delta}} ", "time"))
    return tuple(spans)


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


def lifeline(state: State, columns: Layout) -> Span:
    """Draw a cell of an endpoint's line of life."""
    phase = PHASES[state]
    return Span(columns.glyphs.lifelines[phase], f"state.{phase}")


def _arrow(rung: Rung, columns: Layout) -> Line:
    glyphs = columns.glyphs
    token = "arrow.initiator" if rung.sender is Endpoint.INITIATOR else "arrow.responder"
    text = label(rung.words, columns.arrow - 6, glyphs.ellipsis)
    heads = 2 if REPEATS.intersection(rung.labels) else 1
    drawn = glyphs.probe_line if PROBES.intersection(rung.labels) else glyphs.line
    line = columns.arrow - len(text) - 2 - heads  # the heads and a space on either side of the label
    first, second = drawn * (line // 2), drawn * (line - line // 2)
    words = Span(f" {text} ", _label_token(rung.words.flags, token))
    if rung.sender is Endpoint.INITIATOR:
        return Span(first, token), words, Span(second + glyphs.right * heads, token)
    return Span(glyphs.left * heads + first, token), words, Span(second, token)


def _label_token(flags: int, otherwise: str) -> str:
    for flag, token in ((RST, "flag.rst"), (SYN, "flag.syn"), (FIN, "flag.fin")):
        if flags & flag:
            return token
    return otherwise


def note_cell(text: str, columns: Layout) -> Line:
    """Draw the note column, where there is one."""
    if not columns.note:
        return ()
    shown = (
        text
        if len(text) <= columns.note
        else text[: columns.note - len(columns.glyphs.ellipsis)] + columns.glyphs.ellipsis
    )
    return (Span(f" {shown:<{columns.note}}", "note"),)
