"""The question for a letter."""

import pytest
from textual.app import App

from tcpladder.tui.screens.mark import MarkScreen
from tests.tui.driving import screen_lines


@pytest.mark.parametrize(("keys", "answer"), [("A 1 é enter q", "q"), ("escape", None)])
async def test_only_a_letter_is_an_answer(keys: str, answer: str | None) -> None:
    answers: list[str | None] = []
    app: App[None] = App()
    async with app.run_test(size=(60, 10)) as pilot:
        app.push_screen(MarkScreen("no.12", "b"), answers.append)
        await pilot.pause()
        question = "Mark no.12 with a letter, a to z; b takes its mark away. Esc: leave it."
        assert "".join(screen_lines(app)[-2:]).split() == question.split()
        await pilot.press(*keys.split())
        await pilot.pause()
    assert answers == [answer]
