"""The key bar: which keys it names, what it leaves out where there is no room, and that a click presses a key."""

import pytest
from textual.binding import ActiveBinding, Binding
from textual.widget import Widget

from tcpladder.tui.screens.findings import FindingsScreen
from tcpladder.tui.screens.help import HelpScreen
from tcpladder.tui.widgets.key_bar import KeyBar, entries, fitting
from tests.tui.driving import from_memory, lines, opened, settled

PAIR = Binding.Group("Sort", compact=True)


def active(*bindings: Binding, enabled: bool = True) -> list[ActiveBinding]:
    return [ActiveBinding(Widget(), binding, enabled, binding.tooltip) for binding in bindings]


def test_the_first_key_of_each_action_and_groups_as_one():
    found = entries(
        active(
            Binding("a", "one", "One"),
            Binding("b", "one", "One"),
            Binding("c", "hidden", "Hidden", show=False),
            Binding("x", "sort(-1)", "Left", group=PAIR),
            Binding("y", "sort(1)", "Right", group=PAIR),
        ),
        lambda binding: binding.key,
    )
    assert [("".join(key.written for key in entry.keys), entry.words) for entry in found] == [
        ("a", "One"),
        ("xy", "Sort"),
    ]


def test_what_has_no_room_is_left_out_whole():
    found = entries(active(Binding("a", "one", "One"), Binding("b", "two", "Two")), lambda binding: binding.key)
    assert [entry.width for entry in found] == [7, 7]
    assert fitting(found, 14) == (found, False)
    assert fitting(found, 13) == (found[:1], True)
    assert fitting(found, 7) == ([], True)
    assert fitting(found, 0) == ([], True)


async def test_a_narrow_screen_ends_in_an_ellipsis(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(48, 10)) as pilot:
        (line,) = lines(pilot.app.screen.query_one(KeyBar))
        assert "…" in line
        assert line.endswith(": palette ")
        await pilot.resize_terminal(41, 10)
        await settled(pilot)
        assert lines(pilot.app.screen.query_one(KeyBar))[0].startswith(" Enter Ladder  / Filter …")
        await pilot.resize_terminal(160, 10)
        await settled(pilot)
        assert "…" not in lines(pilot.app.screen.query_one(KeyBar))[0]


async def test_a_click_presses_the_key(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened() as pilot:
        (line,) = lines(pilot.app.screen.query_one(KeyBar))
        await pilot.click(KeyBar, offset=(line.index("Findings"), 0))
        await settled(pilot)
        assert isinstance(pilot.app.screen, FindingsScreen)
        (line,) = lines(pilot.app.screen.query_one(KeyBar))
        await pilot.hover(KeyBar, offset=(line.index("Why"), 0))
        assert "xplain" in str(pilot.app.screen.query_one(KeyBar).tooltip)
        await pilot.click(KeyBar, offset=(line.index("? Help"), 0))
        await settled(pilot)
        assert isinstance(pilot.app.screen, HelpScreen)
