"""The connection list on the screen: a table whose rows are put into words when they come into view."""

from collections.abc import Sequence
from typing import ClassVar

import polars as pl
from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual_fastdatatable import DataTable

from tcpladder.ladder.glyphs import PHASES
from tcpladder.ladder.notation import endpoint
from tcpladder.report.listing import COLUMNS, Column, Listing
from tcpladder.tui.keys import Count
from tcpladder.tui.widgets.listing_backend import LEVELS, STATE_COLUMNS, ListingBackend

PADDING = 2  # a cell's, both sides together
SCROLL_BAR = 1
LEAST_ENDPOINT = 12
ENDPOINT = 21  # an IPv4 address and a port: further columns are not to cost an endpoint any of it
STATE = 10
MARK = 1  # the triangle that shows which column is sorted by
ENDPOINT_COLUMNS = ("initiator", "responder")
WORD_COLUMNS = ("ending", "history", "finding")  # as wide as their longest word, at most:
LONGEST_WORD = 32
LEAST_FINDING = 12  # cells for the rule of the gravest finding; it takes what is left over, up to its longest
WITH_WHOLE_FINDINGS = 150  # from this width on other columns go before a rule is cut
ELLIPSIS = "…"


def phase_class(phase: str) -> str:
    """Give the CSS component class of a phase of PHASES, or of a finding's level."""
    return f"connections--{phase}"


SORTING = Binding.Group("Sort", compact=True)


