"""Colours of a printed ladder: every token that is drawn has one, and rich knows each."""

import pytest
from rich.style import Style

from tcpladder.ladder.glyphs import PHASES, UNICODE
from tcpladder.ladder.rungs import ladder_of
from tcpladder.report.styles import STYLES
from tcpladder.report.text import ladder_lines
from tests import samples

BANDS = {f"band.{phase}" for phase in PHASES.values()}  # a printed ladder tells states by its lifelines alone
PLAIN = {"", "gutter", *BANDS}


@pytest.mark.parametrize("token", STYLES)
def test_rich_knows_the_style(token: str) -> None:
    Style.parse(STYLES[token])


def test_every_token_that_the_sample_captures_draw_has_a_style() -> None:
    analysis = samples.sample("showcase")
    drawn = {
        span.token
        for number in range(1, len(analysis.connections) + 1)
        for line in ladder_lines(ladder_of(analysis, number), 1, 140, UNICODE)
        for span in line
    }
    assert drawn - set(STYLES) <= PLAIN
    assert {"flag.syn", "flag.fin", "flag.rst", "state.time-wait", "note"} <= drawn


def test_colours_are_the_terminals_own_16() -> None:
    colours = {Style.parse(style).color for style in STYLES.values()} - {None}
    assert all(colour is not None and colour.number is not None and colour.number < 16 for colour in colours)
