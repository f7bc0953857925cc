"""Sockets at a time; the screen's keys are in test_bindings."""

import pytest

from tcpladder.analysis import Analysis
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.screens.sockets import SocketsScreen
from tests.tui.driving import beginning_of, from_memory, ladder, opened, press, screen_lines, settled, table, words


async def test_from_a_row_of_a_ladder_to_its_time_on_and_to_another_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="greater_than_sign 6 G enter g j O") as pilot:
        first = words(pilot, "#title")
        assert first == "Open sockets · 5.731177 of 38.416326 s · 8 sockets · the hosts of connection 6"
        assert any("SYN-SENT      192.0.2.10:5000" in line for line in screen_lines(pilot.app))
        await press(pilot, "right_square_bracket right_square_bracket left_square_bracket")
        assert words(pilot, "#title") != first
        await press(pilot, "left_square_bracket")
        assert words(pilot, "#title") == first
        await press(pilot, "G enter")
        assert isinstance(pilot.app.screen, LadderScreen)
        assert ladder(pilot).ladder.heading.connection == 5
        assert table(pilot).connection == 6  # the ladder took the place of the other


async def test_from_the_list_to_the_time_when_a_connection_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="greater_than_sign 1 G O") as pilot:
        assert words(pilot, "#title").startswith("Open sockets · 0.236937 of ")
        await press(pilot, "g enter")  # the one that listens
        assert isinstance(pilot.app.screen, SocketsScreen)
        assert len(pilot.app._notifications) == 1


async def test_before_all_is_judged_it_says_so(monkeypatch: pytest.MonkeyPatch, showcase: Analysis) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 30), is_final=False)
    async with opened(keys="O") as pilot:
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert len(pilot.app._notifications) == 1


async def test_what_is_asked_for_meanwhile_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="greater_than_sign 6 G enter O") as pilot:
        screen = pilot.app.screen
        assert isinstance(screen, SocketsScreen)
        before = words(pilot, "#title")
        screen.action_change(1)  # all at once: the first is still being looked for
        screen.action_change(1)
        screen.action_everybody()
        screen.action_change(-1)
        await settled(pilot)
        await settled(pilot)
        await press(pilot, "left_square_bracket")
        assert words(pilot, "#title").split(" · ")[1] == before.split(" · ")[1]
        assert words(pilot, "#title").endswith("all hosts")
