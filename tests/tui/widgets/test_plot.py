"""How a graph is laid out: title, axes, the cursor's line, legend; and what stands there when there is no graph."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
import pytest
from textual.app import App, ComposeResult

from tcpladder.graphs.scales import Unit
from tcpladder.graphs.series import Look, Panel, Shape, Span, series
from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tcpladder.tcp.states import Endpoint
from tcpladder.tui.palette import ladder_colours
from tcpladder.tui.widgets.plot import Plot
from tests.tui.driving import lines

MS = 1_000_000
SPAN = Span(start=0, end=100 * MS)
RISING = Panel(
    title="three segments",
    unit=Unit.BYTES,
    series=(
        series("data", Look.SOLID, Shape.SPANS, np.array([0, 50, 100]) * MS, np.array([0, 1, 2]), np.array([1, 2, 3])),
        series("acknowledged", Look.DOTTED, Shape.STEPS, np.array([20, 80]) * MS, np.array([1, 2])),
        series("sent again", Look.AGAIN, Shape.POINTS, np.array([60]) * MS, np.array([1])),
    ),
)


class PlotApp(App[None]):
    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self.plot = Plot(Endpoint.INITIATOR, glyphs)
        self.pointed: list[float] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {**super().get_theme_variable_defaults(), **ladder_colours(self.current_theme)}

    def compose(self) -> ComposeResult:
        yield self.plot

    def on_plot_pointed(self, message: Plot.Pointed) -> None:
        self.pointed.append(message.time)


@asynccontextmanager
async def drawn(
    panel: Panel = RISING, *, size: tuple[int, int] = (50, 12), glyphs: Glyphs = ASCII, cursor: int = 50
) -> AsyncIterator[PlotApp]:
    app = PlotApp(glyphs)
    async with app.run_test(size=size) as pilot:
        app.plot.show("to responder", panel, SPAN, cursor * MS)
        await pilot.pause()
        yield app


async def test_a_graph_in_ascii() -> None:
    async with drawn() as app:
        assert [line.rstrip() for line in lines(app.plot)] == [
            "to responder: three segments",
            "   |                      :                      #",
            "   |                      :                      #",
            "   |                      :                      #",
            "2 B+                      #             ----------",
            "   |                      #             -",
            "   |#        ------------------R---------",
            "   |#                     :",
            "  0+#                     :",
            "   ++---------------------^----------------------+",
            "    0                   50 ms               100 ms",
            "## data  -- acknowledged  R sent again",
        ]


async def test_braille_is_finer_and_the_cursor_leaves_dots_legible() -> None:
    async with drawn(glyphs=UNICODE) as app:
        shown = lines(app.plot)
        assert any("⡇" in line for line in shown)
        assert "▲" in shown[-3]
        assert "┊" in shown[1]
        at = shown[-3].index("▲")
        assert {line[at] for line in shown[1:9]} <= {"┊", *map(chr, range(0x2801, 0x2900))}
        assert shown[-1].startswith("⠒⠒ data  ⠂⠂ acknowledged  R sent again")


async def test_a_move_of_the_cursor_draws_nothing_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with drawn() as app:
        before = lines(app.plot)
        monkeypatch.setattr(app.plot, "_draw", lambda: pytest.fail("drawn anew"))
        app.plot.show("to responder", RISING, SPAN, 0)
        after = lines(app.plot)
        assert before[9].index("^") > after[9].index("^") == 4


async def test_a_graph_that_was_drawn_before_is_not_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async with drawn() as app:
        before = lines(app.plot)
        app.plot.show("to responder", RISING, Span(start=0, end=50 * MS), 50 * MS)
        assert lines(app.plot) != before
        monkeypatch.setattr(app.plot, "_draw", lambda: pytest.fail("drawn anew"))
        app.plot.show("to responder", RISING, SPAN, 50 * MS)
        assert lines(app.plot) == before


async def test_a_cursor_beside_the_view_is_not_drawn() -> None:
    async with drawn(cursor=101) as app:
        assert not any("^" in line for line in lines(app.plot))


async def test_an_empty_graph_says_why() -> None:
    empty = Panel(title="", unit=Unit.BYTES, empty="The responder sent no data in this connection, which is a pity.")
    async with drawn(empty) as app:
        assert [line.strip() for line in lines(app.plot)[:4]] == [
            "to responder",
            "",
            "The responder sent no data in this connection,",
            "which is a pity.",
        ]
        assert app.plot.panel is empty


@pytest.mark.parametrize("size", [(24, 20), (60, 6)])
async def test_without_room_it_says_how_much_it_needs(size: tuple[int, int]) -> None:
    async with drawn(size=size) as app:
        assert " ".join(" ".join(lines(app.plot)).split()).endswith("needs 32 columns and 8 lines.")


async def test_a_title_and_a_legend_without_room_end_at_the_edge() -> None:
    async with drawn(size=(34, 14)) as app:
        shown = [line.rstrip() for line in lines(app.plot)]
        assert shown[0] == "to responder: three segments"
        assert shown[-2:] == ["## data  -- acknowledged", "R sent again"]
        app.plot.show("x" * 40, RISING, SPAN, 0)
        assert lines(app.plot)[0] == "x" * 33 + "~"


async def test_a_click_tells_the_time_of_the_place() -> None:
    app = PlotApp(ASCII)
    async with app.run_test(size=(50, 12)) as pilot:
        app.plot.show("to responder", RISING, SPAN, 0)
        await pilot.pause()
        await pilot.click(Plot, offset=(4, 5))
        await pilot.click(Plot, offset=(49, 5))
        await pilot.click(Plot, offset=(1, 5))
        assert app.pointed == [0, 100 * MS]
        assert app.plot.span == SPAN
