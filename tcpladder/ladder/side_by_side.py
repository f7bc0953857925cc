"""Two aligned connections as lines of spans: beside one another, or below where there is no room for that."""

from tcpladder.ladder.alignment import Entry
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import REPEATS, Line, Span
from tcpladder.ladder.notation import seconds, state_word
from tcpladder.ladder.rungs import Ladder
from tcpladder.ladder.wording import label
from tcpladder.packets.flags import FIN, RST, SYN
from tcpladder.tcp.states import Endpoint

SIDE_BY_SIDE = 120  # cells
WITH_STATES = 70  # cells of either side
FRAME, DELTA, STATES = 8, 11, 22

Pair = tuple[Ladder, Ladder]


def draw_entry(entry: Entry, ladders: Pair, width: int, glyphs: Glyphs) -> list[Line]:
    """Draw an entry `width` cells wide: one line, or two where its rows stand below one another."""
    mark = glyphs.differs if entry.differences else " "
    token = "differs" if entry.differences else ""
    if entry.title:
        text = f"{mark} {entry.title} "
        text = text if len(text) <= width else text[: max(width - 1, 0)] + glyphs.ellipsis
        return [(Span(text[:1], token), Span(text[1:].ljust(width - 1, glyphs.line), "title"))]
    if width < SIDE_BY_SIDE:
        return _below(entry, ladders, width, glyphs)
    left = (width - 3) // 2
    cells = [
        _cell(ladder, row, size, glyphs)
        for ladder, row, size in zip(ladders, entry.rows, (left, width - 3 - left), strict=True)
    ]
    return [(*cells[0], Span(f" {mark if entry.differences else glyphs.plot.upright} ", token or "time"), *cells[1])]


def _below(entry: Entry, ladders: Pair, width: int, glyphs: Glyphs) -> list[Line]:
    """Draw what is alike once, and rows that differ below one another, numbered."""
    is_alike = not entry.differences and None not in entry.rows
    lines: list[Line] = []
    for at, (ladder, row) in enumerate(zip(ladders, entry.rows, strict=True)):
        if row is None or (is_alike and at):
            continue
        mark = glyphs.differs if entry.differences else " "
        which = "=" if is_alike else str(at + 1)
        lines.append((Span(f"{mark}{which}", "differs"), *_cell(ladder, row, width - 2, glyphs)))
    return lines


def _cell(ladder: Ladder, row: int | None, width: int, glyphs: Glyphs) -> Line:
    """Draw a segment: its frame, the time since the one before, its direction, what it says, and changed states."""
    if row is None:
        return (Span(" " * width),)
    rung = ladder.rung(row)
    states = STATES if width >= WITH_STATES else 0
    delta = seconds(rung.delta, DELTA - 1, sign=True) if row else ""
    is_initiator = rung.sender is Endpoint.INITIATOR
    head = glyphs.right if is_initiator else glyphs.left
    room = max(width - FRAME - DELTA - 4 - states, 1)
    direction = "arrow.initiator" if is_initiator else "arrow.responder"
    text = label(rung.words, room, glyphs.ellipsis)
    spans = (
        Span(f"{rung.frame:>{FRAME}}", "frame"),
        Span(f"{delta:>{DELTA}} ", "time"),
        Span(f"{head * 2 if REPEATS.intersection(rung.labels) else head:<3}", direction),
        Span(text, _token(rung.words.flags, direction)),
        Span(" " * (room - len(text))),
    )
    return (*spans, Span(f"{_changed(ladder, row):>{states}}", "state")) if states else spans


def _changed(ladder: Ladder, row: int) -> str:
    """Write both states where one has changed."""
    if not ladder.changes_at(row):
        return ""
    return " ".join(state_word(state, 10) for state in ladder.states_after(row))


def _token(flags: int, otherwise: str) -> str:
    for flag, token in ((RST, "flag.rst"), (SYN, "flag.syn"), (FIN, "flag.fin")):
        if flags & flag:
            return token
    return otherwise


def height(entry: Entry, width: int) -> int:
    """Give how many lines an entry takes."""
    return 1 if entry.title or width >= SIDE_BY_SIDE or None in entry.rows or not entry.differences else 2
