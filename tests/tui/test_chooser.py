"""Without a capture, the app asks for one, and says why another could not be read."""

from pathlib import Path

from textual.widgets import Static

from tcpladder.tui.chooser import ChooserApp
from tcpladder.tui.recent_files import remember
from tests.tui.driving import SHOWCASE


async def test_it_returns_what_was_chosen(tmp_path: Path):
    remember(SHOWCASE, 20)
    app = ChooserApp(told="'x' is no capture.")
    async with app.run_test(size=(80, 24)) as pilot:
        await app.workers.wait_for_complete()
        await pilot.pause()
        assert str(app.screen.query_one("#told", Static).content) == "'x' is no capture."
        await pilot.press("enter")
    assert app.return_value == SHOWCASE.absolute()


async def test_it_returns_nothing_where_nothing_was():
    app = ChooserApp()
    async with app.run_test(size=(20, 5)) as pilot:
        await pilot.press("escape")
    assert app.return_value is None
