"""Rows of a ladder as spans."""

import pytest

from tcpladder.ladder.folding import Kind, folding
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.ladder.layout import Span, layout
from tcpladder.ladder.rungs import ladder_of
from tcpladder.stream.search import parse
from tcpladder.tui.widgets.ladder_rows import draw_row, lit
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


LINE = (
    Span("  10 ", "time"),
    Span("──── ", "arrow.initiator"),
    Span("SYN", "flag.syn"),
    Span(" seq 10 ack 10", "arrow.initiator"),
    Span(" SYN-SENT ", "state.opening"),
    Span("note SYN", "note"),
)


@pytest.mark.parametrize(
    ("typed", "matches"),
    [
        ("syn", ["SYN", "SYN"]),
        ("10", ["10", "10"]),  # and not in the time
        ("syn seq", ["SYN", " seq"]),  # over two spans
        ("/ack \\d+/", ["ack 10"]),
        ("/x*/", []),
        ("hex:53", []),
        ("sent", []),
    ],
)
def test_matches_are_lit_in_labels_and_notes_and_nowhere_else(typed: str, matches: list[str]) -> None:
    shown = lit(LINE, parse(typed).places_in)
    assert [span.text for span in shown if span.token == "match"] == matches
    assert "".join(span.text for span in shown) == "".join(span.text for span in LINE)
    assert {span.token for span in shown if span.token != "match"} <= {span.token for span in LINE}
