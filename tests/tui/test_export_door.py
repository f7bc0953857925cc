"""What leads to the export dialog."""

from pathlib import Path

import pytest

from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.export import ExportScreen
from tcpladder.tui.widgets.choice_line import ChoiceLine
from tests.samples import sample
from tests.tui.driving import Driver, beginning_of, from_memory, opened, press, until


def offered(pilot: Driver) -> str:
    """Give what the line says from which connections are chosen."""
    return " ".join(pilot.app.screen.query_one("#what", ChoiceLine).render().plain.split())


async def test_what_is_offered_is_what_the_screen_has(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="space j space s") as pilot:
        assert offered(pilot) == "> What [selected (2)] all (24) with findings (14) this (1)"
        await press(pilot, "escape ctrl+a ctrl+a slash r e f u s e d enter s")
        assert offered(pilot) == "> What [filtered (1)] all (24) with findings (14) this (1)"
        await press(pilot, "escape enter s")
        assert offered(pilot) == "> What [this (1)] filtered (1) all (24) with findings (14)"
        folded = pilot.app.screen.query_one("#folds", ChoiceLine).render().plain
        assert "[as on screen]" in folded
        await press(pilot, "escape escape escape S s")
        assert offered(pilot) == "> What [all (24)] with findings (14)"


async def test_half_a_capture_is_not_exported(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch, beginning_of(sample("showcase"), 100), is_final=False)
    async with opened(keys="s") as pilot:
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        told = [each.message for each in pilot.app._notifications]
        assert told == [
            "The capture is still being read: export it when that is done. Esc stops it; what was read can be "
            "exported then."
        ]


async def test_what_was_written_is_told_and_the_choices_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from_memory(monkeypatch)
    monkeypatch.chdir(tmp_path)
    async with opened(keys="s down") as pilot:
        while "[csv]" not in pilot.app.screen.query_one("#format", ChoiceLine).render().plain:
            await press(pilot, "right")
        await press(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConnectionsScreen))
        told = [each.message for each in pilot.app._notifications]
        assert told == [f"'{tmp_path}/showcase.csv' has 24 connections and 19 findings."]
        assert len((tmp_path / "showcase.csv").read_text().splitlines()) == 25
        await press(pilot, "s")
        assert isinstance(pilot.app.screen, ExportScreen)
        assert "[csv]" in pilot.app.screen.query_one("#format", ChoiceLine).render().plain
