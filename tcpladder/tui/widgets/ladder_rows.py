"""A row of a ladder, as spans: a segment, a run of them, or a gap."""

from collections.abc import Callable

from tcpladder.ladder.annotated import annotated
from tcpladder.ladder.folded_rows import DRAWN
from tcpladder.ladder.folding import Kind, Row
from tcpladder.ladder.layout import Layout, Line, Span, draw_rung
from tcpladder.ladder.rungs import Ladder

UNFOLDS = "z unfolds"


def draw_row(
    ladder: Ladder, row: Row, columns: Layout, *, reference: int | None, info_of: Callable[[int], str]
) -> Line:
    """Draw a row, and sign it where it holds the `reference`, a segment counted from 0.

    `info_of` gives what the payload of a frame is, as far as it is known.
    """
    if row.kind in DRAWN:
        line = DRAWN[row.kind](ladder, row, columns, UNFOLDS)
        holds_reference = reference is not None and row.first <= reference <= row.last
        if row.kind is Kind.RUN and holds_reference:
            return (Span(columns.glyphs.reference, "reference"), *line[1:])
        return line
    rung = ladder.rung(row.first)
    line = draw_rung(
        rung,
        columns,
        is_partial=ladder.heading.is_partial,
        is_reference=row.first == reference,
        info=info_of(rung.frame),
    )
    return annotated(line, ladder.annotations.get(row.first), columns)
