"""What help says, and how it scrolls; that it names every key is in test_bindings."""

import pytest
from textual.binding import ActiveBinding, Binding
from textual.widget import Widget

from tcpladder.ladder.glyphs import ASCII, PHASES, UNICODE, Glyphs
from tcpladder.rulebook.levels import Level
from tcpladder.tui.screens.help import LEVEL_WORDS, HelpScreen, arrows, levels, lifelines, rows_of
from tests.tui.driving import from_memory, opened, press, screen_lines


def active(binding: Binding, *, enabled: bool = True) -> ActiveBinding:
    return ActiveBinding(Widget(), binding, enabled, "")


def test_keys_of_one_action_are_together() -> None:
    rows = rows_of(
        [
            active(Binding("j", "down", "Down")),
            active(Binding("x", "expunge", "Remove", tooltip="Remove it")),
            active(Binding("down", "down", "Down")),
        ]
    )
    assert rows == [("j ↓", "Down"), ("x", "Remove it")]


def test_what_can_not_be_done_now_is_left_out() -> None:
    rows = rows_of(
        [
            active(Binding("a", "one", "One"), enabled=False),
            active(Binding("b", "two", "Two", system=True)),
            active(Binding("c", "three", "")),
        ]
    )
    assert rows == []


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_lifeline_is_explained(glyphs: Glyphs) -> None:
    assert {glyph for glyph, _ in lifelines(glyphs)} == {glyphs.lifelines[phase] for phase in PHASES.values()}


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_every_sign_of_a_finding_is_explained(glyphs: Glyphs) -> None:
    assert [sign for sign, _ in levels(glyphs)] == [glyphs.levels[level.word] for level in reversed(Level)]
    assert [words.split(":")[0] for _, words in levels(glyphs)] == list(LEVEL_WORDS)


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII])
def test_what_did_not_come_is_explained_as_it_is_drawn(glyphs: Glyphs) -> None:
    assert (f"{glyphs.probe_line}?", "should have come, and did not: not in the capture") in arrows(glyphs)


@pytest.mark.parametrize("keys", ["question_mark G", "i question_mark G", "5 G enter question_mark G"])
async def test_the_signs_are_explained_wherever_they_are_shown(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    from_memory(monkeypatch)
    async with opened(size=(80, 100), keys=keys) as pilot:
        shown = "".join(screen_lines(pilot.app))
        assert all(f"{sign} " in shown and words[:30] in shown for sign, words in levels(UNICODE))


async def test_only_ladders_have_lifelines(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(80, 100), keys="question_mark") as pilot:
        assert "Lifelines" not in "".join(screen_lines(pilot.app))
        await press(pilot, "escape enter question_mark")
        assert "Lifelines" in "".join(screen_lines(pilot.app))


async def test_all_of_it_can_be_reached_on_a_low_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(80, 12), keys="enter question_mark") as pilot:
        assert "Open the packet" in "".join(screen_lines(pilot.app))
        await press(pilot, "G")
        assert "joined late" in "".join(screen_lines(pilot.app))
        assert isinstance(pilot.app.screen, HelpScreen)
