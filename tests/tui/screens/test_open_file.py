"""Another capture is chosen among the last ones, or by its path; what can't be opened is told, and the dialog stays."""

import shutil
from pathlib import Path

import pytest
from textual.widgets import OptionList, Static

from tcpladder.settings.in_force import InForce
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.recent_files import recent_files, remember
from tcpladder.tui.screens.open_file import OpenFileScreen, PathInput
from tests.tui.driving import SHOWCASE, exited, from_memory, press, settled


@pytest.fixture
def other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from_memory(monkeypatch)
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(SHOWCASE, tmp_path / "other.pcap"))


async def test_the_last_capture_is_opened_by_enter_and_this_one_remembered(other: Path, tmp_path: Path):
    remember(other, 20)
    app = TcpladderApp(SHOWCASE, in_force=InForce(path=tmp_path / "none.toml"))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "o")
        app.simulate_key("enter")
        await exited(pilot)
    assert app.wanted == other
    assert app._loading.left.is_set()
    assert recent_files(20)[0] == SHOWCASE.absolute()


async def test_a_path_is_typed_and_completed(other: Path):
    app = TcpladderApp(SHOWCASE)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "o o t tab")
        assert app.screen.query_one(PathInput).value == "other.pcap"
        app.simulate_key("enter")
        await exited(pilot)
    assert app.wanted is not None
    assert app.wanted.absolute() == other


async def test_keys_may_be_quicker_than_looking_up(other: Path):
    app = TcpladderApp(SHOWCASE)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "o")
        for key in ("o", "t", "tab", "enter"):
            app.simulate_key(key)
        await exited(pilot)
    assert app.wanted is not None
    assert app.wanted.name == "other.pcap"


async def test_what_can_t_be_opened_is_told_and_asked_again(other: Path, tmp_path: Path):
    (tmp_path / "empty.pcap").touch()
    (tmp_path / "folder").mkdir()
    app = TcpladderApp(SHOWCASE)
    async with app.run_test(size=(40, 12)) as pilot:
        await settled(pilot)
        await press(pilot, "o n o enter")
        assert "There is no file 'no'" in str(app.screen.query_one("#told", Static).content)
        await press(pilot, "ctrl+u e tab enter")
        assert "is empty" in str(app.screen.query_one("#told", Static).content)
        await press(pilot, "ctrl+u f o enter")
        assert "no file 'f" + "o'" in str(app.screen.query_one("#told", Static).content)
        await press(pilot, "tab enter")
        assert app.screen.query_one(PathInput).value == "folder/"
        assert app.screen.query_one(OptionList).option_count == 0
        assert isinstance(app.screen, OpenFileScreen)
        await press(pilot, "escape")
        assert not isinstance(app.screen, OpenFileScreen)
        assert app.wanted is None
