"""The rows of a ladder's picture: segments, folded runs, idle times, rows left out, and what did not come."""

from tcpladder.annotations.document import NOTHING
from tcpladder.annotations.wording import one_line
from tcpladder.ladder.annotated import fitted_cells
from tcpladder.ladder.folded_rows import directions, run_sums, run_words, span_of_time
from tcpladder.ladder.folding import Kind, Row
from tcpladder.ladder.ghosts import Ghost
from tcpladder.ladder.glyphs import PHASES, UNICODE
from tcpladder.ladder.layout import COLOURS, DID_NOT_COME, PROBES, REPEATS, note_words
from tcpladder.ladder.notation import doubted, seconds, state_word
from tcpladder.ladder.options import Detail
from tcpladder.ladder.rungs import Ladder, Rung
from tcpladder.ladder.wording import fitted, label_parts, panned
from tcpladder.packets.flags import RST
from tcpladder.report.drawn import LeftOut
from tcpladder.report.web import hover
from tcpladder.report.web.lifelines import LINE, Band
from tcpladder.report.web.markup import Markup, element, lines, shown
from tcpladder.report.web.measures import BETWEEN, MARGIN, Measures, time_words
from tcpladder.tcp.states import Basis, Endpoint, State

ROW = 22  # height
MIDDLE = ROW // 2
TEXT = LINE + 4  # the base of a text in the middle of which the arrow would be
ABOVE = LINE - 4  # the base of a text above the arrow
FROM_LIFELINE = 5  # so far from a lifeline arrows begin and end
HEAD = 9  # length of an arrow's head
ELLIPSIS = "…"

SIGNS = {
    "violation": "M1 1h9v9h-9z",
    "deviation": "M5.5 0l5.5 10h-11z",
    "note": "M5.5 .5a5 5 0 1 0 .01 0z",
}
"""The signs of findings, 11 pixels wide and high: square, triangle and disc, as the terminal has them."""


def label(text: str, x: float, y: float, look: str, anchor: str = "start") -> Markup:
    """Write a text on one line."""
    at = {"text_anchor": anchor} if anchor != "start" else {}
    return element("text", shown(text), x=x, y=y, class_=look, **at)


def initial_row(ladder: Ladder, columns: Measures) -> Band:
    """Write the states before the first segment."""
    states, bases = ladder.initial, ladder.initial_bases
    words = (_state(states[end], bases[end], ladder, end, columns) for end in Endpoint)
    return Band(height=ROW, content=(*words,), before=states, after=states)


def row_of(ladder: Ladder, row: Row, rung: Rung, columns: Measures) -> Band:
    """Draw a row of a ladder; `rung` is that of its first segment."""
    return _DRAWN[row.kind](ladder, row, rung, columns)


def ghost_row(ghost: Ghost, columns: Measures) -> Band:
    """Draw what should have come and did not: a broken line that does not reach the other side."""
    initiator, responder = columns.lifelines
    is_right = ghost.sender is Endpoint.INITIATOR
    begin, end = (initiator, responder - 60) if is_right else (responder, initiator + 60)
    return Band(
        height=ROW,
        content=(
            element("path", class_="line ghost", d=f"M{begin:.6g} {LINE}H{end:.6g}"),
            label("?", end + (8 if is_right else -8), TEXT, "ghost", "middle"),
            label(ghost.words, columns.middle, ABOVE, "ghost", "middle"),
            label(DID_NOT_COME, columns.note_at, TEXT, "ghost"),
        ),
    )


def left_out_row(left_out: LeftOut, columns: Measures) -> Band:
    """Say how many rows are left out here."""
    return Band(
        height=ROW,
        content=(
            label(UNICODE.gap, MARGIN, MIDDLE + 4, "gap"),
            label(left_out.words, columns.middle, MIDDLE + 4, "gap", "middle"),
        ),
    )


def _segment(ladder: Ladder, row: Row, rung: Rung, columns: Measures) -> Band:
    changed = [end for end in Endpoint if rung.after[end] is not rung.before[end]]
    return Band(
        height=ROW,
        content=(
            *_told(hover.of_segment(ladder, row.first, rung), columns),
            *_sign(rung),
            *_when(rung, columns),
            *_arrow(rung, columns),
            *(_dot(rung.after[end], end, columns) for end in changed),
            *(_state(rung.after[end], rung.bases[end], ladder, end, columns) for end in changed),
            *_note(ladder, row.first, note_words(rung, ""), columns),
        ),
        before=rung.before,
        after=rung.after,
    )


def _run(ladder: Ladder, row: Row, rung: Rung, columns: Measures) -> Band:
    sums, states = run_sums(ladder, row), ladder.states_after(row.last)
    goes = directions(sums, rung.sender)
    begin, end = columns.lifelines[0] + FROM_LIFELINE, columns.lifelines[1] - FROM_LIFELINE
    look = "" if all(goes) else " initiator" if goes[0] else " responder"
    return Band(
        height=ROW,
        content=(
            *_told(hover.of_run(ladder, row), columns),
            label(UNICODE.fold, MARGIN, TEXT, "fold"),
            *_when(rung, columns),
            element(
                "path",
                class_=f"line{look}",
                d=f"M{begin:.6g} {LINE - 1.5}H{end:.6g}M{begin:.6g} {LINE + 1.5}H{end:.6g}",
            ),
            *(_head(end_of, at, look) for end_of, at in (("left", begin), ("right", end)) if goes[end_of == "left"]),
            label(run_words(sums, columns.label, UNICODE), columns.middle, ABOVE, "fold", "middle"),
        ),
        before=states,
        after=states,
    )


