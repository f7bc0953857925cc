"""The hosts of a capture, and what leads from them back to the list."""

import pytest

from tcpladder.analysis import Analysis
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.hosts import HostsScreen
from tcpladder.tui.widgets.rows_table import RowsTable
from tests.tui.driving import beginning_of, from_memory, opened, press, screen_lines, table, words


async def test_a_host_filters_the_list_and_back_brings_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="slash p o r t colon 8 0 8 0 enter") as pilot:
        assert len(table(pilot).numbers()) == 4
        await press(pilot, "H greater_than_sign j j j")
        chosen = pilot.app.screen.query_one(RowsTable).at
        assert chosen is not None
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert "host:" in screen_lines(pilot.app)[1] or "responder:" in screen_lines(pilot.app)[1]
        assert table(pilot).has_focus
        filtered = len(table(pilot).numbers())
        await press(pilot, "H")  # as it was left
        shown = pilot.app.screen
        assert isinstance(shown, HostsScreen)
        rows = shown.query_one(RowsTable)
        assert (rows.at, rows.sorting.key) == (chosen, "host")
        await press(pilot, "escape")
        assert len(table(pilot).numbers()) == filtered  # whoever only looked keeps the filter
        await press(pilot, "escape")
        assert len(table(pilot).numbers()) == 4
        assert "port:8080" in screen_lines(pilot.app)[1]
        await press(pilot, "escape")
        assert len(table(pilot).numbers()) == 24


async def test_what_is_known_of_the_row_under_the_cursor_stands_below(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(120, 40), keys="H") as pilot:
        assert words(pilot, "#title") == "Hosts · showcase.pcap · 4 hosts, 6 served ports"
        shown = "\n".join(screen_lines(pilot.app))
        assert "its accept queue was full" in shown
        await press(pilot, "j j")
        assert "198.51.100.20:80" in "\n".join(screen_lines(pilot.app))


async def test_before_all_is_judged_it_says_so(monkeypatch: pytest.MonkeyPatch, showcase: Analysis) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 30), is_final=False)
    async with opened(keys="H") as pilot:
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert len(pilot.app._notifications) == 1
