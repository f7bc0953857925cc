"""The menu of what can be copied."""

import pytest
from textual.containers import Vertical

from tcpladder.tui.screens.copy import WORDS, CopyScreen
from tests.tui.driving import from_memory, opened, press, screen_lines, settled


def test_every_offer_has_a_letter_of_its_own() -> None:
    keys = [key for key, _ in WORDS.values()]
    assert len(set(keys)) == len(keys)
    assert not set(keys) & {"y", "q"}


async def test_esc_copies_nothing_and_a_letter_without_an_offer_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="5 G y v p") as pilot:
        assert isinstance(pilot.app.screen, CopyScreen)
        await press(pilot, "escape")
        assert not isinstance(pilot.app.screen, CopyScreen)
        assert pilot.app.clipboard == ""


async def test_a_click_copies_and_what_has_no_room_ends_with_an_ellipsis(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(60, 20), keys="5 G y") as pilot:
        told = [line for line in screen_lines(pilot.app) if "Wireshark filter" in line or "endpoints" in line]
        assert told[0].rstrip(" │").endswith("…")
        box = pilot.app.screen.query_one(Vertical).region
        row = next(y for y, line in enumerate(screen_lines(pilot.app)) if "endpoints" in line)
        await pilot.click(offset=(box.x + 7, row))
        await settled(pilot)
        assert pilot.app.clipboard == "192.0.2.10:40402 → 198.51.100.20:80"


async def test_keys_that_were_chosen_stand_in_the_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="5 G") as pilot:
        pilot.app.set_keymap({"copy.tuple": "e"})
        await press(pilot, "y")
        assert any("│ e  endpoints" in line for line in screen_lines(pilot.app))
        await press(pilot, "e")
        assert pilot.app.clipboard.startswith("192.0.2.10")
