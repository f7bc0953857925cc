"""The question for a file's name: nothing is replaced unasked, and what can't be written is told."""

from pathlib import Path

import pytest
from textual.app import App
from textual.widgets import Input, Static

from tcpladder.tui.screens.save import SaveScreen
from tests.tui.driving import press


class SaveApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.saved: list[Path | None] = []

    def on_mount(self) -> None:
        self.push_screen(SaveScreen("Save it to:", b"new", "name.bin"), self.saved.append)


async def test_saving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "name.bin").write_bytes(b"old")
    app = SaveApp()
    async with app.run_test() as pilot:

        def said() -> str:
            return str(app.screen.query_one("#problem", Static).content)

        field = app.screen.query_one(Input)
        await press(pilot, "enter")
        assert said() == f"'{tmp_path}/name.bin' is there already. Enter once more replaces it."
        assert (tmp_path / "name.bin").read_bytes() == b"old"
        field.value = "none/x"
        await press(pilot, "enter")
        assert "can't be written: No such file or directory." in said()
        field.value = " "
        await press(pilot, "enter")
        assert said() == "Type the name of a file."
        field.value = "~no-such-user-at-all/x"
        await press(pilot, "enter")
        assert app.saved == []
        field.value = "name.bin"
        await press(pilot, "enter enter")
        assert app.saved == [tmp_path / "name.bin"]
    assert (tmp_path / "name.bin").read_bytes() == b"new"


async def test_cancelling(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = SaveApp()
    async with app.run_test() as pilot:
        await press(pilot, "escape")
        assert app.saved == [None]
    assert list(tmp_path.iterdir()) == []
