"""The pane that explains a row: where it stands, and that it follows a cursor."""

import pytest

from tcpladder.tui.widgets.ladder_detail import LadderDetail
from tests.tui.driving import Driver, from_memory, ladder, opened, press, screen_lines, settled


async def explained(pilot: Driver) -> str:
    await settled(pilot)
    return "\n".join(screen_lines(pilot.app))


async def test_it_stands_beside_a_wide_ladder_and_follows_the_cursor(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(160, 48), keys="9 G enter") as pilot:
        pane = pilot.app.screen.query_one(LadderDetail)
        assert (pane.region.x, pane.region.width) == (ladder(pilot).region.right, 60)
        assert "frame          90" in await explained(pilot)
        await press(pilot, "j")
        assert "● hs-refused  RFC 9293" in await explained(pilot)
        await press(pilot, "d")
        assert not pane.display
        assert ladder(pilot).region.width == 160
        await press(pilot, "escape enter")
        assert not pilot.app.screen.query_one(LadderDetail).display, "as it was left"


async def test_it_stands_below_a_narrow_ladder_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="9 G enter j") as pilot:
        pane = pilot.app.screen.query_one(LadderDetail)
        assert not pane.display
        await press(pilot, "d")
        assert pane.region.y == ladder(pilot).region.bottom
        assert "● hs-refused  RFC 9293" in await explained(pilot)
        before = pane.region.height
        await press(pilot, "backslash")
        assert pane.region.height > before
        assert ladder(pilot).region.height == 7
        await press(pilot, "tab j")
        assert pane.scroll_offset.y == 1
        assert ladder(pilot).segment == 1
        await press(pilot, "tab backslash d")
        assert not pane.display
        assert pilot.app.focused is ladder(pilot)
