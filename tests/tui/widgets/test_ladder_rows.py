"""Rows of a ladder as spans."""

from tcpladder.ladder.folding import Kind, folding
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.ladder.layout import layout
from tcpladder.ladder.rungs import ladder_of
from tcpladder.tui.widgets.ladder_rows import draw_row
from tests.samples import sample


def test_a_folded_run_that_holds_the_reference_is_signed() -> None:
    ladder = ladder_of(sample("showcase"), 16)
    columns = layout(ladder, 80, UNICODE)
    rows = folding(ladder, folded=True)
    run = next(row for row in map(rows.row, range(len(rows))) if row.kind is Kind.RUN)
    within, before = (
        draw_row(ladder, run, columns, reference=at, info_of=lambda _: "") for at in (run.last, run.first - 1)
    )
    assert within[0].text == UNICODE.reference
    assert within[1:] == before[1:]
    assert before[0].token != "reference"
