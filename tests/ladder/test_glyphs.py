"""Characters that ladders are drawn with take one cell each, and every state has its look."""

import dataclasses

import pytest
from rich.cells import cell_len

from tcpladder.graphs.series import Look
from tcpladder.ladder.glyphs import ASCII, PHASES, UNICODE, Glyphs
from tcpladder.printable import printable
from tcpladder.report.activity import HIGHEST
from tcpladder.report.styles import STYLES
from tcpladder.rulebook.levels import Level
from tcpladder.tcp.states import State

SETS = pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])


def characters(glyphs: Glyphs) -> list[str]:
    values = dataclasses.asdict(glyphs)
    plot = values.pop("plot")
    strokes = [character for pair in plot.pop("strokes").values() for character in pair]
    values |= {"braille": plot.pop("braille") or " ", **{f"plot {name}": text for name, text in plot.items()}}
    values |= {f"stroke {at}": character for at, character in enumerate(strokes)}
    sets = [values.pop(name) for name in ("lifelines", "levels", "moods")]
    rows = [values.pop(name) for name in ("controls", "bars")]
    return [
        *(character for named in sets for character in named.values()),
        *(character for row in rows for character in row),
        *values.values(),
    ]


@SETS
def test_every_character_is_one_cell_wide(glyphs: Glyphs) -> None:
    texts = characters(glyphs)
    assert [text for text in texts if cell_len(text) != len(text)] == []
    assert [text for text in texts if len(text) != 1 and text != glyphs.between] == []
    assert [text for text in texts if printable(text) != text] == []


def test_ascii_is_ascii() -> None:
    assert all(text.isascii() for text in characters(ASCII))


@SETS
def test_every_state_has_a_lifeline_and_phases_have_no_others(glyphs: Glyphs) -> None:
    assert set(PHASES) == set(State)
    assert set(glyphs.lifelines) == set(PHASES.values())


@SETS
def test_a_lifeline_tells_open_from_closing_from_closed_without_colour(glyphs: Glyphs) -> None:
    shown = {phase: glyphs.lifelines[phase] for phase in ("unknown", "closed", "opening", "established", "closing")}
    assert len(set(shown.values())) == len(shown)


def test_either_direction_has_its_own_head() -> None:
    assert UNICODE.left != UNICODE.right
    assert ASCII.left != ASCII.right


def test_every_phase_has_a_colour_seen_and_inferred() -> None:
    for phase in set(PHASES.values()):
        assert f"state.{phase}" in STYLES
        assert f"state.{phase}.inferred" in STYLES or phase == "unknown"


@SETS
def test_every_level_has_a_sign_of_its_own_and_a_colour(glyphs: Glyphs) -> None:
    assert set(glyphs.levels) == {level.word for level in Level}
    assert len(set(glyphs.levels.values())) == len(Level)
    assert all(f"level.{level.word}" in STYLES for level in Level)


@SETS
def test_strokes_of_a_graph_differ_without_colour(glyphs: Glyphs) -> None:
    assert set(glyphs.plot.strokes) == {look.value for look in Look if not look.is_letter}
    assert len(set(glyphs.plot.strokes.values())) == len(glyphs.plot.strokes)


@SETS
def test_every_control_character_of_ascii_has_a_sign(glyphs: Glyphs) -> None:
    assert len(glyphs.controls) == 0x20


@SETS
def test_bars_rise(glyphs: Glyphs) -> None:
    assert len(glyphs.bars) == len(set(glyphs.bars)) == HIGHEST + 1
