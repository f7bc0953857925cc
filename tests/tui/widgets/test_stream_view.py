"""The stream on the screen: what it draws, where its cursor goes, the mouse; its keys are in test_bindings."""

from typing import Any

import pytest
from textual.app import App, ComposeResult

from tcpladder.ladder.glyphs import UNICODE
from tcpladder.stream.page import Book, StreamLine
from tcpladder.tcp.reassembly import What
from tcpladder.tcp.states import Endpoint
from tcpladder.tui.palette import ladder_colours
from tcpladder.tui.widgets import stream_view
from tcpladder.tui.widgets.stream_lines import draw
from tcpladder.tui.widgets.stream_view import StreamView
from tests.stream.telling import conversation
from tests.tui.driving import lines, press, settled

LONG = conversation((">", b"a\n" * 500), ("<", 9, What.SNAPPED), ("<", b"b\n" * 500))


class ViewApp(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.view = StreamView(UNICODE)
        self.chosen: list[int] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return ladder_colours(self.current_theme)

    def compose(self) -> ComposeResult:
        yield self.view

    def on_stream_view_selected(self, message: StreamView.Selected) -> None:
        self.chosen.append(message.frame)


async def test_it_draws_what_is_in_view_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[StreamLine] = []

    def counted(line: StreamLine, *rest: Any) -> Any:
        drawn.append(line)
        return draw(line, *rest)

    monkeypatch.setattr(stream_view, "draw", counted)
    app = ViewApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.focus()
        app.view.show(Book(LONG), is_hex=False, side=None)
        await pilot.pause()
        assert len(drawn) == 10
        assert lines(app.view)[0].rstrip() == "10 ► a"
        drawn.clear()
        await press(pilot, "j j k")
        assert drawn == []
        await press(pilot, "G")
        assert len(drawn) == 10
        assert lines(app.view)[-1].rstrip() == "   ◄ b"


async def test_before_there_is_room_it_remembers_which_packet_is_wanted() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.display = False
        await pilot.pause()
        app.view.show(Book(LONG), is_hex=False, side=None)
        app.view.go_to_frame(12)
        assert app.view.page is None
        app.view.display = True
        await settled(pilot)
        assert app.view.line is not None
        assert app.view.line.new_frame == 12
        assert lines(app.view)[-1].rstrip() == "12 ◄ b"


async def test_the_cursor_stays_with_its_bytes() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 10)) as pilot:
        view, book = app.view, Book(LONG)
        view.show(book, is_hex=False, side=None)
        view.cursor = 600
        assert view.line is not None
        begin = view.line.begin
        for is_hex, side in ((True, None), (True, Endpoint.RESPONDER), (False, Endpoint.RESPONDER), (False, None)):
            view.show(book, is_hex=is_hex, side=side)
            assert view.line.sender is Endpoint.RESPONDER
            assert 0 <= begin - view.line.begin < 16  # a row of bytes
        view.cursor = 600
        view.show(book, is_hex=False, side=Endpoint.INITIATOR)
        assert view.cursor == 0  # on the last that the other side sent
        view.cursor = 499
        await pilot.resize_terminal(30, 8)
        assert view.cursor == 499


async def test_the_mouse() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(Book(LONG), is_hex=False, side=None)
        await pilot.pause()
        await pilot.click(StreamView, offset=(5, 3))
        assert app.view.cursor == 3
        await pilot.double_click(StreamView, offset=(5, 4))
        assert app.chosen == [10]


async def test_nothing_at_all() -> None:
    app = ViewApp()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.focus()
        await press(pilot, "j G enter right_square_bracket")
        app.view.show(Book(conversation()), is_hex=False, side=None)
        await press(pilot, "j G enter right_square_bracket pagedown")
        assert (app.view.cursor, app.chosen) == (0, [])


async def test_what_is_said_is_cut_with_an_ellipsis() -> None:
    app = ViewApp()
    async with app.run_test(size=(30, 10)) as pilot:
        app.view.show(Book(conversation((">", 9, What.NOT_ACKNOWLEDGED))), is_hex=False, side=None)
        await pilot.pause()
        assert lines(app.view)[0] == "   ► ⋮ 9 bytes are missing he…"
