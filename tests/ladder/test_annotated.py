"""Marks and notes in a ladder's rows."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tcpladder.annotations.document import Annotation
from tcpladder.ladder.annotated import annotated
from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tcpladder.ladder.layout import LEAST_WIDTH, Layout, Line, Span, draw_rung, layout
from tests.building import ladder

LADDER = ladder("""
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    """)
BOTH = Annotation(mark="a", note="ask\nthe balancer's people")


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def columns(width: int) -> Layout:
    return layout(LADDER, width, UNICODE)


def drawn(what: Annotation, width: int, row: int = 2) -> str:
    shape = columns(width)
    return text(annotated(draw_rung(LADDER.rung(row), shape, is_partial=False), what, shape))


@pytest.mark.parametrize(
    ("before", "what", "begins"),
    [
        ("  +0.1", Annotation(mark="a"), "a +0.1"),
        ("  +0.1", Annotation(note="x"), '" +0.1'),
        ("  +0.1", BOTH, 'a"+0.1'),
        ("■ +0.1", Annotation(mark="a"), "■a+0.1"),
        ("■ +0.1", Annotation(note="x"), '■"+0.1'),
        ("■ +0.1", BOTH, "■a+0.1"),
        (" +10.1", BOTH, "a+10.1"),
        ("■+10.1", BOTH, "a+10.1"),
        ("  +0.1", Annotation(), "  +0.1"),
    ],
)
def test_signs_stand_in_front_and_beside_that_of_a_finding(before: str, what: Annotation, begins: str) -> None:
    line = (Span(before[0]), Span(before[1:]), Span("───►"))
    assert text(annotated(line, what, columns(80))) == f"{begins}───►"


def test_a_note_stands_in_the_note_column_before_what_the_app_says() -> None:
    assert drawn(Annotation(note="why?"), 120).endswith('"why?"; iRTT 20 ms  ')
    assert drawn(BOTH, 120).endswith("\"ask the balancer's…")
    assert drawn(Annotation(note="why is it?"), 120).endswith('"why is it?"; iRTT …')
    assert drawn(BOTH, 120, row=1).endswith("\"ask the balancer's…")
    assert "balancer" not in drawn(BOTH, 100)


@settings(max_examples=40)
@given(
    st.builds(
        Annotation, mark=st.sampled_from(["", "a"]), note=st.text(max_size=40) | st.text("世é\u0301 ", max_size=30)
    ),
    st.integers(LEAST_WIDTH, 200),
    st.sampled_from([UNICODE, ASCII]),
    st.integers(0, 2),
)
def test_a_row_stays_as_wide_as_it_is(what: Annotation, width: int, glyphs: Glyphs, row: int) -> None:
    shape = replace(columns(width), glyphs=glyphs)
    line = draw_rung(LADDER.rung(row), shape, is_partial=False)
    assert cell_len(text(annotated(line, what, shape))) == cell_len(text(line)) == width
