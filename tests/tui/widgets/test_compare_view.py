"""The list of two aligned connections: what is drawn, where the cursor goes, what is chosen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual.app import App, ComposeResult
from textual.pilot import Pilot

from tcpladder.ladder.alignment import aligned
from tcpladder.ladder.glyphs import ASCII
from tcpladder.tui.palette import ladder_colours
from tcpladder.tui.widgets.compare_view import CompareView
from tests.building import ladder
from tests.ladder.test_alignment import GOOD
from tests.ladder.test_phases import HANDSHAKE
from tests.tui.driving import lines

PAIR = ladder(GOOD), ladder(HANDSHAKE + "    initiator > responder  RST")


class CompareApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = CompareView(ASCII)
        self.chosen: list[tuple[int, int]] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {**super().get_theme_variable_defaults(), **ladder_colours(self.current_theme)}

    def compose(self) -> ComposeResult:
        yield self.view

    def on_compare_view_selected(self, message: CompareView.Selected) -> None:
        self.chosen.append((message.side, message.row))


@asynccontextmanager
async def listed(size: tuple[int, int] = (70, 10)) -> AsyncIterator[tuple[CompareView, Pilot[None]]]:
    app = CompareApp()
    async with app.run_test(size=size) as pilot:
        app.view.show(PAIR, aligned(*PAIR))
        app.view.focus()
        await pilot.pause()
        yield app.view, pilot


async def test_the_cursor_begins_on_the_first_difference_and_goes_from_one_to_the_next() -> None:
    async with listed() as (view, pilot):
        differing = [at for at, entry in enumerate(view.entries) if entry.differences]
        assert view.cursor == differing[0]
        for at in differing[1:]:
            await pilot.press("right_square_bracket")
            assert view.cursor == at
        await pilot.press("right_square_bracket")
        assert view.cursor == differing[-1]
        await pilot.press("left_square_bracket")
        assert view.cursor == differing[-2]


async def test_the_cursor_stays_in_view_and_on_the_list() -> None:
    async with listed() as (view, pilot):
        await pilot.press("G", "j")
        assert view.cursor == len(view.entries) - 1
        assert "ACK ack 2002" in lines(view)[-1]
        await pilot.press("g", "k")
        assert (view.cursor, view.scroll_offset.y) == (0, 0)
        await pilot.press("pagedown")
        assert view.cursor > 5
        await pilot.press("pageup")
        assert view.cursor == 0


@pytest.mark.parametrize(("size", "at_first"), [((70, 10), 1), ((130, 10), 2)])
async def test_rows_stand_beside_one_another_where_there_is_room(size: tuple[int, int], at_first: int) -> None:
    async with listed(size) as (view, _):
        assert lines(view)[1].count("SYN seq 0") == at_first


async def test_a_resize_lays_out_anew() -> None:
    async with listed() as (view, pilot):
        before = view.virtual_size.height
        await pilot.resize_terminal(130, 10)
        await pilot.pause()
        assert view.virtual_size.height < before
        assert lines(view)[1].count("SYN seq 0") == 2


async def test_a_row_of_either_connection_is_chosen_and_where_one_has_none_the_others() -> None:
    async with listed((70, 30)) as (view, pilot):
        await pilot.press("g", "j", "enter", "o")
        view.cursor = next(at for at, entry in enumerate(view.entries) if entry.rows == (5, None))
        await pilot.press("o")
        await pilot.click(view, offset=(5, 2))
        await pilot.double_click(view, offset=(5, 2))
        app = view.app
        assert isinstance(app, CompareApp)
        assert app.chosen == [(0, 0), (1, 0), (0, 5), (0, 1)]
