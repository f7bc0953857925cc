"""Two connections of the list are compared, and their ladders opened from there."""

import pytest

from tcpladder.tui.screens.compare import CompareScreen
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.widgets.compare_view import CompareView
from tests.building import analysed
from tests.tui.driving import Driver, from_memory, ladder, opened, press, words


def view(pilot: Driver) -> CompareView:
    return pilot.app.screen.query_one(CompareView)


async def test_the_summary_says_what_differs_and_the_status_what_differs_at_the_cursor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G v 9 G v") as pilot:
        assert isinstance(pilot.app.screen, CompareScreen)
        assert words(pilot, "#names").splitlines() == [
            "1  1/24  192.0.2.10:40046 ⇄ 198.51.100.20:80",
            "2  9/24  192.0.2.10:40854 ⇄ 198.51.100.20:8081",
        ]
        assert words(pilot, "#summary").startswith("ended: graceful-4way | refused; closed first: initiator | none;")
        await press(pilot, "right_square_bracket")
        assert words(pilot, "#status").startswith("other flags: SYN,ACK | RST,ACK; other options: mss 1460,")
        await press(pilot, "g")
        assert words(pilot, "#status").endswith("rows and phases differ")


async def test_ladders_open_at_the_row_and_lead_back(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G v 9 G v right_square_bracket enter") as pilot:
        assert isinstance(pilot.app.screen, LadderScreen)
        assert (pilot.app.screen.connection, ladder(pilot).cursor) == (1, 2)
        await press(pilot, "escape o")
        assert isinstance(pilot.app.screen, LadderScreen)
        assert (pilot.app.screen.connection, ladder(pilot).cursor) == (9, 2)
        await press(pilot, "escape escape")
        assert len(pilot.app.screen_stack) == 2


async def test_the_same_connection_is_not_compared_with_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G v v") as pilot:
        assert not isinstance(pilot.app.screen, CompareScreen)
        assert {notice.message for notice in pilot.app._notifications} == {
            "v on another connection compares it with connection 1."
        }


async def test_what_is_selected_is_compared_and_no_more_than_two(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G space 9 G space 5 G v") as pilot:
        assert [name[3:7] for name in words(pilot, "#names").splitlines()] == ["1/24", "9/24"]
        await press(pilot, "escape 3 G space v")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert [notice.message for notice in pilot.app._notifications] == [
            "3 connections are selected; v compares two of them, no more."
        ]
        await press(pilot, "1 G space 9 G space 5 G v")
        assert [name[3:7] for name in words(pilot, "#names").splitlines()] == ["3/24", "5/24"]


async def test_equal_connections_differ_in_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    once = """
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        initiator > responder  ACK
    """
    twice = once + "    again = 192.0.2.77:40001 isn=9\n" + once.replace("initiator", "again")
    from_memory(monkeypatch, analysed(twice))
    async with opened(keys="g v G v") as pilot:
        assert words(pilot, "#summary").endswith("are alike.")
        assert words(pilot, "#status") == "nothing differs"
        assert view(pilot).cursor == 0
