"""A row of a ladder, as spans: a segment, a run of them, or a gap."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, pairwise

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


NEVER_LIT = ("frame", "time", "state.", "band.", "reference")
"""What the tokens begin with of spans that nothing is found in: numbers, times and states have columns of their own."""


def lit(line: Line, places_in: Callable[[str], Iterable[tuple[int, int]]]) -> Line:
    """Have what `places_in` finds in a row's labels and notes stand out; what it finds may go over several spans."""
    spans: list[Span] = []
    for is_dark, group in groupby(line, key=lambda span: span.token.startswith(NEVER_LIT)):
        own = list(group)
        places = [] if is_dark else list(places_in("".join(span.text for span in own)))
        spans += _parted(own, places) if places else own
    return tuple(spans)


def _parted(spans: Sequence[Span], places: Sequence[tuple[int, int]]) -> Iterator[Span]:
    """Cut spans where a place begins or ends, and give the places' parts the token of a match."""
    edges = sorted({edge for place in places for edge in place})
    begin = 0
    for span in spans:
        end = begin + len(span.text)
        cuts = [begin, *(edge for edge in edges if begin < edge < end), end]
        for first, last in pairwise(cuts):
            is_match = any(start <= first and last <= stop for start, stop in places)
            yield Span(span.text[first - begin : last - begin], "match" if is_match else span.token)
        begin = end
