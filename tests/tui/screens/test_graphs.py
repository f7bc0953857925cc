"""Graphs and ladder have one cursor; the view follows it; an empty graph says why it is empty."""

import pytest
from textual.widgets import Static

from tcpladder.tcp.states import Endpoint
from tcpladder.tui.screens.graphs import GraphsScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.widgets.plot import Plot
from tests.building import Segment, analysed
from tests.graphs.test_stamps import STEADY
from tests.graphs.transfers import DOWNLOAD
from tests.tui.driving import Driver, from_memory, ladder, lines, opened, press, settled, table, words


def graphs(pilot: Driver) -> GraphsScreen:
    shown = pilot.app.screen
    assert isinstance(shown, GraphsScreen)
    return shown


def plots(pilot: Driver) -> list[Plot]:
    return [plot for plot in graphs(pilot).query(Plot) if plot.display]


def chosen(pilot: Driver) -> str:
    [kind] = [part for part in words(pilot, "#kinds").split("[") if "]" in part]
    return kind.partition("]")[0]


def download(monkeypatch: pytest.MonkeyPatch, rows: str | list[Segment] = DOWNLOAD) -> None:
    from_memory(monkeypatch, analysed(rows))


async def test_graphs_open_at_the_ladders_packet_and_the_ladder_goes_where_they_were_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    download(monkeypatch)
    async with opened(keys="enter 4 G T") as pilot:
        assert words(pilot, "#caption").splitlines() == [
            "no.4  +0.080000 s  responder ACK  4/11",
            "seq 1:1001, ack 1, window 500 B",
        ]
        await press(pilot, "right right escape")
        assert ladder(pilot).cursor == 6
        await press(pilot, "T left left enter")
        assert ladder(pilot).cursor == 4
        assert len(pilot.app.screen_stack) == 3
        await press(pilot, "g T")
        assert graphs(pilot).frame == 1


async def test_from_the_list_enter_opens_the_ladder_and_escape_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    download(monkeypatch)
    async with opened(keys="T G enter") as pilot:
        assert isinstance(pilot.app.screen, LadderScreen)
        assert ladder(pilot).cursor == 11
        await press(pilot, "escape T q")
        assert len(pilot.app.screen_stack) == 2


async def test_the_side_that_sent_more_is_shown_and_both_where_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    download(monkeypatch)
    async with opened(keys="T") as pilot:
        assert [plot.endpoint for plot in plots(pilot)] == [Endpoint.RESPONDER]
        await pilot.resize_terminal(120, 30)
        await settled(pilot)
        assert [plot.endpoint for plot in plots(pilot)] == list(Endpoint)
        await press(pilot, "d")
        assert [plot.endpoint for plot in plots(pilot)] == [Endpoint.INITIATOR]
        await press(pilot, "d")
        assert [plot.endpoint for plot in plots(pilot)] == [Endpoint.RESPONDER]
        await press(pilot, "d")
        assert [plot.endpoint for plot in plots(pilot)] == list(Endpoint)


async def test_zooming_keeps_the_cursor_where_it_is_and_the_view_follows_it(monkeypatch: pytest.MonkeyPatch) -> None:
    download(monkeypatch)
    async with opened(keys="T G plus plus") as pilot:
        [plot] = plots(pilot)
        assert (plot.span.start, plot.span.end) == (144_000_000, 192_000_000)
        await press(pilot, "g")
        assert (plot.span.start, plot.span.end) == (0, 48_000_000)
        await press(pilot, "minus minus minus")
        assert (plot.span.start, plot.span.end) == (0, 192_000_000)
        for _ in range(30):
            graphs(pilot).action_zoom(1)
        await press(pilot, "4")
        assert plot.span.length == 1_000
        assert plot.panel is not None
        assert plot.panel.title.endswith("a step is 1.00 us")


async def test_a_click_goes_to_the_segment_that_was_captured_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    download(monkeypatch)
    async with opened(keys="T") as pilot:
        await pilot.click(Plot, offset=(79, 5))  # the first is not shown, and lies beneath
        [plot] = plots(pilot)
        await pilot.click(plot, offset=(plot.size.width - 1, 5))
        await settled(pilot)
        assert graphs(pilot).frame == 11


async def test_trouble_is_gone_to_until_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    download(monkeypatch)
    async with opened(keys="T") as pilot:
        frames = []
        for _ in range(4):
            await press(pilot, "right_square_bracket")
            frames.append(graphs(pilot).frame)
        assert frames == [8, 9, 10, 10]
        assert [notice.message for notice in pilot.app._notifications] == ["No trouble further on."]


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("initiator > responder  ACK len=5", "d", "Nothing of the responder was captured"),
        ("initiator > responder  ACK len=5", "2", "Nothing of the responder was captured"),
        (DOWNLOAD, "5", "Time stamps were not negotiated"),
        (DOWNLOAD, "4 d", "The initiator sent no data"),
    ],
)
async def test_an_empty_graph_says_why(monkeypatch: pytest.MonkeyPatch, text: str, key: str, reason: str) -> None:
    download(monkeypatch, text)
    async with opened(keys=f"T {key}") as pilot:
        [plot] = plots(pilot)
        assert lines(plot)[2].strip().startswith(reason)


async def test_keys_before_the_numbers_are_there_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    download(monkeypatch, STEADY)
    monkeypatch.setattr(GraphsScreen, "_measure", lambda *_: None)
    async with opened(keys="enter T") as pilot:
        assert str(graphs(pilot).query_one("#caption", Static).content) == "Measuring …"
        await press(pilot, "right G pagedown plus 0 less_than_sign right_square_bracket tab d 2")
        assert chosen(pilot) == "2 Round trips"
        await press(pilot, "escape")
        assert ladder(pilot).cursor == 1


async def test_the_next_connection_has_the_same_graph_and_its_ladder_is_gone_back_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from_memory(monkeypatch)
    async with opened(keys="greater_than_sign 4 G enter T tab J") as pilot:
        assert words(pilot, "#title").strip().startswith("5/24 ")
        assert chosen(pilot) == "2 Round trips"
        await press(pilot, "right escape")
        assert ladder(pilot).ladder.heading.connection == 5
        assert ladder(pilot).cursor == 2
        await press(pilot, "escape g T K")
        assert words(pilot, "#title").strip().startswith("1/24 ")  # there is none before the first
        await press(pilot, "J J escape")
        assert table(pilot).connection == 3
