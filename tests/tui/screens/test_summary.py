"""The capture at one glance."""

import pytest

from tcpladder.analysis import Analysis
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.summary import SummaryScreen
from tests.tui.driving import beginning_of, from_memory, opened, press, screen_lines, settled, table, words


@pytest.fixture(autouse=True)
def _from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)


async def test_what_is_chosen_becomes_the_filter() -> None:
    async with opened(size=(80, 24), keys="S") as pilot:
        assert words(pilot, "#facts") == "24 connections · 366 segments · 94.6 kB payload · 4 hosts · 38.416 s"
        await press(pilot, "j enter")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert table(pilot).numbers().to_list() == [3, 23]
        assert "class:graceful-3way" in screen_lines(pilot.app)[1]
        assert table(pilot).has_focus
        await press(pilot, "S escape")
        assert len(table(pilot).numbers()) == 2  # whoever only looked keeps the filter
        await press(pilot, "S G k enter")
        assert "host:2001:db8::10" in screen_lines(pilot.app)[1]
        assert table(pilot).numbers().to_list() == [24]


@pytest.mark.parametrize("width", [40, 50, 80, 160])
async def test_bars_end_where_the_screen_does(width: int) -> None:
    async with opened(size=(width, 60), keys="S") as pilot:
        shown = screen_lines(pilot.app)[3:-1]
        assert all(line.rstrip() == line.rstrip()[: width - 1] for line in shown)
        charted = [line for line in shown if "█" in line]
        assert len(charted) > 20
        await pilot.resize_terminal(100, 60)
        await settled(pilot)
        assert any("█" * 40 in line for line in screen_lines(pilot.app))


async def test_before_anything_is_judged_it_says_so(monkeypatch: pytest.MonkeyPatch, showcase: Analysis) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 30), is_final=False)
    async with opened(keys="S") as pilot:
        assert isinstance(pilot.app.screen, SummaryScreen)
        shown = "\n".join(screen_lines(pilot.app))
        assert "Nothing is judged yet." in shown
        assert "There are no RSTs." in shown
