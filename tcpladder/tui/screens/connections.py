"""The first screen: the capture's connections, growing while the file is being read."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Footer, ProgressBar, Static
from textual_fastdatatable import DataTable

from tcpladder.analysis import Analysis, Progress
from tcpladder.ladder.notation import byte_count, seconds, state_word
from tcpladder.printable import printable
from tcpladder.report.listing import Listing
from tcpladder.tui.widgets.connection_table import ConnectionTable

PER_MEGABYTE = 1_000_000
WIDE = 140  # columns from which the summary has room for all states


class ConnectionsScreen(Screen[None]):
    """The connection list, with what should be known about the file above it."""

    DEFAULT_CSS = """
    ConnectionsScreen {
        & > #top { height: 1; background: $panel; }
        & #title { width: 1fr; padding: 0 1; text-style: bold; }
        & #read { width: auto; padding: 0 1; }
        & #progress { width: auto; }
        & #progress Bar { width: 16; }
        & #notices { height: auto; max-height: 6; padding: 0 1; color: $text-warning; display: none; }
        & #empty { height: 1fr; padding: 1 2; display: none; }
        & #summary { height: 1; padding: 0 1; background: $panel; }
        &.-noticed #notices { display: block; }
        &.-empty #empty { display: block; }
        &.-empty ConnectionTable { display: none; }
        &.-done #progress { display: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "stop", "Stop reading"),
        Binding("q", "leave", "Quit"),
    ]

    class ReadingStopped(Message):
        """The user wants no more of the file."""

    class ConnectionChosen(Message):
        """A connection's ladder is wanted."""

        def __init__(self, connection: int) -> None:
            super().__init__()
            self.connection = connection

    def __init__(self, name_of_file: str) -> None:
        super().__init__()
        self._file = printable(name_of_file)
        self._analysis: Analysis | None = None
        self._is_final = False

    @property
    def is_read(self) -> bool:
        """Whether reading has ended."""
        return self._is_final

    @property
    def analysis(self) -> Analysis | None:
        """What is known so far."""
        return self._analysis

    def compose(self) -> ComposeResult:
        """Lay out the title with its progress bar, the table and the summary of the cursor's row."""
        with Horizontal(id="top"):
            yield Static(self._file, id="title", markup=False)
            yield Static("", id="read", markup=False)
            yield ProgressBar(id="progress", show_eta=False)
        yield Static("", id="notices", markup=False)
        yield ConnectionTable()
        yield Static("", id="empty", markup=False)
        yield Static("", id="summary", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Begin on the table."""
        self.query_one(ConnectionTable).focus()

    def show_progress(self, progress: Progress) -> None:
        """Show how far reading has come, and the connections when they were grouped anew."""
        self.query_one("#read", Static).update(_words_of(progress))
        self.query_one(ProgressBar).update(total=progress.size or None, progress=progress.position)
        if progress.analysis is not None:
            self._show_analysis(progress.analysis, is_final=progress.is_final)

    def _show_analysis(self, analysis: Analysis, *, is_final: bool) -> None:
        self._analysis, self._is_final = analysis, is_final
        self.set_class(is_final, "-done")
        self.set_class(bool(analysis.notices), "-noticed")
        self.query_one("#notices", Static).update("\n".join(f"▲ {notice.sentence}" for notice in analysis.notices))
        count = len(analysis.connections)
        incomplete = " · incomplete" if analysis.is_incomplete else ""
        self.query_one("#title", Static).update(f"{self._file} · {_count(count, 'connection')}{incomplete}")
        self.set_class(is_final and count == 0, "-empty")
        self.query_one("#empty", Static).update("There is no TCP connection to show. q leaves.")
        self.query_one(ConnectionTable).show(Listing(analysis))
        self._summarise()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to stop reading only while the file is being read."""
        return action != "stop" or not self._is_final

    def action_stop(self) -> None:
        """End the reading; what was read stays."""
        self.post_message(self.ReadingStopped())

    def action_leave(self) -> None:
        """Leave the app."""
        self.app.exit()

    def on_data_table_row_highlighted(self) -> None:
        """Say more about the connection under the cursor."""
        self._summarise()

    def on_data_table_row_selected(self, message: DataTable.RowSelected) -> None:
        """Open the ladder."""
        connection = self.query_one(ConnectionTable).connection_at(message.cursor_row)
        if connection is not None:
            self.post_message(self.ConnectionChosen(connection))

    def _summarise(self) -> None:
        connection = self.query_one(ConnectionTable).connection
        words = ""
        if self._analysis is not None and connection is not None and connection <= len(self._analysis.connections):
            words = _summary(self._analysis, connection, is_wide=self.size.width >= WIDE)
        self.query_one("#summary", Static).update(words)


def _summary(analysis: Analysis, connection: int, *, is_wide: bool) -> str:
    """Say of a connection how much it carried, and which states its endpoints went through: all, or the last two."""
    row = analysis.connections.table.row(connection - 1, named=True)
    payload = byte_count(row["initiator_bytes"] + row["responder_bytes"])
    paths = (
        " ".join(state_word(state) for state in history.states[0 if is_wide else -2 :])
        for history in analysis.histories.of(connection)
    )
    duration = seconds(row["end"] - row["start"], 12)
    return f"#{connection}  {payload} in {duration} s   {'  |  '.join(paths)}"


def _words_of(progress: Progress) -> str:
    segments = _count(progress.segments, "segment")
    if progress.is_final:
        return segments
    read = progress.position / PER_MEGABYTE
    of_size = f" of {progress.size / PER_MEGABYTE:.1f}" if progress.size else ""
    return f"{segments} · read {read:.1f}{of_size} MB"


def _count(number: int, thing: str) -> str:
    return f"{number:,}".replace(",", "\u202f") + f" {thing}{'' if number == 1 else 's'}"
