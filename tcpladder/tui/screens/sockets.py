"""The sockets that hosts must have had at a time, from change to change."""

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tcpladder.ladder.glyphs import Glyphs
from tcpladder.packets.addresses import AddressBook
from tcpladder.printable import printable
from tcpladder.report.socket_list import BY_STATE, SocketListing, time_words
from tcpladder.report.sockets import SocketHistory
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tui.widgets.key_bar import KeyBar
from tcpladder.tui.widgets.rows_table import RowsTable, Sorting

CHANGES = Binding.Group("Change", compact=True)


class SocketsScreen(Screen[int | None], inherit_bindings=False):
    """Sockets at a time; dismissed with the number of the connection whose ladder is wanted, or with None."""

    DEFAULT_CSS = """
    SocketsScreen {
        & > #title {
            height: 1; padding: 0 1; background: $panel; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & > #counts { height: 3; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        &.-everybody > #counts { height: 6; }
        & > RowsTable { height: 1fr; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "[", "change(-1)", "Previous", tooltip="Previous change of a state", group=CHANGES, id="sockets.before"
        ),
        Binding("]", "change(1)", "Next", tooltip="Next change of a state", group=CHANGES, id="sockets.after"),
        Binding("a", "everybody", "Hosts", tooltip="Of all hosts, or of these two", id="sockets.everybody"),
        Binding("escape,q,O", "back", "Back", tooltip="Back to where you were", id="sockets.back"),
    ]

    class Known(Message):
        """The sockets at a time are known."""

        def __init__(self, history: SocketHistory, listing: SocketListing, *, is_everybody: bool) -> None:
            super().__init__()
            self.history = history
            self.listing = listing
            self.is_everybody = is_everybody

    def __init__(  # noqa: PLR0913 - what there is, where to begin, and how to draw it
        self,
        make: Callable[[], SocketHistory],
        addresses: AddressBook,
        connection: int,
        time: int,
        glyphs: Glyphs,
        names: Names = NO_NAMES,
    ) -> None:
        """Show the sockets of a connection's hosts at a `time` (ns); `make` is called in a thread."""
        super().__init__()
        self._make = make
        self._addresses = addresses
        self._connection = connection
        self._time = time
        self._glyphs = glyphs
        self._names = names
        self._is_everybody = False
        self._history: SocketHistory | None = None
        self._listing: SocketListing | None = None
        self._steps = 0  # that were asked for while others are looked up
        self._is_looking = False

    def compose(self) -> ComposeResult:
        """Lay out the counts, and the sockets below them."""
        yield Static("Open sockets", id="title", markup=False)
        yield Static("Looking …", id="counts", markup=False)
        yield RowsTable(self._glyphs)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin to look."""
        self.set_focus(self.query_one(RowsTable))
        self.app.theme_changed_signal.subscribe(self, lambda _: self._tell())
        self._look()

    def _look(self) -> None:
        """Find, in a thread, the sockets as many changes of a state away as were asked for."""
        if self._is_looking:
            return
        self._is_looking = True
        steps, self._steps = self._steps, 0
        time, known, is_everybody = self._time, self._history, self._is_everybody

        def look() -> None:
            history = known or self._make()
            hosts = None if is_everybody else history.hosts_of(self._connection)
            at = time
            for _ in range(abs(steps)):
                at = history.change(at, steps, hosts) or at
            listing = SocketListing(history.at(at, hosts), self._addresses, self._names)
            self.post_message(self.Known(history, listing, is_everybody=is_everybody))

        self.run_worker(look, thread=True, group="sockets")

    def on_sockets_screen_known(self, message: Known) -> None:
        """Show them, with the cursor on the same line."""
        self._is_looking = False
        self._history, self._listing = message.history, message.listing
        self._time = message.listing.sockets.time
        table = self.query_one(RowsTable)
        line = table.cursor_row
        sorting = table.sorting if table.sorting.key else Sorting(key=BY_STATE, is_descending=False)
        table.show(self._listing, Sorting(key=sorting.key, is_descending=sorting.is_descending))
        table.action_move(line)
        self._tell()
        if self._steps or message.is_everybody != self._is_everybody:  # something was asked for meanwhile
            self._look()

    def on_names_changed(self) -> None:
        """Name endpoints anew."""
        self.query_one(RowsTable).draw_anew()
        self._tell()

    def _tell(self) -> None:
        """Say at which time it is, and count the sockets of each host."""
        if self._listing is None or self._history is None:
            return
        number = len(self._listing)
        when = time_words(self._listing.sockets, self._history.begin, self._history.end)
        whose = "all hosts" if self._is_everybody else f"the hosts of connection {self._connection}"
        self.query_one("#title", Static).update(
            f"Open sockets · {when} · {number} socket{'s' * (number != 1)} · {whose}"
        )
        counts = Text(overflow="ellipsis", no_wrap=True)
        quiet = self.app.theme_variables["ladder-quiet"]
        styles = {"title": "bold", "note": quiet}
        for line in self._listing.summary():
            for span in line:
                counts.append(printable(span.text), styles.get(span.token, ""))
            counts.append("\n")
        self.query_one("#counts", Static).update(counts)

    def action_change(self, step: int) -> None:
        """Go to the time of the next change of a state, or of the one before."""
        self._steps += step
        self._look()

    def action_everybody(self) -> None:
        """Show the sockets of all hosts, or of the two."""
        self._is_everybody = not self._is_everybody
        self.set_class(self._is_everybody, "-everybody")
        self._look()

    def on_rows_table_chosen(self, message: RowsTable.Chosen) -> None:
        """Open the ladder of the connection that the socket is of."""
        connection = self._listing.connection(message.at) if self._listing is not None else None
        if connection is None:
            self.notify("A socket that listens has no connection.")
        else:
            self.dismiss(connection)

    def action_back(self) -> None:
        """Go back."""
        self.dismiss(None)
