"""The connection list on the screen: a table whose rows are put into words when they come into view."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

import polars as pl
from rich.text import Text
from textual.binding import Binding, BindingType
from textual_fastdatatable import DataTable
from textual_fastdatatable.backend import PolarsBackend

from tcpladder.report.listing import COLUMNS, Column, Listing

PADDING = 2  # a cell's, both sides together
LEAST_ENDPOINT = 12
LONGEST_ENDPOINT = 47  # an IPv6 address in brackets, and a port
FIXED_WIDTHS = {
    "connection": 5,
    "start": 10,
    "initiator_state": 10,
    "responder_state": 10,
    "segments": 6,
    "bytes": 9,
    "duration": 10,
    "first_frame": 8,
}


class ListingBackend(PolarsBackend):
    """Rows of a Listing as cells; nothing is made for rows that nobody looks at."""

    def __init__(self, listing: Listing, table: pl.DataFrame, columns: Sequence[Column], widths: Sequence[int]) -> None:
        super().__init__(table.clone())
        self._listing = listing
        self._shown = columns
        self._cell_widths = list(widths)

    @property
    def column_count(self) -> int:
        """How many columns are shown."""
        return len(self._shown)

    @property
    def columns(self) -> Sequence[str]:
        """The headings of the columns."""
        return [column.heading for column in self._shown]

    @property
    def column_content_widths(self) -> list[int]:
        """The widths that were chosen for the screen."""
        return self._cell_widths

    def get_row_at(self, index: int) -> list[str]:
        """Put a row into words: numbers are set to the right."""
        row = self.data.row(index, named=True)
        endpoint_width = next(
            (width for width, column in zip(self._cell_widths, self._shown, strict=True) if column.key == "initiator"),
            0,
        )
        texts = self._listing.texts(row, self._shown, endpoint_width)
        return [
            text.rjust(width) if column.is_number else text
            for text, width, column in zip(texts, self._cell_widths, self._shown, strict=True)
        ]

    def get_cell_at(self, row_index: int, column_index: int) -> str:
        """Put one cell into words."""
        return self.get_row_at(row_index)[column_index]

    def get_column_at(self, column_index: int) -> list[str]:
        """Put a whole column into words."""
        return [self.get_cell_at(row, column_index) for row in range(self.row_count)]

    def append_rows(self, records: Iterable[Iterable[Any]]) -> list[int]:
        """Refuse: rows come from the capture."""
        raise TypeError("the connection list shows a capture, and takes no rows")


class ConnectionTable(DataTable):
    """The connections of a Listing, a row each, sorted by one column."""

    DEFAULT_CSS = """
    ConnectionTable {
        height: 1fr;
        max-height: 100%;
        background: $background;
        color: $foreground;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 1;
        & > .datatable--header { background: $panel; color: $foreground; text-style: bold; }
        & > .datatable--header-hover { background: $panel-lighten-2; }
        & > .datatable--header-cursor { background: $panel; color: $foreground; }
        & > .datatable--cursor { background: $ladder-cursor; color: $foreground; }
        & > .datatable--hover { background: $boost; }
        & > .datatable--even-row { background: $background; }
        & > .datatable--odd-row { background: $background; }
    }
    ConnectionTable:dark { background: $background; }
    ConnectionTable:dark > .datatable--even-row { background: $background; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Ladder"),
        Binding("j,down", "cursor_down", "Down", show=False),
        Binding("k,up", "cursor_up", "Up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False),
        Binding("g,home", "scroll_home", "First connection", show=False),
        Binding("G,end", "scroll_end", "Last connection", show=False),
        Binding("less_than_sign", "sort_column(-1)", "Sort by the column before", key_display="<", show=False),
        Binding("greater_than_sign", "sort_column(1)", "Sort by the next column", key_display=">"),
        Binding("I", "invert", "Invert the order", show=False),
    ]

    def __init__(self) -> None:
        super().__init__(cursor_type="row", show_row_labels=False, render_markup=False)
        self._listing: Listing | None = None
        self._sort_key = COLUMNS[0].key
        self._is_descending = False

    @property
    def connection(self) -> int | None:
        """The number of the connection under the cursor."""
        return self.connection_at(self.cursor_row)

    def connection_at(self, row: int) -> int | None:
        """Give the number of the connection in a row of the table as it is sorted now."""
        if self.backend is None or not 0 <= row < self.backend.row_count:
            return None
        return int(self.backend.data["connection"][row])

    def numbers(self) -> pl.Series:
        """Give the connections' numbers in the order in which they stand."""
        return pl.Series(dtype=pl.UInt32) if self.backend is None else self.backend.data["connection"]

    def show(self, listing: Listing) -> None:
        """Show a listing; the cursor stays on its connection."""
        self._listing = listing
        self._refill()

    def go_to(self, connection: int) -> bool:
        """Put the cursor on a connection; tell whether it is there."""
        rows = self.numbers()
        found = (rows == connection).arg_max() if len(rows) else None
        if found is None or rows[found] != connection:
            return False
        self.move_cursor(row=found)
        return True

    def on_resize(self) -> None:
        """Choose columns for the new width."""
        self._refill()

    def action_half_page(self, direction: int) -> None:
        """Move the cursor by half of what is in view."""
        self.move_cursor(row=self.cursor_row + direction * max(self.size.height // 2, 1))

    def action_sort_column(self, step: int) -> None:
        """Sort by the column on the right, or on the left, of the one that is sorted by."""
        keys = [column.key for column in self._columns_shown()]
        at = keys.index(self._sort_key) if self._sort_key in keys else 0
        self._sort_key = keys[(at + step) % len(keys)]
        self._refill()

    def action_invert(self) -> None:
        """Turn the order round."""
        self._is_descending = not self._is_descending
        self._refill()

    def on_data_table_header_selected(self, message: DataTable.HeaderSelected) -> None:
        """Sort by the column whose heading was clicked; once more turns the order round."""
        key = self._columns_shown()[message.column_index].key
        self._is_descending = key == self._sort_key and not self._is_descending
        self._sort_key = key
        self._refill()

    def _columns_shown(self) -> list[Column]:
        return [column for column in COLUMNS if self.app.size.width >= column.from_width]

    def _refill(self) -> None:
        if self._listing is None:
            return
        kept = self.connection
        columns = self._columns_shown()
        widths = _widths(columns, self.app.size.width - 1, self._listing)
        table = self._listing.sorted(self._sort_key, is_descending=self._is_descending)
        self.backend = ListingBackend(self._listing, table, columns, widths)
        mark = "▾" if self._is_descending else "▴"
        self._column_labels = [
            _heading(column, width, mark if column.key == self._sort_key else "")
            for column, width in zip(columns, widths, strict=True)
        ]
        self._column_widths = list(widths)
        # What the library would do itself if it let its data be exchanged.
        self._ordered_columns = None
        self._require_update_dimensions = True
        self._update_count += 1
        self._clear_caches()
        if kept is None or not self.go_to(kept):
            self.move_cursor(row=0)
        self.check_idle()
        self.refresh()


def _heading(column: Column, width: int, mark: str) -> str | Text:
    text = f"{column.heading}{mark}"
    return Text(text.rjust(width) if column.is_number else text)


def _widths(columns: Sequence[Column], room: int, listing: Listing) -> list[int]:
    """Give each column its cells; the endpoints share what is left, as far as they need it."""
    fixed = dict(FIXED_WIDTHS, connection=max(4, len(str(len(listing))) + 1))
    taken = sum(fixed.get(column.key, 0) + PADDING for column in columns)
    needed = max((len(address) for address in listing.addresses), default=0) + len("[]:65535")
    share = min(max((room - taken) // 2, LEAST_ENDPOINT), needed, LONGEST_ENDPOINT)
    return [fixed.get(column.key, share) for column in columns]
