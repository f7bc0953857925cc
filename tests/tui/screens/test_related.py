"""The dialog of related connections; its keys are in test_bindings."""

import pytest

from tcpladder.report.related import NONE_RELATED
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.screens.related import RelatedScreen
from tests.samples import path_of, sample
from tests.tui.driving import from_memory, ladder, opened, press, screen_lines, table, words


async def test_it_leads_to_a_ladder_in_the_place_of_the_one_that_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch, sample("port-reuse.client"))
    async with opened(path_of("port-reuse.client"), keys="x") as pilot:
        here = table(pilot).connection
        other = 3 - (here or 0)
        assert any("same addresses and ports, 0.090153 s" in line for line in screen_lines(pilot.app))
        await press(pilot, "enter")
        assert ladder(pilot).ladder.heading.connection == other
        assert table(pilot).connection == other
        await press(pilot, "x enter")
        assert ladder(pilot).ladder.heading.connection == here
        await press(pilot, "x escape")
        assert isinstance(pilot.app.screen, LadderScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ConnectionsScreen)


async def test_where_there_is_none_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch, sample("refused.client"))
    async with opened(path_of("refused.client"), keys="x enter j") as pilot:
        assert isinstance(pilot.app.screen, RelatedScreen)
        assert words(pilot, "#told") == NONE_RELATED


async def test_it_names_the_keys_that_are_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch, sample("port-reuse.client"))
    async with opened(path_of("port-reuse.client")) as pilot:
        pilot.app.set_keymap({"related.close": "f5"})
        await press(pilot, "x")
        assert any("Enter: its ladder  F5 closes" in line for line in screen_lines(pilot.app))
