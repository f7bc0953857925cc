"""Writing a note."""

import pytest
from textual import events
from textual.app import App
from textual.widgets import Static

from tcpladder.annotations.document import Place, Subject
from tcpladder.tui.screens.note import NoteArea, NoteScreen
from tests.tui.driving import screen_lines

PLACE = Place(Subject.PACKET, 12)


@pytest.mark.parametrize(
    ("before", "keys", "answer"),
    [
        ("", "h i enter", "hi"),
        ("a", "b ctrl+j c alt+enter d enter", "ab\nc\nd"),
        ("old", "escape", None),
        ("old", "x escape escape", None),
        ("old", "x escape y escape enter", "oldxy"),
        ("\x1b[m", "enter", "\x1b[m"),
        ("\x1b[m\tq\n", "x enter", "\\x1b[m q\nx"),
    ],
)
async def test_a_note_is_written_and_thrown_away_only_when_that_is_meant(
    before: str, keys: str, answer: str | None
) -> None:
    answers: list[str | None] = []
    app: App[None] = App()
    async with app.run_test(size=(60, 16)) as pilot:
        app.push_screen(NoteScreen(PLACE, "no.12", before), answers.append)
        await pilot.pause()
        assert not any("\x1b" in line for line in screen_lines(app))
        await pilot.press(*keys.split())
        await pilot.pause()
    assert answers == [answer]


async def test_a_note_that_is_too_long_is_not_taken_and_pasted_escapes_are_written_out() -> None:
    answers: list[str | None] = []
    app: App[None] = App()
    async with app.run_test(size=(60, 16)) as pilot:
        app.push_screen(NoteScreen(PLACE, "no.12", ""), answers.append)
        await pilot.pause()
        area = app.screen.query_one(NoteArea)
        app.post_message(events.Paste("\x1b]0;x\x07\r\nnext"))
        await pilot.pause()
        assert area.text == "\\x1b]0;x\\x07\nnext"
        area.text = "x" * 10_002
        await pilot.press("enter")
        assert "2 characters more" in str(app.screen.query_one("#told", Static).content)
        area.text = "x"
        await pilot.press("enter")
        await pilot.pause()
    assert answers == ["x"]
