"""Finding in the list, in the order in which it stands."""

import pytest

from tcpladder.tui.widgets.find_line import FindInput
from tests.tui.driving import Driver, from_memory, opened, press, table, words


async def find(pilot: Driver, text: str) -> None:
    await press(pilot, "ctrl+f")
    pilot.app.screen.query_one(FindInput).value = text
    await press(pilot, "enter")


async def test_matches_are_gone_through_as_the_list_is_sorted_and_filtered(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="greater_than_sign 1 G") as pilot:
        await find(pilot, "/:80$/")
        assert words(pilot, "#found") == "1 of 17"
        assert table(pilot).connection == 1
        await press(pilot, "N")
        assert (words(pilot, "#found"), table(pilot).connection) == ("17 of 17", 24)
        await press(pilot, "n I n")
        assert words(pilot, "#found").endswith(" of 17")
        await find(pilot, "2001:db8")
        assert (words(pilot, "#found"), table(pilot).connection) == ("1 of 1", 24)
        await press(pilot, "slash r e f u s e d enter")
        await find(pilot, "2001:db8")
        assert words(pilot, "#found") == "no match (1 not shown)"
        await find(pilot, "hex:41")
        assert words(pilot, "#found") == "no match"
        await press(pilot, "escape")
        assert not pilot.app.screen.query_one("FindLine").display
        assert table(pilot).has_focus
