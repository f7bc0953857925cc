"""The command palette."""

import pytest
from textual.command import CommandList, CommandPalette
from textual.widgets import Input

from tests.tui.driving import from_memory, ladder, opened, press, settled

PALETTE = {
    "": ("Open the connection's ladder", "Invert the order", "Leave tcpladder"),
    "enter": ("Open the packet", "Next change of a state", "Go to a packet by its number"),
}


@pytest.mark.parametrize("keys", PALETTE)
async def test_the_command_palette_offers_what_the_keys_do(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    from_memory(monkeypatch)
    async with opened(size=(80, 60), keys=f"{keys} colon") as pilot:
        assert isinstance(pilot.app.screen, CommandPalette)
        offered = [str(option.prompt) for option in pilot.app.screen.query_one(CommandList).options]
        for offer in (*PALETTE[keys], "Theme"):
            assert any(offer in prompt for prompt in offered)


async def test_the_command_palette_runs_what_it_offers(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 G enter 3 G colon") as pilot:
        pilot.app.screen.query_one(Input).value = "Next change"
        await settled(pilot)
        await press(pilot, "enter")
        assert ladder(pilot).cursor == 8
