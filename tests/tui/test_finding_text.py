"""The way from match to match; tests of the list's and the ladder's finding go it by keys."""

from collections.abc import Sequence
from threading import Event

import numpy as np
from textual.app import App, ComposeResult
from textual.screen import Screen

from tcpladder.stream.search import Pattern
from tcpladder.tui.finding_text import Finds, Items, Searched, Source, TextFinder, find_bindings
from tcpladder.tui.widgets.find_line import FindInput, FindLine
from tests.tui.driving import press, words


class Shown(FindInput):
    """Something that takes the focus."""


class FindScreen(Finds, Screen[None]):
    BINDINGS = [*find_bindings("test", "anything")]  # noqa: RUF012 - as in Textual

    def __init__(self) -> None:
        super().__init__()
        self.at = 0

        def go(item: int) -> None:
            self.at = item

        searched = Searched(
            view=Shown,
            sources=self.sources,
            places=lambda items: np.where(items == 50, -1, items),
            here=lambda: self.at,
            go=go,
        )
        self.finder = TextFinder(self, searched)

    def sources(self) -> Sequence[Source]:
        return (
            Source(name="words", find=lambda *_: np.array([30, 10])),
            Source(name="marks", find=self.marks),
        )

    def marks(self, _pattern: Pattern, _stopped: Event) -> Items:
        return np.array([50, 20, 30])

    def compose(self) -> ComposeResult:
        yield Shown()
        yield FindLine()


async def test_several_sources_give_one_row_of_matches() -> None:
    app: App[None] = App()
    async with app.run_test() as pilot:
        screen = FindScreen()
        await app.push_screen(screen)
        screen.action_find()
        await press(pilot, "a enter")
        told = []
        for step in (1, 1, 1, -1):
            told.append((screen.at, words(pilot, "#found")))
            screen.action_find_next(step)
        assert told == [
            (10, "1 of 3 in words (1 not shown)"),
            (20, "2 of 3 in marks (1 not shown)"),
            (30, "3 of 3 in words (1 not shown)"),
            (10, "1 of 3 in words (1 not shown)"),
        ]
        assert screen.at == 30
        screen.action_close_find()
        assert not screen.finder.is_open