def _gap(ladder: Ladder, row: Row, _rung: Rung, columns: Measures) -> Band:
    time = ladder.column("time")
    idle = span_of_time(int(time[row.first]) - int(time[row.first - 1]))
    states = ladder.states_after(row.first - 1)
    initiator, responder = columns.lifelines
    inner = (responder - initiator) / 3
    return Band(
        height=ROW,
        content=(
            *_told(hover.of_gap(ladder, row), columns),
            label(UNICODE.gap, MARGIN, MIDDLE + 4, "gap"),
            element(
                "path",
                class_="line gap",
                d=f"M{initiator + 20:.6g} {MIDDLE}h{inner:.6g}M{responder - 20:.6g} {MIDDLE}h{-inner:.6g}",
            ),
            label(f"idle {idle}", columns.middle, MIDDLE + 4, "gap", "middle"),
        ),
        before=states,
        after=states,
    )


_DRAWN = {Kind.SEGMENT: _segment, Kind.RUN: _run, Kind.GAP: _gap}


def _sign(rung: Rung) -> tuple[Markup, ...]:
    """Mark the row of a finding with the sign of the gravest."""
    if not rung.findings:
        return ()
    level = rung.findings[0].level.word
    return (
        element(
            "path", class_=look_of(f"level.{level}"), d=SIGNS[level], transform=f"translate({MARGIN - 4} {LINE - 6})"
        ),
    )


def _told(texts: list[str], columns: Measures) -> tuple[Markup, ...]:
    """Have a row tell something wherever the pointer rests on it."""
    return element("title", lines(texts)), element("rect", class_="area", width=columns.width, height=ROW)


def look_of(token: str) -> str:
    """Give the class of a token of `ladder.layout`."""
    return token.rpartition(".")[2]


def _when(rung: Rung, columns: Measures) -> tuple[Markup, ...]:
    return (
        label(str(rung.frame), columns.frame, TEXT, "frame", "end"),
        label(time_words(rung, columns.options), columns.time, TEXT, "time", "end"),
        label(seconds(rung.delta, 16, sign=True), columns.delta, TEXT, "time", "end"),
    )


def _arrow(rung: Rung, columns: Measures) -> list[Markup]:
    """Draw an arrow with its label above it: two heads for what was sent again, a cross before that of a reset."""
    line_look, label_look = map(look_of, COLOURS[columns.options.colours](rung))
    begin, end = columns.lifelines[0] + FROM_LIFELINE, columns.lifelines[1] - FROM_LIFELINE
    is_right = rung.sender is Endpoint.INITIATOR
    tip, back = (end, -HEAD) if is_right else (begin, HEAD)
    heads = 2 if REPEATS.intersection(rung.labels) else 1
    probe = " probe" if PROBES.intersection(rung.labels) else ""
    drawn = [element("path", class_=f"line {line_look}{probe}", d=f"M{begin:.6g} {LINE}H{end:.6g}")]
    side = "right" if is_right else "left"
    drawn += [_head(side, tip + back * at, f" {line_look}") for at in range(heads)]
    if rung.words.flags & RST:
        drawn.append(element("path", class_="line rst", d=f"M{tip + back * 2.5 - 4:.6g} {LINE - 4}l8 8m0-8l-8 8"))
    text = fitted(
        label_parts(rung.words, columns.options),
        columns.label,
        ELLIPSIS,
        is_whole=columns.options.detail is Detail.FULL,
    )
    return [*drawn, label(text, columns.middle, ABOVE, f"label {label_look}", "middle")]


def _head(side: str, tip: float, look: str) -> Markup:
    back = -HEAD if side == "right" else HEAD
    return element("path", class_=f"head{look}", d=f"M{tip:.6g} {LINE}l{back}-4v8z")


def _dot(state: State, end: Endpoint, columns: Measures) -> Markup:
    """Mark where a lifeline goes over into another state."""
    return element("circle", class_=f"dot {PHASES[state]}", cx=columns.lifelines[end], cy=LINE, r=4)


def _state(state: State, basis: Basis, ladder: Ladder, end: Endpoint, columns: Measures) -> Markup:
    word = doubted(state_word(state), basis, is_partial=ladder.heading.is_partial)
    look = f"state {PHASES[state]}{' inferred' if basis is Basis.INFERRED else ''}"
    if end is Endpoint.INITIATOR:
        return label(word, columns.lifelines[end] - BETWEEN, TEXT, look, "end")
    return label(word, columns.lifelines[end] + BETWEEN, TEXT, look)


def _note(ladder: Ladder, row: int, said: str, columns: Measures) -> list[Markup]:
    """Write a note: that of a user first, then what is known; a letter that marks the row stands in front of it."""
    written = ladder.annotations.get(row, NOTHING)
    marked = [label(written.mark, MARGIN + 10, TEXT, "mark")] if written.mark else []
    if not written.note:
        return [
            *marked,
            *([label(panned(said, columns.note, 0, ELLIPSIS), columns.note_at, TEXT, "said")] if said else []),
        ]
    words = f'"{one_line(written.note)}"' + (f"; {said}" if said else "")
    return [*marked, label(fitted_cells(words, columns.note, ELLIPSIS).rstrip(), columns.note_at, TEXT, "mark")]
