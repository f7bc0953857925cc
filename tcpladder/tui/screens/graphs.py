"""The graphs of a connection, with a cursor that goes from segment to segment, as the ladder's does."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import polars as pl
from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tcpladder.analysis import Analysis
from tcpladder.graphs.captions import heading
from tcpladder.graphs.kinds import GRAPHS, Graph
from tcpladder.graphs.series import Panel, Span
from tcpladder.graphs.trace import Trace
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.settings.names import Names
from tcpladder.tcp.states import Endpoint
from tcpladder.tui.list_words import connection_name
from tcpladder.tui.widgets.key_bar import KeyBar
from tcpladder.tui.widgets.plot import Plot

if TYPE_CHECKING:
    from tcpladder.report.copying import Pointed

SIDE_BY_SIDE = 110  # columns from which on there is room for both endpoints' graphs
SHORTEST_NS = 1_000  # the least that can be in view
ZOOM = 2.0
EDGES = 2  # cells left and right of a line's text, both together
PAGE = 10  # so many pages are in view

SEGMENTS = Binding.Group("Move", compact=True)
ZOOMS = Binding.Group("Zoom", compact=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """Where the cursor was when the graphs were left, and whether that packet is wanted in the ladder."""

    connection: int
    frame: int
    has_moved: bool
    is_wanted: bool


class GraphsScreen(Screen[Left], inherit_bindings=False):
    """One of the graphs at a time, of either endpoint or of both; dismissed with where the cursor was."""

    DEFAULT_CSS = """
    GraphsScreen {
        & > #title { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #kinds { height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        & > #plots { height: 1fr; }
        & Plot { width: 1fr; height: 1fr; margin: 0 1 0 0; }
        & > #caption { height: 2; padding: 0 1; background: $panel; text-overflow: ellipsis; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Previous", tooltip="Previous segment", group=SEGMENTS, id="graphs.previous"),
        Binding("right,l", "step(1)", "Next", tooltip="Next segment", group=SEGMENTS, id="graphs.next"),
        Binding("left_square_bracket", "trouble(-1)", "Previous", tooltip="Previous segment that tells of trouble",
                show=False, id="graphs.previous_trouble"),
        Binding("right_square_bracket", "trouble(1)", "Next", tooltip="Next segment that tells of trouble",
                show=False, id="graphs.next_trouble"),
        Binding("plus,equals_sign", "zoom(1)", "In", tooltip="Zoom in at the cursor", group=ZOOMS,
                id="graphs.zoom_in"),
        Binding("minus", "zoom(-1)", "Out", tooltip="Zoom out", group=ZOOMS, id="graphs.zoom_out"),
        Binding("tab", "turn(1)", "Graph", tooltip="Next graph", id="graphs.next_graph"),
        Binding("d", "direction", "Side", tooltip="What the other endpoint sent", id="graphs.direction"),
        Binding("enter", "choose", "Ladder", tooltip="The ladder, at this segment", id="graphs.choose"),
        Binding("escape,q,T", "back", "Back", tooltip="Back to where the graphs were opened", id="graphs.back"),
        Binding("shift+tab", "turn(-1)", "Previous graph", show=False, id="graphs.previous_graph"),
        Binding("0", "reset", "Whole", tooltip="Show the whole connection", show=False, id="graphs.reset"),
        Binding("less_than_sign,shift+left", "pan(-1)", "Earlier", tooltip="Show what came before", show=False,
                id="graphs.earlier"),
        Binding("greater_than_sign,shift+right", "pan(1)", "Later", tooltip="Show what came after", show=False,
                id="graphs.later"),
        Binding("pageup,ctrl+u", "page(-1)", "Page back", tooltip="A tenth of the view back", show=False,
                id="graphs.page_back"),
        Binding("pagedown,ctrl+d", "page(1)", "Page on", tooltip="A tenth of the view on", show=False,
                id="graphs.page_on"),
        Binding("J", "neighbour(1)", "Next", tooltip="Next connection of the list", show=False,
                id="graphs.next_connection"),
        Binding("K", "neighbour(-1)", "Previous", tooltip="Previous connection of the list", show=False,
                id="graphs.previous_connection"),
        Binding("g,home", "first", "First", tooltip="First segment", show=False, id="graphs.first"),
        Binding("G,end", "last", "Last", tooltip="Last segment", show=False, id="graphs.last"),
        *(
            Binding(str(at + 1), f"graph({at})", graph.name, tooltip=f"Graph: {graph.name}", show=False,
                    id=f"graphs.{graph.name.lower().replace(' ', '_')}")
            for at, graph in enumerate(GRAPHS)
        ),
    ]  # fmt: skip

    class NeighbourWanted(Message):
        """The next connection in the order of the list is wanted, or the one before."""

        def __init__(self, connection: int, step: int) -> None:
            super().__init__()
            self.connection = connection
            self.step = step

    class Traced(Message):
        """A connection's numbers are worked out."""

        def __init__(self, connection: int, trace: Trace, panels: dict[tuple[int, Endpoint], Panel]) -> None:
            super().__init__()
            self.connection = connection
            self.trace = trace
            self.panels = panels

    def __init__(
        self,
        connection: int,
        name: Callable[[int], str],
        segments: Callable[[], pl.DataFrame],
        frame: int | None,
        glyphs: Glyphs,
    ) -> None:
        """Show a connection; `name` names it in so many cells, `segments` gives, in a thread, its segments.

        The cursor begins at `frame`, or at the first segment.
        """
        super().__init__()
        self._connection = connection
        self._title = name
        self._segments = segments
        self._frame = frame
        self._glyphs = glyphs
        self._trace: Trace | None = None
        self._panels: dict[tuple[int, Endpoint], Panel] = {}
        self._whole = self._span = Span(start=0, end=SHORTEST_NS)
        self._kind = 0
        self._row = 0
        self._only: Endpoint | None = None  # the endpoint that alone is shown where there is room for both
        self._main = Endpoint.INITIATOR  # the one that is shown where there is room for one

    def compose(self) -> ComposeResult:
        """Lay out which connection, which graphs, the graphs, and what they say of the cursor's segment."""
        yield Static("", id="title", markup=False)
        yield Static("", id="kinds", markup=False)
        with Horizontal(id="plots"):
            for endpoint in Endpoint:
                yield Plot(endpoint, self._glyphs)
        yield Static("Measuring …" if self._glyphs.plot.braille else "Measuring ...", id="caption", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Work out the numbers, which takes a while for a million segments."""
        self.run_worker(partial(self._measure, self._connection, self._segments), thread=True, group="graphs")

    def _measure(self, connection: int, segments: Callable[[], pl.DataFrame]) -> None:
        trace = Trace(segments())
        whole = _whole(trace)
        panels = {
            (at, endpoint): graph.panel(trace, endpoint, whole)
            for at, graph in enumerate(GRAPHS)
            for endpoint in Endpoint
        }
        self.post_message(self.Traced(connection, trace, panels))

    def on_graphs_screen_traced(self, message: Traced) -> None:
        """Show the graph, with the cursor where it was in the ladder."""
        if message.connection != self._connection:
            return
        trace = self._trace = message.trace
        self._panels = message.panels
        self._whole = self._span = _whole(trace)
        sent = [int(trace.payload[trace.by(endpoint)].sum()) for endpoint in Endpoint]
        self._main = Endpoint.RESPONDER if sent[Endpoint.RESPONDER] > sent[Endpoint.INITIATOR] else Endpoint.INITIATOR
        rows = np.flatnonzero(trace.frame == self._frame) if self._frame is not None else np.empty(0, np.int64)
        self._row = int(rows[0]) if len(rows) else 0
        self._show()

    def show(self, connection: int, name: Callable[[int], str], segments: Callable[[], pl.DataFrame]) -> None:
        """Show the same graph of another connection, from its first segment."""
        self._connection, self._title, self._segments = connection, name, segments
        self._frame, self._trace = None, None
        self.query_one("#title", Static).update(name(self.size.width - EDGES))
        self.on_mount()

    def on_resize(self) -> None:
        """Show as many graphs as there is room for."""
        self.query_one("#title", Static).update(self._title(self.size.width - EDGES), layout=False)
        self._show()

    def on_names_changed(self) -> None:
        """Name endpoints anew."""
        self.query_one("#title", Static).update(self._title(self.size.width - EDGES), layout=False)

    @property
    def trace(self) -> Trace | None:
        """The connection's numbers, once they are worked out."""
        return self._trace

    @property
    def row(self) -> int:
        """The segment under the cursor, counted from 0."""
        return self._row

    @property
    def frame(self) -> int | None:
        """The frame of the segment under the cursor."""
        return self._frame if self._trace is None else int(self._trace.frame[self._row])

    @property
    def graph(self) -> Graph:
        """The graph that is shown."""
        return GRAPHS[self._kind]

    # -- showing --------------------------------------------------------------------------------

    def _show(self) -> None:
        self.query_one("#kinds", Static).update(self._kinds(), layout=False)
        trace = self._trace
        if trace is None:
            return
        for plot in self.query(Plot):
            plot.display = plot.endpoint in self._endpoints()
            if plot.display:
                plot.show(
                    self.graph.of.format(*_names(plot.endpoint)),
                    self._panel(plot.endpoint),
                    self._span,
                    int(trace.time[self._row]),
                )
        self.query_one("#caption", Static).update(self._caption(trace), layout=False)

    def _caption(self, trace: Trace) -> str:
        said = f"{heading(trace, self._row)}  {self._row + 1}/{len(trace)}"
        return f"{said}\n{self.graph.caption(trace, self._row, self._span)}"

    def _endpoints(self) -> tuple[Endpoint, ...]:
        if self.size.width >= SIDE_BY_SIDE:
            return tuple(Endpoint) if self._only is None else (self._only,)
        return (self._main,)

    def _panel(self, endpoint: Endpoint) -> Panel:
        if self._trace is not None and self.graph.depends_on_span and self._span != self._whole:
            return self.graph.panel(self._trace, endpoint, self._span)
        return self._panels[self._kind, endpoint]

    def _kinds(self) -> Text:
        text = Text()
        for at, graph in enumerate(GRAPHS):
            name = f"{at + 1} {graph.name}"
            is_shown = at == self._kind
            text.append(f"[{name}]" if is_shown else f" {name} ", Style(bold=True) if is_shown else Style())
        return text

    # -- moving ---------------------------------------------------------------------------------

    def _go(self, row: int) -> None:
        """Put the cursor on a segment; the view follows it."""
        trace = self._trace
        if trace is None:
            return
        self._row = max(0, min(row, len(trace) - 1))
        time = int(trace.time[self._row])
        if not self._span.start <= time <= self._span.end:
            self._look(time - self._span.length // 2, self._span.length)
        self._show()

    def _look(self, start: int, length: int) -> None:
        """Have a part of the time in view, within the whole."""
        length = max(SHORTEST_NS, min(length, self._whole.length))
        start = max(self._whole.start, min(start, self._whole.end - length))
        self._span = Span(start=start, end=start + length)

    def action_step(self, rows: int) -> None:
        """Go some segments on, or back."""
        self._go(self._row + rows)

    def action_page(self, pages: int) -> None:
        """Go to the first segment a tenth of the view later, or to the last so much earlier; by one at least."""
        if self._trace is None:
            return
        times = np.maximum.accumulate(self._trace.time)
        wanted = int(times[self._row]) + pages * self._span.length // PAGE
        if pages > 0:
            self._go(max(int(np.searchsorted(times, wanted, "left")), self._row + 1))
        else:
            self._go(min(int(np.searchsorted(times, wanted, "right")) - 1, self._row - 1))

    def action_first(self) -> None:
        """Go to the first segment."""
        self._go(0)

    def action_last(self) -> None:
        """Go to the last segment."""
        if self._trace is not None:
            self._go(len(self._trace) - 1)

    def action_trouble(self, step: int) -> None:
        """Go to the next segment, or the one before, that tells of trouble."""
        if self._trace is None:
            return
        rows = np.flatnonzero(self._trace.is_trouble)
        ahead = rows[rows > self._row][:1] if step > 0 else rows[rows < self._row][-1:]
        if len(ahead):
            self._go(int(ahead[0]))
        else:
            self.notify("No trouble further on." if step > 0 else "No trouble before.")

    def action_zoom(self, steps: int) -> None:
        """Show half as much, or twice; what is at the cursor stays where it is."""
        if self._trace is None:
            return
        cursor = int(self._trace.time[self._row])
        length = max(SHORTEST_NS, min(round(self._span.length * ZOOM**-steps), self._whole.length))
        share = (cursor - self._span.start) / self._span.length
        self._look(cursor - round(share * length) if 0 <= share <= 1 else cursor - length // 2, length)
        self._show()

    def action_pan(self, step: int) -> None:
        """Show what came earlier, or later; the cursor stays on its segment."""
        self._look(self._span.start + step * self._span.length // 2, self._span.length)
        self._show()

    def action_reset(self) -> None:
        """Show the whole connection."""
        self._span = self._whole
        self._show()

    def action_graph(self, at: int) -> None:
        """Show another graph."""
        self._kind = at
        self._show()

    def action_turn(self, step: int) -> None:
        """Show the next graph, or the one before."""
        self.action_graph((self._kind + step) % len(GRAPHS))

    def action_direction(self) -> None:
        """Show what the other endpoint sent; where there is room, both, then either alone."""
        if self.size.width >= SIDE_BY_SIDE:
            self._only = {None: Endpoint.INITIATOR, Endpoint.INITIATOR: Endpoint.RESPONDER}.get(self._only)
        else:
            self._main = self._main.peer
        self._show()

    def on_plot_pointed(self, message: Plot.Pointed) -> None:
        """Go to the segment that was captured nearest to a time."""
        if self._trace is not None:
            self._go(int(np.abs(self._trace.time - message.time).argmin()))

    def pointed(self) -> "Pointed":
        """Give what can be copied: the connection, and the segment under the cursor."""
        from tcpladder.report.copying import Pointed

        frames = () if self.frame is None else (self.frame,)
        row = "" if self._trace is None else self._caption(self._trace).replace("\n", "  ")
        return Pointed(connections=(self._connection,), frames=frames, row=row)

    def action_neighbour(self, step: int) -> None:
        """Go to the next or the previous connection."""
        self.post_message(self.NeighbourWanted(self._connection, step))

    # -- leaving --------------------------------------------------------------------------------

    def action_choose(self) -> None:
        """Go to the ladder, at the segment under the cursor."""
        self._leave(is_wanted=True)

    def action_back(self) -> None:
        """Go back; a ladder that was open goes to the segment under the cursor."""
        self._leave(is_wanted=False)

    def _leave(self, *, is_wanted: bool) -> None:
        if self.frame is None:  # nothing is known yet
            self.dismiss()
            return
        has_moved = self.frame != self._frame
        self.dismiss(Left(connection=self._connection, frame=self.frame, has_moved=has_moved, is_wanted=is_wanted))


def _names(endpoint: Endpoint) -> tuple[str, str]:
    return endpoint.name.lower(), endpoint.peer.name.lower()


def _whole(trace: Trace) -> Span:
    """Give the time from the earliest segment to the latest."""
    start = int(trace.time.min())
    return Span(start=start, end=max(int(trace.time.max()), start + SHORTEST_NS))


def graphs_of(analysis: Analysis, connection: int, frame: int | None, glyphs: Glyphs, names: Names) -> GraphsScreen:
    """Make the screen of a connection's graphs; `names` are those that users gave to endpoints."""
    return GraphsScreen(connection, *_source(analysis, connection, glyphs, names), frame, glyphs)


def turn_to(screen: GraphsScreen, analysis: Analysis, connection: int, glyphs: Glyphs, names: Names) -> None:
    """Have a screen show the graphs of another connection."""
    screen.show(connection, *_source(analysis, connection, glyphs, names))


def _source(
    analysis: Analysis, connection: int, glyphs: Glyphs, names: Names
) -> tuple[Callable[[int], str], Callable[[], pl.DataFrame]]:
    return (
        lambda width: connection_name(analysis, connection, glyphs, width, names),
        lambda: analysis.segments_of(connection),
    )
