"""The question what is to become of what is not saved."""

import pytest
from textual.app import App

from tcpladder.tui.screens.leave import LeaveScreen, Leaving


@pytest.mark.parametrize(
    ("key", "answer"),
    [("s", Leaving.SAVE), ("enter", Leaving.SAVE), ("d", Leaving.DISCARD), ("q", None), ("escape", None)],
)
async def test_each_key_is_an_answer(key: str, answer: Leaving | None) -> None:
    answers: list[Leaving | None] = []
    app: App[None] = App()
    async with app.run_test(size=(30, 8)) as pilot:
        app.push_screen(LeaveScreen(), answers.append)
        await pilot.pause()
        await pilot.press("x", key)
        await pilot.pause()
    assert answers == [answer]
