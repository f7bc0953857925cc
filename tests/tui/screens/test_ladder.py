"""The ladder's line about its cursor's row."""

import pytest

from tcpladder.analysis import Analysis
from tcpladder.tui.screens.ladder import LadderScreen
from tests.tui.driving import from_memory, ladder, opened, press, words


async def test_the_status_follows_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter") as pilot:
        assert words(pilot, "#status").startswith("no.1  1/11 ")
        await press(pilot, "G")
        assert words(pilot, "#status").startswith("no.11  11/11 ")
        await press(pilot, "J")
        assert words(pilot, "#status").startswith("no.12  1/11 ")


async def test_a_frame_of_another_connection_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter 4 G") as pilot:
        shown = pilot.app.screen
        assert isinstance(shown, LadderScreen)
        shown.show_frame(100)
        assert ladder(pilot).cursor == 4
        shown.show_frame(7)
        assert ladder(pilot).cursor == 7


async def test_the_finding_of_a_row_is_told_and_elsewhere_how_many_there_are(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    from_memory(monkeypatch)
    async with opened(keys="9 G enter g") as pilot:
        assert words(pilot, "#finding") == "●1 in this connection: ] and [ go to them, i explains them"
        await press(pilot, "right_square_bracket")
        assert words(pilot, "#finding") == f"● {showcase.judgement.findings_of(9)[0].message}"


async def test_a_connection_without_findings_has_no_line_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="9 G enter") as pilot:
        assert pilot.app.screen.query_one("#finding").display
        await press(pilot, "escape 1 G enter i")
        assert isinstance(pilot.app.screen, LadderScreen)
        assert not pilot.app.screen.query_one("#finding").display
        await press(pilot, "escape 8 G enter J")  # in the order of the list
        assert ladder(pilot).ladder.heading.connection == 9
        assert pilot.app.screen.query_one("#finding").display


async def test_digits_typed_before_the_ladder_has_the_focus_are_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter") as pilot:
        pilot.app.screen.set_focus(None)
        await press(pilot, "5")
        pilot.app.screen.set_focus(ladder(pilot))
        await press(pilot, "G")
        assert ladder(pilot).cursor == 5
