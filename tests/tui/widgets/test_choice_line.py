"""A line of a form."""

from textual.app import App, ComposeResult

from tcpladder.tui.widgets.choice_line import ChoiceLine
from tests.tui.driving import press

WORDS = ("alpha", "beta", "gamma", "delta")


class Form(App[None]):
    CSS = "ChoiceLine { width: 40; }"

    def __init__(self) -> None:
        super().__init__()
        self.told: list[int] = []

    def compose(self) -> ComposeResult:
        yield ChoiceLine("Letter", WORDS, id="letter")

    def on_choice_line_chosen(self, message: ChoiceLine.Chosen) -> None:
        self.told.append(message.line.at)


async def test_keys_and_clicks_choose() -> None:
    app = Form()
    async with app.run_test() as pilot:
        line = app.query_one(ChoiceLine)
        line.focus()
        await pilot.pause()
        assert line.render().plain == "> Letter    [alpha] beta  gamma  delta "
        await press(pilot, "right l left left left")
        assert app.told == [1, 2, 1, 0, 3]  # the last comes before the first
        await pilot.click(ChoiceLine, offset=(line.render().plain.index("beta") + 1, 0))
        assert app.told[-1] == 1
        line.styles.width = 25
        line.action_choose(3)
        await pilot.pause()
        assert line.render().plain == "> Letter     …[delta]"


async def test_where_nothing_can_be_chosen_it_says_why() -> None:
    app = Form()
    async with app.run_test() as pilot:
        line = app.query_one(ChoiceLine)
        line.offer((), otherwise="nothing is there")
        line.action_next(1)
        await pilot.pause()
        assert line.render().plain == "> Letter     nothing is there"
        assert not line.can_focus
        assert app.told == []
