"""What leads from one screen to the next: who asks for a screen by a message gets it here.

The list is what everybody sees first. The other screens are imported where they are opened, so that it need not wait.
"""

import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App

from tcpladder.capture.merging import Captures
from tcpladder.capture.tshark_binary import Tshark, find_tshark
from tcpladder.errors import TcpladderError
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.rulebook.findings import Finding
from tcpladder.tui.annotating import Annotating
from tcpladder.tui.messages import FollowWanted
from tcpladder.tui.preferences import Preferences
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.wanted import (
    ComparisonWanted,
    ConnectionChosen,
    GraphsWanted,
    RelatedWanted,
    SocketsWanted,
    WhyWanted,
)
from tcpladder.tui.widgets.connection_table import ConnectionTable

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis
    from tcpladder.capture.dissection import Dissector
    from tcpladder.capture.infos import Infos
    from tcpladder.capture.unchanged import Seen
    from tcpladder.ladder.options import LadderOptions
    from tcpladder.ladder.rungs import Ladder
    from tcpladder.stream.conversation import Conversation
    from tcpladder.tui.ladder_messages import OptionsChanged
    from tcpladder.tui.screens.compare import CompareScreen
    from tcpladder.tui.screens.graphs import GraphsScreen, Left
    from tcpladder.tui.screens.ladder import LadderScreen


