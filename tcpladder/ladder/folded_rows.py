"""Rows of a ladder that stand for more than one segment, or for none: folded runs, and idle gaps."""

from dataclasses import dataclass

import numpy as np

from tcpladder.ladder.folding import Kind, Row
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import Layout, Line, Span, band, lifeline, note_cell, when
from tcpladder.ladder.notation import NS, byte_count, seconds
from tcpladder.ladder.options import ColourMode
from tcpladder.ladder.rungs import Ladder
from tcpladder.tcp.states import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSums:
    """What a run of segments carried; pairs are indexed by the Endpoint that sent it. `duration` in ns."""

    data: tuple[int, int]  # segments with payload
    payload_bytes: tuple[int, int]
    acks: int  # segments without payload
    duration: int


def run_sums(ladder: Ladder, row: Row) -> RunSums:
    """Add up a run."""
    part = slice(row.first, row.last + 1)
    payload = ladder.column("payload_length")[part]
    time = ladder.column("time")[part]
    from_initiator = ladder.from_initiator[part]
    data, payload_bytes = [], []
    for sender in (from_initiator, ~from_initiator):
        own = payload[sender]
        data.append(int(np.count_nonzero(own)))
        payload_bytes.append(int(own.sum(dtype=np.int64)))
    return RunSums(
        data=(data[0], data[1]),
        payload_bytes=(payload_bytes[0], payload_bytes[1]),
        acks=len(payload) - sum(data),
        duration=int(time[-1]) - int(time[0]),
    )


def span_of_time(nanoseconds: int) -> str:
    """Write a duration in the unit that suits it, such as `12.3 ms`."""
    size = abs(nanoseconds)
    if size >= NS:
        return f"{seconds(nanoseconds, 16)[:-3]} s"
    return f"{nanoseconds / 1e6:.1f} ms" if size >= 1_000_000 else f"{nanoseconds / 1e3:.0f} us"


def run_words(sums: RunSums, width: int, glyphs: Glyphs) -> str:
    """Say what a run carried, in at most `width` cells: what matters least is left out first."""
    is_both = all(sums.data)
    parts = [
        f"{f'{arrow} ' if is_both else ''}{_count(count, 'seg')} {byte_count(size)}"
        for arrow, count, size in zip((glyphs.right, glyphs.left), sums.data, sums.payload_bytes, strict=True)
        if count
    ]
    if sums.acks:
        parts.append(_count(sums.acks, "ack"))
    parts.append(span_of_time(sums.duration))
    joint = f" {glyphs.dot} "
    while len(parts) > 1 and len(joint.join(parts)) > width:
        parts.pop()
    return joint.join(parts)[: max(width, 0)]


def _count(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def draw_run(ladder: Ladder, row: Row, columns: Layout, hint: str = "") -> Line:
    """Draw a run as one arrow: towards whom data went, with two heads where it went both ways; `hint` is its note."""
    glyphs, rung, sums = columns.glyphs, ladder.rung(row.first), run_sums(ladder, row)
    words = f" {run_words(sums, columns.arrow - 6, glyphs)} "
    goes = directions(sums, rung.sender)
    line = columns.arrow - len(words) - sum(goes)
    first, second = glyphs.line * (line // 2), glyphs.line * (line - line // 2)
    is_coloured = columns.options.colours is ColourMode.DIRECTION and not all(goes)
    token = "fold" if not is_coloured else "arrow.initiator" if goes[0] else "arrow.responder"
    states = ladder.states_after(row.last)
    return (
        Span(glyphs.fold, "fold"),
        *when(rung, columns),
        Span(" " * columns.state),
        band(states[0]),
        lifeline(states[0], columns),
        Span((glyphs.left if goes[1] else "") + first, token),
        Span(words, "fold"),
        Span(second + (glyphs.right if goes[0] else ""), token),
        lifeline(states[1], columns),
        band(states[1]),
        Span(" " * columns.state),
        *note_cell(hint, columns),
    )


def directions(sums: RunSums, sender: Endpoint) -> tuple[bool, bool]:
    """Tell whether the initiator sent data, and whether the responder did; without any, who sent the first ACK."""
    if any(sums.data):
        return sums.data[0] > 0, sums.data[1] > 0
    return sender is Endpoint.INITIATOR, sender is Endpoint.RESPONDER


def draw_gap(ladder: Ladder, row: Row, columns: Layout, _hint: str = "") -> Line:
    """Draw a time in which nothing was captured, before the segment that ends it."""
    glyphs = columns.glyphs
    time = ladder.column("time")
    idle = int(time[row.first]) - int(time[row.first - 1])
    states = ladder.states_after(row.first - 1)
    return (
        Span(glyphs.gap, "gap"),
        Span(" " * (columns.before_lifeline - 2)),
        band(states[0]),
        lifeline(states[0], columns),
        Span(_dotted(f" idle {span_of_time(idle)} ", columns.arrow, glyphs), "gap"),
        lifeline(states[1], columns),
        band(states[1]),
        Span(" " * columns.state),
        *note_cell("", columns),
    )


def _dotted(words: str, width: int, glyphs: Glyphs) -> str:
    """Put dots on both sides of some words, up to a third of the width each."""
    room = max(width - len(words), 0)
    dots = f" {glyphs.dot}" * min(room // 4, width // 6)
    left = (room - 2 * len(dots)) // 2
    return f"{' ' * left}{dots}{words}{dots[::-1]}".ljust(width)[:width]


def draw_left_out(words: str, columns: Layout) -> Line:
    """Draw the place of rows that are left out."""
    return (
        Span(columns.glyphs.gap, "gap"),
        Span(" " * (columns.before_lifeline - 1)),
        Span(words.center(columns.arrow + 2).rstrip(), "gap"),
    )


DRAWN = {Kind.RUN: draw_run, Kind.GAP: draw_gap}
"""How the rows are drawn that are no segments."""
