"""The hosts of a capture: how each fares, what its ports and its backlog show, and what that comes to."""

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tcpladder.ladder.glyphs import Glyphs
from tcpladder.report.host_list import BY_GRAVITY, HostListing, host_details
from tcpladder.report.hosts import Hosts
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tui.widgets.key_bar import KeyBar
from tcpladder.tui.widgets.ladder_detail import LadderDetail
from tcpladder.tui.widgets.rows_table import RowsTable, Sorting


class HostsScreen(Screen[str | None], inherit_bindings=False):
    """The table of hosts, and what is known of the one under the cursor; dismissed with a filter, or with None."""

    DEFAULT_CSS = """
    HostsScreen {
        & > #title {
            height: 1; padding: 0 1; background: $panel; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & > RowsTable { height: 3fr; }
        & > LadderDetail { height: 2fr; border-top: solid $panel-lighten-2; }
        & > LadderDetail:focus { border-top: solid $accent; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "switch_pane", "Pane", tooltip="To the other pane", show=False, id="hosts.pane"),
        Binding("escape,q,H", "back", "Back", tooltip="Back to the list", id="hosts.back"),
    ]

    class Reckoned(Message):
        """The figures are there."""

        def __init__(self, listing: HostListing) -> None:
            super().__init__()
            self.listing = listing

    def __init__(
        self,
        title: str,
        reckon: Callable[[], Hosts],
        glyphs: Glyphs,
        names: Names = NO_NAMES,
        sorting: Sorting | None = None,
    ) -> None:
        """Show what `reckon` gives, which is called in a thread; `sorting` is how the table was when it was left."""
        super().__init__()
        self._title = title
        self._reckon = reckon
        self._glyphs = glyphs
        self._names = names
        self._left = sorting or Sorting(key=BY_GRAVITY)
        self._listing: HostListing | None = None

    @property
    def sorting(self) -> Sorting:
        """How the table is sorted, and where its cursor is."""
        return self.query_one(RowsTable).sorting if self._listing is not None else self._left

    def compose(self) -> ComposeResult:
        """Lay out the table, and what is known of its row below it."""
        yield Static(f"Hosts · {self._title}", id="title", markup=False)
        yield RowsTable(self._glyphs)
        yield LadderDetail()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin to reckon."""
        self.set_focus(self.query_one(RowsTable))
        self.query_one(LadderDetail).show([])
        self.run_worker(self._prepare, thread=True, group="hosts")

    def _prepare(self) -> None:
        """Have ready, in a thread, what takes long where there are a million hosts."""
        listing = HostListing(self._reckon(), self._glyphs.levels, self._names)
        listing.order(self._left.key, is_descending=self._left.is_descending)
        self.post_message(self.Reckoned(listing))

    def on_hosts_screen_reckoned(self, message: Reckoned) -> None:
        """Show the figures, and begin where the table was left."""
        self._listing, hosts = message.listing, message.listing.hosts
        count = int(hosts.table["port"].is_null().sum())
        served = len(hosts) - count
        counted = f"{count} host{'s' * (count != 1)}, {served} served port{'s' * (served != 1)}"
        self.query_one("#title", Static).update(f"Hosts · {self._title} · {counted}")
        self.query_one(RowsTable).show(self._listing, self._left)

    def on_names_changed(self) -> None:
        """Name hosts anew."""
        self.query_one(RowsTable).draw_anew()
        self._tell()

    def on_rows_table_moved(self) -> None:
        """Say what is known of the row under the cursor."""
        self._tell()

    def _tell(self) -> None:
        at = self.query_one(RowsTable).at
        if self._listing is not None and at is not None:
            self.query_one(LadderDetail).show(host_details(self._listing, at))

    def on_rows_table_chosen(self, message: RowsTable.Chosen) -> None:
        """Go back to the list, with the filter that keeps what the row counts."""
        if self._listing is not None:
            self.dismiss(self._listing.filter_of(message.at))

    def action_switch_pane(self) -> None:
        """Go to what is known of the row, to scroll it, or back to the table."""
        table, detail = self.query_one(RowsTable), self.query_one(LadderDetail)
        self.set_focus(detail if self.focused is table else table)

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss(None)
