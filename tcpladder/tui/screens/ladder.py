"""The second screen: one connection's ladder."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

import polars as pl
from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tcpladder.annotations.document import Place, Subject
from tcpladder.annotations.sidecar import Annotations
from tcpladder.capture.infos import Infos
from tcpladder.ladder.comparison import compared
from tcpladder.ladder.details import details
from tcpladder.ladder.folding import LEAST_RUN, Kind, Row
from tcpladder.ladder.glyphs import ASCII, Glyphs
from tcpladder.ladder.options import LadderOptions
from tcpladder.ladder.reasons import reasons
from tcpladder.ladder.rungs import Ladder
from tcpladder.tui.finding_text import Finds
from tcpladder.tui.info_asking import InfoAsking
from tcpladder.tui.keys import key_of
from tcpladder.tui.ladder_finding import Follow, ladder_finder
from tcpladder.tui.ladder_messages import ComparisonWanted, Moved, OptionsChanged, Selected
from tcpladder.tui.ladder_words import since_reference, status
from tcpladder.tui.messages import FollowWanted, NamesChanged
from tcpladder.tui.screens.comparison import ComparisonScreen
from tcpladder.tui.screens.go_to import GoToScreen
from tcpladder.tui.screens.why import WhyScreen
from tcpladder.tui.wanted import RelatedWanted, SocketsWanted
from tcpladder.tui.widgets.find_line import FindLine
from tcpladder.tui.widgets.key_bar import KeyBar
from tcpladder.tui.widgets.ladder_detail import LadderDetail
from tcpladder.tui.widgets.ladder_keys import SCREEN_KEYS
from tcpladder.tui.widgets.ladder_view import LadderView

if TYPE_CHECKING:
    from tcpladder.report.copying import Pointed

WIDE = 140  # columns from which the explanation has a place beside the ladder
WIDER = 160


class LadderScreen(Finds, Screen[int], inherit_bindings=False):
    """A ladder and a line about its cursor's row; what it is dismissed with is the connection shown last."""

    DEFAULT_CSS = """
    LadderScreen {
        & > #panes { height: 1fr; layout: vertical; }
        & LadderView { height: 3fr; width: 1fr; }
        & LadderDetail { display: none; height: 2fr; width: 1fr; border-top: solid $panel-lighten-2; }
        & LadderDetail:focus { border-top: solid $accent; }
        &.-explained LadderDetail { display: block; }
        &.-wide #panes, &.-wider #panes { layout: horizontal; }
        &.-wide LadderView, &.-wider LadderView { height: 1fr; }
        &.-wide LadderDetail, &.-wider LadderDetail {
            height: 1fr; width: 40; border-top: none; border-left: solid $panel-lighten-2;
        }
        &.-wide LadderDetail:focus, &.-wider LadderDetail:focus { border-left: solid $accent; }
        &.-wider LadderDetail { width: 60; }
        &.-zoomed #panes { layout: vertical; }
        &.-zoomed LadderView { height: 7; }
        &.-zoomed LadderDetail {
            display: block; height: 1fr; width: 1fr; border-left: none; border-top: solid $panel-lighten-2;
        }
        & > #finding {
            height: 1; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; display: none;
        }
        &.-found #finding { display: block; }
        & > #status {
            height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis;
        }
    }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (WIDE, "-wide"), (WIDER, "-wider")]  # noqa: RUF012 - as in Textual

    BINDINGS: ClassVar[list[BindingType]] = SCREEN_KEYS

    class NeighbourWanted(Message):
        """The next connection in the order of the list is wanted, or the one before."""

        def __init__(self, connection: int, step: int) -> None:
            super().__init__()
            self.connection = connection
            self.step = step

    class PacketChosen(Message):
        """A packet's detail is wanted."""

        def __init__(self, ladder: Ladder, row: int) -> None:
            super().__init__()
            self.ladder = ladder
            self.row = row

    class GraphsWanted(Message):
        """The graphs of the connection are wanted, at a packet."""

        def __init__(self, connection: int, frame: int) -> None:
            super().__init__()
            self.connection = connection
            self.frame = frame

    def __init__(
        self,
        ladder: Ladder,
        total: int,
        glyphs: Glyphs,
        options: LadderOptions | None = None,
        follow: Follow | None = None,
    ) -> None:
        """Show a ladder of a capture with `total` connections, in the way that `options` say.

        `follow` gives what a connection carried.
        """
        super().__init__()
        self.finder = ladder_finder(self, lambda: self._ladder, follow)
        self._ladder = ladder
        self._glyphs = glyphs
        self._view = LadderView(ladder, total, glyphs, options or LadderOptions())
        self._detail = LadderDetail()
        self._is_explaining = False
        self._asking = InfoAsking(None, self)

    def name_payloads(self, infos: Infos) -> None:
        """Have the payloads in view named, as soon as it is known what they are."""
        self._asking = InfoAsking(infos, self)
        self._view.info_of = self._asking.known

    def compose(self) -> ComposeResult:
        """Lay out the ladder, the status line and the key bar."""
        with Container(id="panes"):
            yield self._view
            yield self._detail
        yield Static("", id="finding", markup=False)
        yield FindLine()
        yield Static("", id="status", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin on the ladder."""
        self.set_class(bool(self._ladder.findings), "-found")
        self.set_focus(self._view)  # at once: keys may wait already

    def on_unmount(self) -> None:
        """Leave no search and no tshark behind."""
        self.finder.stop()
        self._asking.leave()

    def _payloads_in_view(self) -> tuple[pl.DataFrame, list[int]]:
        lengths = self._ladder.column("payload_length")
        return self._ladder.segments, [row for row in self._view.in_view() if lengths[row]]

    def on_ladder_view_scrolled(self) -> None:
        """Ask what the payloads are that have come into view."""
        self._asking.soon(self._payloads_in_view)

    def on_infos_came(self) -> None:
        """Show what the payloads in view are."""
        self._view.draw_anew()
        self._explain_soon()

    def on_key(self, event: events.Key) -> None:
        """Keep digits that were typed before the ladder had the focus."""
        if self.focused is None:
            self._view.press(event.key)

    def on_resize(self) -> None:
        """Explain rows where there is room, or where the user wants it."""
        self._explain()

    def _explain(self) -> None:
        wanted = self._view.options.details
        self.set_class(self.size.width >= WIDE if wanted is None else wanted, "-explained")
        self._explain_soon()

    @property
    def is_explained(self) -> bool:
        """Whether the explanation of the row is on the screen."""
        return self.has_class("-explained") or self.has_class("-zoomed")

    def _explain_soon(self) -> None:
        """Explain the cursor's row once what it changed is painted: moves that came meanwhile cost nothing more."""
        if self.is_explained and not self._is_explaining:
            self._is_explaining = self.call_after_refresh(self._explain_row)

    def _explain_row(self) -> None:
        self._is_explaining = False
        segment = self._view.segment
        info = "" if segment is None else self._asking.known(self._ladder.frames[segment])
        self._detail.show(details(self._ladder, self._view.row, self._glyphs, info))

    def action_details(self) -> None:
        """Show the explanation of the row, or hide it."""
        is_shown = not self.is_explained
        self.remove_class("-zoomed")
        self._view.choose(replace(self._view.options, details=is_shown), "details" if is_shown else "no details")
        self._explain()
        if not is_shown:
            self.set_focus(self._view)

    def action_zoom(self) -> None:
        """Give the explanation most of the screen, or no more than its place."""
        self.toggle_class("-zoomed")
        self._explain_soon()
        if not self.is_explained:
            self.set_focus(self._view)

    def action_switch_pane(self) -> None:
        """Go to the explanation, to scroll it, or back to the ladder."""
        to_details = self.is_explained and self.focused is self._view
        self.set_focus(self._detail if to_details else self._view)

    def show(self, ladder: Ladder, total: int) -> None:
        """Show another connection's ladder."""
        self._ladder = ladder
        self.set_class(bool(ladder.findings), "-found")
        self._view.show(ladder, total)
        self.finder.again()

    @property
    def connection(self) -> int:
        """The number of the connection that is shown."""
        return self._ladder.heading.connection

    def on_names_changed(self, message: NamesChanged) -> None:
        """Name both endpoints anew."""
        self._ladder.name_ends(message.names)
        self._view.draw_anew()

    def judge(self, ladder: Ladder) -> None:
        """Show the same connection's ladder, now that it is judged."""
        self._ladder = ladder
        self.set_class(bool(ladder.findings), "-found")
        self._view.judge(ladder)
        self.refresh_bindings()

    def place(self) -> Place:
        """Give the packet under the cursor as annotations name it, or the connection before the first."""
        segment = self._view.segment
        return self._ladder.place if segment is None else Place(Subject.PACKET, self._ladder.frames[segment])

    def show_annotations(self, annotations: Annotations) -> None:
        """Show the same ladder with what is written about it by now."""
        self.judge(self._ladder.annotated(annotations))

    def show_frame(self, frame: int | None) -> None:
        """Put the cursor on a packet of this connection, or before the first."""
        if frame is None:
            self._view.action_first()
            return
        segment = self._ladder.frames.row_of(frame)
        if segment is not None:
            self._view.go_to(segment)

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss(self._ladder.heading.connection)

    def action_neighbour(self, step: int) -> None:
        """Go to the next or the previous connection."""
        self.post_message(self.NeighbourWanted(self._ladder.heading.connection, step))

    def action_related(self) -> None:
        """Show what has to do with the connection."""
        self.post_message(RelatedWanted(self.connection))

    def action_sockets(self) -> None:
        """Show the sockets that both hosts had at the time of the row under the cursor."""
        time = int(self._ladder.column("time")[self._view.segment or 0])
        self.post_message(SocketsWanted(self.connection, time))

    def action_graphs(self) -> None:
        """Show the graphs of the connection, at the packet under the cursor."""
        frame = self._ladder.frames[self._view.segment or 0]
        self.post_message(self.GraphsWanted(self.connection, frame))

    def action_go_to_packet(self) -> None:
        """Ask for a packet's number, and go there."""
        self.app.push_screen(GoToScreen("Go to packet number:"), self._go_to)

    def _go_to(self, frame: int | None) -> None:
        if frame is None:
            return
        if frame not in self._ladder.frames:
            first, last = self._ladder.frames[0], self._ladder.frames[-1]
            self.notify(f"This connection has no packet {frame}; its packets are between {first} and {last}.")
            return
        self.show_frame(frame)

    def pointed(self) -> "Pointed":
        """Give what can be copied: the connection, and the row under the cursor."""
        from tcpladder.report.copying import Pointed

        row = self._view.row
        frames = (self._ladder.frames[row.first],) if row is not None and row.kind is Kind.SEGMENT else ()
        return Pointed(connections=(self.connection,), frames=frames, row=self._view.row_text)

    def on_ladder_view_moved(self, message: Moved) -> None:
        """Say more about the row under the cursor."""
        self._tell_status(message.row)
        self._explain_soon()
        self._asking.soon(self._payloads_in_view)
        self.query_one("#finding", Static).update(self._finding(message.row), layout=False)

    def _tell_status(self, row: Row | None, told: str = "") -> None:
        """Say where the cursor is, how far from the reference; or what was just chosen."""
        words = status(self._ladder, row)
        since = since_reference(self._ladder, self._view.reference, row)
        self.query_one("#status", Static).update(
            "   ".join(part for part in (told, since, words) if part), layout=False
        )

    def on_ladder_view_options_changed(self, message: OptionsChanged) -> None:
        """Say what was chosen; the app, which gets it too, keeps it for the next ladder."""
        self._tell_status(self._view.row, f"[{message.told}]")

    def on_ladder_view_reference_set(self) -> None:
        """Say it."""
        is_set = self._view.reference is not None
        key = partial(key_of, self.app, LadderView)
        self._tell_status(
            self._view.row,
            f"[reference set: {key('ladder.time')} tells times from it, {key('ladder.reference')} elsewhere compares]"
            if is_set
            else "[no reference]",
        )

    def on_ladder_view_comparison_wanted(self, message: ComparisonWanted) -> None:
        """Compare two packets."""
        comparison = compared(self._ladder, message.reference, message.segment)
        self.app.push_screen(ComparisonScreen(comparison, is_ascii=self._glyphs is ASCII))

    def on_ladder_view_nothing_to_fold(self) -> None:
        """Say what could be folded."""
        self.notify(f"Nothing to fold here: a run is {LEAST_RUN} segments or more of which none has anything to say.")

    def _finding(self, row: Row | None) -> str:
        """Say the gravest finding that a row is a proof of; elsewhere how many the connection has."""
        proven = self._ladder.rung(row.first).proves if row is not None and row.kind is Kind.SEGMENT else ()
        if proven:
            more = f" (+{len(proven) - 1})" if len(proven) > 1 else ""
            return f"{self._glyphs.levels[proven[0].level.word]}{more} {proven[0].message}"
        signs = [self._glyphs.levels[finding.level.word] for finding in self._ladder.findings]
        counts = " ".join(f"{sign}{signs.count(sign)}" for sign in dict.fromkeys(signs))
        key = partial(key_of, self.app)
        after, before = key(LadderView, "ladder.next_finding"), key(LadderView, "ladder.previous_finding")
        why = key(LadderScreen, "ladder.findings")
        return f"{counts} in this connection: {after} and {before} go to them, {why} explains them"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer the findings where there are some, and to close the find line where it is open."""
        if action == "close_find":
            return self.finder.is_open
        return bool(self._ladder.findings) if action == "findings" else True

    def action_why(self) -> None:
        """Explain the states of the row under the cursor, and the findings that it proves."""
        row = self._view.segment
        states = reasons(self._ladder, -1 if row is None else row)
        if row is None:
            self.app.push_screen(WhyScreen((), title="Before the first segment", states=states))
            return
        rung = self._ladder.rung(row)
        labelled = (f"The segment: {', '.join(rung.labels)}.",) if rung.labels else ()
        self.app.push_screen(WhyScreen(rung.proves, title=f"no.{rung.frame}", states=(*states, *labelled)))

    def action_follow(self) -> None:
        """Show what the connection carried, from the row under the cursor on."""
        self.post_message(FollowWanted(self.connection, self._ladder.frames[self._view.segment or 0]))

    def action_findings(self) -> None:
        """Explain all findings of the connection."""
        self.app.push_screen(WhyScreen(self._ladder.findings, title="Findings"))

    def on_ladder_view_selected(self, message: Selected) -> None:
        """Open the packet's detail."""
        self.post_message(self.PacketChosen(self._ladder, message.row))