class ConnectionTable(DataTable, inherit_bindings=False):
    """The connections of a Listing, a row each, sorted by one column."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {phase_class(phase) for phase in (*PHASES.values(), *LEVELS)}

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
        & > .connections--unknown { color: $ladder-quiet; }
        & > .connections--closed { color: $ladder-quiet; }
        & > .connections--opening { color: $ladder-opening; }
        & > .connections--established { color: $ladder-established; }
        & > .connections--closing { color: $ladder-closing; }
        & > .connections--time-wait { color: $ladder-closing; }
        & > .connections--violation { color: $level-violation; }
        & > .connections--deviation { color: $level-deviation; }
        & > .connections--note { color: $level-note; }
    }
    ConnectionTable:dark { background: $background; }
    ConnectionTable:dark > .datatable--even-row { background: $background; }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", "Ladder", tooltip="Open the connection's ladder", id="list.open"),
        Binding(
            "<", "sort_column(-1)", "Left", tooltip="Sort by the column to the left", group=SORTING, id="list.sort_left"
        ),
        Binding(
            ">",
            "sort_column(1)",
            "Right",
            tooltip="Sort by the column to the right",
            group=SORTING,
            id="list.sort_right",
        ),
        Binding("I", "invert", "Invert", tooltip="Invert the order", show=False, id="list.invert"),
        Binding("[", "finding(-1)", "Previous connection with a finding", show=False, id="list.previous_finding"),
        Binding("]", "finding(1)", "Next connection with a finding", show=False, id="list.next_finding"),
        Binding("j,down", "cursor_down", "Down", show=False, id="list.down"),
        Binding("k,up", "cursor_up", "Up", show=False, id="list.up"),
        Binding("pagedown", "page_down", "Page down", show=False, id="list.page_down"),
        Binding("pageup", "page_up", "Page up", show=False, id="list.page_up"),
        Binding("ctrl+d", "half_page(1)", "Half a page down", show=False, id="list.half_page_down"),
        Binding("ctrl+u", "half_page(-1)", "Half a page up", show=False, id="list.half_page_up"),
        Binding("g,home", "scroll_home", "First connection", show=False, id="list.first"),
        Binding("G,end", "last", "Last connection; 12G goes to connection 12", show=False, id="list.last"),
        Binding(
            "left", "scroll_left", "Scroll to the left, where columns have no room", show=False, id="list.scroll_left"
        ),
        Binding(
            "right",
            "scroll_right",
            "Scroll to the right, where columns have no room",
            show=False,
            id="list.scroll_right",
        ),
    ]

    def __init__(self) -> None:
        super().__init__(
            cursor_type="row", show_row_labels=False, render_markup=False, cursor_foreground_priority="renderable"
        )
        self._listing: Listing | None = None
        self._sort_key = "connection"
        self._is_descending = False
        self._is_sorted_by_user = False
        self._sorted: pl.DataFrame | None = None
        self._shown: list[Column] = []
        self._needed: dict[str, int] = {}
        self._longest_endpoint = 0
        self._count = Count(taken_by="G")
        self._wanted: int | None = None  # a connection that was asked for while it was not read yet
        self._is_placed = False  # the cursor was sent to a connection: the list's head may be elsewhere

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
        """Show a listing; the cursor stays on its connection.

        One that is judged begins with the gravest findings, and so does a cursor that was not moved yet.
        """
        goes_to_top = listing.is_judged and not self._is_sorted_by_user and not self.cursor_row and not self._is_placed
        if listing.is_judged and not self._is_sorted_by_user:
            self._sort_key = "level"
        if self._listing is None or listing.whole is not self._listing.whole:
            self._measure_listing(listing.whole)  # of all, so that columns stay where they are while one filters
        self._listing = listing
        self._sort()
        if goes_to_top:
            self.move_cursor(row=0)
        if self._wanted is not None:
            self._go_to_wanted(self._wanted)

    def go_to(self, connection: int) -> bool:
        """Put the cursor on a connection, where it stays; tell whether it is there."""
        self._is_placed = True
        return self._find(connection)

    def _find(self, connection: int) -> bool:
        rows = self.numbers()
        found = (rows == connection).arg_max() if len(rows) else None
        if found is None or rows[found] != connection:
            return False
        self.move_cursor(row=found)
        return True

    def on_resize(self) -> None:
        """Choose columns for the new width."""
        self._refill()
        self.call_after_refresh(self._scroll_cursor_into_view)

    def notify_style_update(self) -> None:
        """Show the rows in the new theme's colours."""
        super().notify_style_update()
        super(DataTable, self).notify_style_update()  # the library leaves this out, and keeps the old colours
        self._refill()

    def on_key(self, event: events.Key) -> None:
        """Keep the digits of a number that is typed."""
        self._wanted = None
        if self.press(event.key):
            event.stop()

    def press(self, key: str) -> bool:
        """Take note of a key for the number that is typed; tell whether it was a digit."""
        return self._count.press(key)

    def on_click(self, event: events.Click) -> None:
        """Choose the connection that is double-clicked; the cursor has gone there with the first click."""
        if event.chain >= 2 and event.style.meta.get("row", -1) >= 0:
            self.action_select_cursor()

    def action_last(self) -> None:
        """Go to the last row, or to the connection whose number was typed."""
        count = self._count.take()
        if count is None:
            self.action_scroll_end()
        else:
            self._go_to_wanted(max(count, 1))

    def _go_to_wanted(self, connection: int) -> None:
        """Go to a connection: where it is beyond the last, to the last, and on while more of them are being read."""
        known = 0 if self._listing is None else len(self._listing.whole)
        is_whole = self._listing is not None and self._listing.is_judged
        self._wanted = None if is_whole or connection <= known else connection
        shown = self.numbers()
        following = shown.filter(shown >= min(connection, known))
        nearest = following.min() if len(following) else shown.max()  # where a filter leaves out the one that is meant
        if nearest is not None:
            self.go_to(int(nearest))  # type: ignore[arg-type] # the numbers' own type

    def action_half_page(self, direction: int) -> None:
        """Move the cursor by half of what is in view."""
        self.move_cursor(row=self.cursor_row + direction * max(self.size.height // 2, 1))

    def action_sort_column(self, step: int) -> None:
        """Sort by the column on the right, or on the left, of the one that is sorted by."""
        keys = [column.key for column in self._shown]
        at = keys.index(self._sort_key) if self._sort_key in keys else 0
        self._sort_key = keys[(at + step) % len(keys)]
        self._is_sorted_by_user = True
        self._resort()

    def action_invert(self) -> None:
        """Turn the order round."""
        self._is_descending = not self._is_descending
        self._is_sorted_by_user = True
        self._resort()

    def action_finding(self, direction: int) -> None:
        """Go to the next connection, or the one before, about which there is a finding."""
        if self.backend is None:
            return
        found = (self.backend.data["gravity"] < len(LEVELS)).arg_true()
        ahead = found.filter(found > self.cursor_row) if direction > 0 else found.filter(found < self.cursor_row)
        if len(ahead):
            self.move_cursor(row=int(ahead[0] if direction > 0 else ahead[-1]))

    def on_data_table_header_selected(self, message: DataTable.HeaderSelected) -> None:
        """Sort by the column whose heading was clicked; once more turns the order round."""
        key = self._shown[message.column_index].key
        self._is_descending = key == self._sort_key and not self._is_descending
        self._sort_key = key
        self._is_sorted_by_user = True
        self._resort()

    def _measure_listing(self, listing: Listing) -> None:
        """Find how many cells each column needs for its longest entry, endpoints excepted."""
        columns = [column for column in COLUMNS if column.key not in ENDPOINT_COLUMNS]
        longest = [STATE if column.key in STATE_COLUMNS else 0 for column in columns]
        for row in (listing.table.min(), listing.table.max()) if len(listing) else ():
            texts = listing.texts(row.row(0, named=True), columns)
            longest = [
                max(length, len(text)) if column.is_number else length
                for length, text, column in zip(longest, texts, columns, strict=True)
            ]
        self._needed = {
            column.key: max(length, len(column.heading) + MARK) for length, column in zip(longest, columns, strict=True)
        }
        for key in WORD_COLUMNS:
            word = listing.table.select(pl.col(key).str.len_chars().max()).item() or 0
            self._needed[key] = max(self._needed[key], min(word, LONGEST_WORD))
        self._longest_endpoint = max((len(endpoint(address, 65535)) for address in listing.addresses), default=0)

    def _choose_columns(self) -> list[Column]:
        """Leave out what there is no room for, from the least important on."""
        shown = [column for column in COLUMNS if self.app.size.width >= column.from_width]
        while self._room(shown) < 2 * min(self._longest_endpoint, ENDPOINT):
            least = max(shown, key=lambda column: column.from_width)
            if not least.from_width:
                break
            shown.remove(least)
        return shown

    def _room(self, columns: Sequence[Column]) -> int:
        """Tell how many cells are left for both endpoints beside the other columns."""
        taken = sum(self._need(column) + PADDING for column in columns if column.key not in ENDPOINT_COLUMNS)
        taken += len(ENDPOINT_COLUMNS) * PADDING
        return self.app.size.width - SCROLL_BAR - taken

    def _widths(self, columns: Sequence[Column]) -> list[int]:
        """Give each column its cells; the endpoints share what is left, as far as they need it."""
        room = self._room(columns)
        share = min(max(room // 2, LEAST_ENDPOINT), self._longest_endpoint)
        spare = max(room - 2 * share, 0)
        return [
            share
            if column.key in ENDPOINT_COLUMNS
            else min(self._need(column) + spare, self._needed[column.key])
            if column.key == "finding"
            else self._need(column)
            for column in columns
        ]

    def _need(self, column: Column) -> int:
        """Tell how many cells a column other than the endpoints has at least."""
        needed = self._needed[column.key]
        is_cut = column.key == "finding" and self.app.size.width < WITH_WHOLE_FINDINGS
        return min(needed, LEAST_FINDING) if is_cut else needed

    def _refill(self) -> None:
        if self._listing is None or self._sorted is None:
            return
        kept = self.connection
        columns = self._shown = self._choose_columns()
        widths = self._widths(columns)
        self.backend = ListingBackend(self._listing, self._sorted, columns, widths, self._phase_style)
        mark = "▾" if self._is_descending else "▴"
        self._column_labels = [
            _heading(column, width, mark if column.key == self._sort_key else "")
            for column, width in zip(columns, widths, strict=True)
        ]
        self._column_widths = list(widths)
        # What the library would do itself if it let its data be exchanged.
        self._ordered_columns = None
        self._update_count += 1
        self._clear_caches()
        self._update_dimensions(())
        self._keep_on(kept)
        self.refresh()

    def _sort(self) -> None:
        if self._listing is not None:
            self._sorted = self._listing.sorted(self._sort_key, is_descending=self._is_descending)
            self._refill()

    def _resort(self) -> None:
        """Sort at the user's wish: the cursor stays on its connection, and the list's head is shown if both fit."""
        self._sort()
        if self.cursor_row < self.scrollable_content_region.height - 1:
            self.scroll_to(y=0, animate=False)

    def _keep_on(self, connection: int | None) -> None:
        """Have the cursor on a connection, in the line of the screen where it was."""
        if connection is not None and self.connection == connection:
            return
        line = self.cursor_row - self.scroll_offset.y
        if connection is None or not self._find(connection):
            self.move_cursor(row=0)
        elif 0 <= line < self.scrollable_content_region.height:
            self.scroll_to(y=self.cursor_row - line, animate=False)

    def _render_cell(  # noqa: PLR0913 - the library's
        self,
        row_index: int,
        column_index: int,
        base_style: Style,
        width: int,
        cursor: bool = False,  # noqa: FBT001, FBT002
        hover: bool = False,  # noqa: FBT001, FBT002
        in_range: bool = False,  # noqa: FBT001, FBT002
    ) -> list[list[Segment]]:
        """Draw a cell as what it is, one line of text: by the library's way a page took ten times as long."""
        is_heading = row_index < 0
        label = self.ordered_columns[column_index].label
        text = label if is_heading or self.backend is None else self.backend.get_cell_at(row_index, column_index)
        lit, over = self._get_styles_to_render_cell(
            is_header_cell=is_heading,
            is_row_label_cell=False,
            is_fixed_style_cell=False,
            hover=hover,
            cursor=cursor,
            in_range=in_range,
            show_cursor=self.show_cursor,
            show_hover_cursor=self._show_hover_cursor,
            show_range_highlight=False,
            has_css_foreground_priority=False,
            has_css_background_priority=False,
        )
        own = text.style if isinstance(text.style, Style) else Style.null()
        place = Style.from_meta({"row": row_index, "column": column_index})
        shown = _fitted(text.plain, width - PADDING)
        return [[Segment(f" {shown} ", base_style + lit + own + over + place)]]

    def _phase_style(self, phase: str) -> Style:
        if not phase:
            return Style.null()
        return Style(color=self.get_component_rich_style(phase_class(phase), partial=True).color)


def _fitted(text: str, width: int) -> str:
    """Cut or fill a text to some cells; what is cut off is told by an ellipsis."""
    if cell_len(text) <= width:
        return set_cell_size(text, width)
    return set_cell_size(text, max(width - 1, 0)) + ELLIPSIS[:width]


def _heading(column: Column, width: int, mark: str) -> Text:
    text = f"{column.heading}{mark}"
    return Text(text.rjust(width) if column.is_number else text)
