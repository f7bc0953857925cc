"""The question for a number."""

import pytest
from textual.app import App
from textual.widgets import Input

from tcpladder.tui.screens.go_to import GoToScreen


@pytest.mark.parametrize(
    ("typed", "answer"),
    [("12", 12), ("", None), ("-5", -5), ("1x2", 12), ("99999999999999", 9_999_999_999)],
)
async def test_the_answer_is_the_number_that_was_typed(typed: str, answer: int | None) -> None:
    answers: list[int | None] = []
    app: App[None] = App()
    async with app.run_test() as pilot:
        app.push_screen(GoToScreen("Number:"), answers.append)
        await pilot.pause()
        await pilot.press(*typed)
        await pilot.press("enter")
        if not answers:  # what is no number is not taken; Esc gives up
            assert app.screen.query_one(Input).value == typed
            await pilot.press("escape")
        await pilot.pause()
    assert answers == [answer]


async def test_it_is_as_narrow_as_the_screen() -> None:
    app: App[None] = App()
    async with app.run_test(size=(20, 5)) as pilot:
        app.push_screen(GoToScreen("Number:"))
        await pilot.pause()
        assert app.screen.query_one("Horizontal").region.width == 20