class Doors(App[None]):
    """The part of the app that opens screens; the rest of it has what they show."""

    preferences: Preferences
    _path: Path
    _captures: Captures
    _tshark: Tshark
    _glyphs: Glyphs
    _connections: ConnectionsScreen
    _annotating: Annotating
    _dissector: "Dissector | None"
    _infos: "Infos | None"
    _ladder_options: "LadderOptions"
    _seen: "Seen | None"

    def on_findings_wanted(self) -> None:
        """Show all findings; what is chosen there opens."""
        from tcpladder.tui.screens.findings import FindingsScreen

        analysis, judgement = self._connections.analysis, self._connections.judgement
        if analysis is not None and judgement is not None:
            self.push_screen(
                FindingsScreen(analysis, judgement, self._glyphs, self.preferences.names), self._open_proof
            )

    def on_why_wanted(self, message: WhyWanted) -> None:
        """Explain findings."""
        from tcpladder.tui.screens.why import WhyScreen

        self.push_screen(WhyScreen(message.findings))

    def _open_proof(self, finding: Finding | None) -> None:
        """Open the ladder of a finding, on the frame that decides."""
        if finding is None:
            return
        connection = finding.connection or next(iter(finding.connections), None)
        if connection is None:
            return
        self._connections.query_one(ConnectionTable).go_to(connection)
        self._open_ladder(connection, next(iter(finding.frames), None))

    def on_related_wanted(self, message: RelatedWanted) -> None:
        """Show the connections that have to do with one; what is chosen there opens."""
        from tcpladder.report.related import pair_words, related
        from tcpladder.tui.screens.related import Found, RelatedScreen

        analysis, judgement, names = self._connections.analysis, self._connections.judgement, self.preferences.names

        def look() -> Found:
            if analysis is None:
                return ()
            judged = judgement if judgement is not None and judgement.is_whole else None
            found = related(analysis, message.connection, judged)
            return [(one.connection, pair_words(analysis, one.connection, names), one.why) for one in found]

        self.push_screen(RelatedScreen(message.connection, look), self._open_other)

    def on_sockets_wanted(self, message: SocketsWanted) -> None:
        """Show the sockets of two hosts at a time; what is chosen there opens."""
        from tcpladder.report.sockets import SocketHistory
        from tcpladder.tui.screens.sockets import SocketsScreen

        analysis, judgement = self._connections.analysis, self._connections.judgement
        if analysis is None or judgement is None or not judgement.is_whole:
            self.notify("Sockets are known when all connections are judged.")
            return
        screen = SocketsScreen(
            lambda: SocketHistory(analysis, judgement),
            analysis.addresses,
            message.connection,
            message.moment,
            self._glyphs,
            self.preferences.names,
        )
        self.push_screen(screen, self._open_other)

    def _open_other(self, connection: int | None) -> None:
        """Open a connection's ladder, in the place of the one that is open."""
        from tcpladder.tui.screens.ladder import LadderScreen

        if connection is None:
            return
        if isinstance(self.screen, LadderScreen):
            self._show_ladder(self.screen, connection)
        else:
            self._connections.query_one(ConnectionTable).go_to(connection)
            self._open_ladder(connection)

    def on_follow_wanted(self, message: FollowWanted) -> None:
        """Show what a connection carried; what is chosen there is shown in its ladder."""
        from tcpladder.tui.screens.follow import FollowScreen

        connection = message.connection
        screen = FollowScreen(
            connection,
            partial(self._follow, connection),
            self._glyphs,
            frame=message.frame,
            names=self.preferences.names,
        )
        self.push_screen(screen, partial(self._back_from_stream, connection))

    def _follow(self, connection: int, cancelled: threading.Event) -> "Conversation | None":
        """Read what a connection carried; for threads."""
        from tcpladder.capture.payloads import PayloadSource
        from tcpladder.stream.conversation import follow

        analysis = self._connections.analysis
        source = PayloadSource(self._path, tshark=self._tshark, seen=self._seen)
        return None if analysis is None else follow(analysis, connection, source, cancelled)

    def _back_from_stream(self, connection: int, frame: int | None) -> None:
        from tcpladder.tui.screens.ladder import LadderScreen

        if frame is not None and not isinstance(self.screen, LadderScreen):
            self._open_ladder(connection, frame)
        else:
            self._back_on_ladder(frame)

    def on_connection_chosen(self, message: ConnectionChosen) -> None:
        """Open the ladder of a connection."""
        self._open_ladder(message.connection)

    def _open_ladder(self, connection: int, frame: int | None = None) -> None:
        """Open the ladder of a connection, at a frame if one is named."""
        from tcpladder.ladder.rungs import ladder_of

        analysis = self._connections.analysis
        if analysis is None:
            return
        ladder = self._named(ladder_of(analysis, connection, self._connections.judgement))
        screen = self._ladder_screen(ladder, analysis)
        self.push_screen(screen, self._back_on_list)
        if frame is not None:
            screen.call_after_refresh(screen.show_frame, frame)

    def on_comparison_wanted(self, message: ComparisonWanted) -> None:
        """Compare two connections."""
        from tcpladder.tui.screens.compare import comparison_of

        analysis = self._connections.analysis
        if analysis is not None:
            judgement = self._connections.judgement
            self.push_screen(
                comparison_of(analysis, judgement, message.connections, self._glyphs, self.preferences.names)
            )

    def on_compare_screen_row_chosen(self, message: "CompareScreen.RowChosen") -> None:
        """Open the ladder of a connection at a packet."""
        self._open_ladder(message.connection, message.frame)

    def _named(self, ladder: "Ladder") -> "Ladder":
        """Have the names of both endpoints above a ladder, and in its rows what was written about them."""
        ladder.name_ends(self.preferences.names)
        return self._annotating.annotated(ladder)

    def on_graphs_wanted(self, message: GraphsWanted) -> None:
        """Show the graphs of a connection."""
        self._open_graphs(message.connection, None)

    def on_ladder_screen_graphs_wanted(self, message: "LadderScreen.GraphsWanted") -> None:
        """Show the graphs of the connection whose ladder is open."""
        self._open_graphs(message.connection, message.frame)

    def _open_graphs(self, connection: int, frame: int | None) -> None:
        from tcpladder.tui.screens.graphs import graphs_of

        analysis = self._connections.analysis
        if analysis is not None:
            self.push_screen(
                graphs_of(analysis, connection, frame, self._glyphs, self.preferences.names), self._back_from_graphs
            )

    def _back_from_graphs(self, left: "Left | None") -> None:
        """Have the ladder at the packet where the graphs were left, if a ladder is open, or wanted."""
        from tcpladder.tui.screens.ladder import LadderScreen

        if left is None:
            return
        if self.screen is self._connections:
            self._connections.query_one(ConnectionTable).go_to(left.connection)
            if left.is_wanted:
                self._open_ladder(left.connection, left.frame)
        elif left.has_moved:
            if isinstance(self.screen, LadderScreen) and self.screen.connection != left.connection:
                self._show_ladder(self.screen, left.connection)
            self._back_on_ladder(left.frame)

    def on_graphs_screen_neighbour_wanted(self, message: "GraphsScreen.NeighbourWanted") -> None:
        """Show the graphs of the connection that comes next in the order of the list."""
        from tcpladder.tui.screens.graphs import GraphsScreen, turn_to

        analysis, connection = self._connections.analysis, self._neighbour(message.connection, message.step)
        if isinstance(self.screen, GraphsScreen) and analysis is not None and connection is not None:
            turn_to(self.screen, analysis, connection, self._glyphs, self.preferences.names)

    def _ladder_screen(self, ladder: "Ladder", analysis: "Analysis") -> "LadderScreen":
        """Make the screen of a ladder, shown as the user chose to have the last one."""
        from tcpladder.capture.infos import Infos
        from tcpladder.tui.screens.ladder import LadderScreen

        self._infos = self._infos or Infos(self._path, self._tshark, self._seen)
        screen = LadderScreen(ladder, len(analysis.connections), self._glyphs, self._ladder_options, self._follow)
        screen.name_payloads(self._infos)
        return screen

    def on_ladder_view_options_changed(self, message: "OptionsChanged") -> None:
        """Keep how the user wants to have ladders."""
        self._ladder_options = message.options

    def on_ladder_screen_neighbour_wanted(self, message: "LadderScreen.NeighbourWanted") -> None:
        """Show the connection that comes next in the order of the list."""
        from tcpladder.tui.screens.ladder import LadderScreen

        screen = self.screen
        if not isinstance(screen, LadderScreen):
            return
        connection = self._neighbour(message.connection, message.step)
        if connection is not None:
            self._show_ladder(screen, connection)

    def _neighbour(self, connection: int, step: int) -> int | None:
        """Give the connection that comes so far after one in the order of the list; None where there is none."""
        numbers = self._connections.query_one(ConnectionTable).numbers()
        at = int((numbers == connection).arg_max() or 0) + step
        return int(numbers[at]) if 0 <= at < len(numbers) else None

    def _show_ladder(self, screen: "LadderScreen", connection: int) -> None:
        """Show another connection's ladder in the place of the one that is open."""
        from tcpladder.ladder.rungs import ladder_of

        analysis = self._connections.analysis
        if analysis is not None:
            ladder = self._named(ladder_of(analysis, connection, self._connections.judgement))
            screen.show(ladder, len(analysis.connections))

    def on_ladder_screen_packet_chosen(self, message: "LadderScreen.PacketChosen") -> None:
        """Open a packet's detail."""
        from tcpladder.tui.ladder_words import describe
        from tcpladder.tui.screens.packet_detail import PacketDetailScreen

        ladder = message.ladder
        try:
            dissector = self._dissector_of_file()
        except TcpladderError as error:
            self.notify(str(error), severity="error")
            return
        screen = PacketDetailScreen(
            frame=ladder.frames[message.row],
            connection=ladder.frames,
            describe=lambda frame: describe(self._named(ladder), frame),
            packets=dissector,
            annotations=self._annotating.annotations,
        )
        self.push_screen(screen, self._back_on_ladder)

    def _dissector_of_file(self) -> "Dissector":
        from tcpladder.capture.dissection import Dissector  # with pyshark: the list is not to wait for it

        if self._dissector is None:
            tshark = find_tshark(self._tshark)
            self._dissector = Dissector(
                self._path, tshark.path, arguments=tshark.arguments, seen=self._seen, files=self._captures.files
            )
        return self._dissector

    def _back_on_list(self, connection: int | None) -> None:
        if connection is not None:
            self._connections.query_one(ConnectionTable).go_to(connection)

    def _back_on_ladder(self, frame: int | None) -> None:
        from tcpladder.tui.screens.ladder import LadderScreen

        if frame is not None and isinstance(self.screen, LadderScreen):
            self.screen.show_frame(frame)

    def _show_place(self, connection: int, frame: int | None) -> None:
        """Put the cursor on a connection in the list, or on a packet in its ladder, or on what is before the first."""
        from tcpladder.tui.screens.ladder import LadderScreen

        screen = self.screen
        if isinstance(screen, LadderScreen):
            if screen.connection != connection:
                self._show_ladder(screen, connection)
            screen.show_frame(frame)
        elif frame is not None:
            self._open_ladder(connection, frame)
        elif not self._connections.query_one(ConnectionTable).go_to(connection):
            self.notify(f"The filter leaves out connection {connection}.")
