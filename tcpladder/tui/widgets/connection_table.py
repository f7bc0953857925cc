"""The connection list on the screen: a virtual list that puts the rows in view into words, and no others."""

from collections.abc import Mapping
from functools import partial
from typing import ClassVar

import numpy as np
import polars as pl
from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.strip import Strip

from tcpladder.ladder.glyphs import PHASES, UNICODE, Glyphs
from tcpladder.report.columns import Column, ColumnChoice, known
from tcpladder.report.listing import Listing
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tui.keys import Count, does
from tcpladder.tui.list_messages import Moved, Opened, Selected
from tcpladder.tui.widgets.column_fitting import Place, placed
from tcpladder.tui.widgets.list_keys import LIST_KEYS
from tcpladder.tui.widgets.list_look import LIST_CSS, PARTS, Look, component_class
from tcpladder.tui.widgets.list_rows import LEVELS, cells, heading, signed
from tcpladder.tui.widgets.ordered_rows import HEADINGS, OrderedRows
from tcpladder.tui.widgets.selection import Selection

KEPT_STRIPS = 1000


class ConnectionTable(OrderedRows, can_focus=True, inherit_bindings=False):
    """The connections of a Listing, a row each, sorted by one column."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {component_class(token) for token in (*PHASES.values(), *LEVELS, *PARTS)}

    DEFAULT_CSS = LIST_CSS

    BINDINGS: ClassVar[list[BindingType]] = LIST_KEYS

    MOVED = Moved

    def __init__(
        self, glyphs: Glyphs = UNICODE, chosen: tuple[ColumnChoice, ...] = (), names: Names = NO_NAMES
    ) -> None:
        """Draw with `glyphs`, and endpoints by `names`; show the columns that are chosen, or as there is room for."""
        super().__init__()
        self._glyphs = glyphs
        self._names = names
        self._chosen = known(chosen)
        self._selection = Selection()
        self._signs: Mapping[int, str] = {}  # of what users wrote, by connection
        self._listing: Listing | None = None
        self._sort_key = "connection"
        self._is_descending = False
        self._is_sorted_by_user = False
        self._places: tuple[Place, ...] = ()
        self._strips: LRUCache[int, Strip] = LRUCache(KEPT_STRIPS)
        self._look = Look(self)
        self._under_mouse: tuple[int, int] | None = None  # a cell of the widget
        self._count = Count(partial(does, self, "last"))
        self._wanted: int | None = None  # a connection that was asked for while it was not read yet
        self._is_placed = False  # the cursor was sent to a connection: the list's head may be elsewhere

    @property
    def connection(self) -> int | None:
        """The number of the connection under the cursor."""
        return self.connection_at(self.cursor_row)

    def connection_at(self, row: int) -> int | None:
        """Give the number of the connection in a row of the list as it is sorted now."""
        return int(self._order[row]) + 1 if 0 <= row < len(self._order) else None

    def numbers(self) -> pl.Series:
        """Give the connections' numbers in the order in which they stand."""
        return pl.Series(self._order + np.uint32(1), dtype=pl.UInt32)

    @property
    def listing(self) -> Listing | None:
        """What is shown, filtered or not."""
        return self._listing

    @property
    def row_count(self) -> int:
        """How many connections are shown."""
        return len(self._order)

    @property
    def selected(self) -> pl.Series:
        """The numbers of the connections that are selected, in order of number."""
        return pl.Series(self._selection.rows + 1, dtype=pl.UInt32)

    @property
    def chosen(self) -> tuple[ColumnChoice, ...]:
        """The columns that somebody has chosen; none while they are those that there is room for."""
        return self._chosen

    @property
    def shown_columns(self) -> list[tuple[str, int]]:
        """The columns that are shown: key and cells of each."""
        return [(place.column.key, place.width) for place in self._places]

    @property
    def columns(self) -> list[Column]:
        """The columns that are shown, from left to right."""
        return [place.column for place in self._places]

    def show(self, listing: Listing) -> None:
        """Show a listing; the cursor stays on its connection.

        One that is judged begins with the gravest findings, and so does a cursor that was not moved yet.
        """
        goes_to_top = listing.is_judged and not self._is_sorted_by_user and not self.cursor_row and not self._is_placed
        if listing.is_judged and not self._is_sorted_by_user:
            self._sort_key = "level"
        is_new = self._listing is None or listing.whole is not self._listing.whole
        self._listing = listing
        if is_new:
            self._lay_out()
        self._sort()
        if goes_to_top:
            self.cursor_row = 0
        if self._wanted is not None:
            self._go_to_wanted(self._wanted)

    def name_anew(self) -> None:
        """Draw endpoints by names that have changed."""
        self._strips.clear()
        self.refresh()

    def choose_columns(self, chosen: tuple[ColumnChoice, ...]) -> None:
        """Show other columns; without any, those that there is room for."""
        self._chosen = known(chosen)
        self._lay_out()

    def sign(self, signs: Mapping[int, str]) -> None:
        """Put a sign, one cell wide, into the rows of some connections, by their numbers."""
        if signs != self._signs:
            self._signs = signs
            self._strips.clear()
            self.refresh()

    def go_to(self, connection: int) -> bool:
        """Put the cursor on a connection, where it stays; tell whether it is there."""
        self._is_placed = True
        return self._find(connection)

    def _find(self, connection: int) -> bool:
        rows = np.flatnonzero(self._order == connection - 1)
        if not len(rows):
            return False
        self._move_to(int(rows[0]))
        return True

    def on_resize(self) -> None:
        """Choose columns for the new width."""
        self._lay_out()
        self._keep_cursor_in_view()

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old theme's colours."""
        super().notify_style_update()
        self._look.clear()
        self._strips.clear()

    # -- drawing --------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        """Choose the columns, and forget what was drawn in others."""
        if self._listing is not None:
            self._places = placed(self._listing.longest, self.app.size.width, self._chosen)
        self._strips.clear()
        self._fit()

    def _fit(self) -> None:
        width = self._places[-1].end if self._places else 0
        self.virtual_size = Size(width, HEADINGS + len(self._order))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        left, width = self.scroll_offset.x, self.scrollable_content_region.width
        row = y - HEADINGS + self.scroll_offset.y
        if y < HEADINGS:
            strip, ground = self._heading(), self._look.style("heading")
        elif row < len(self._order):
            strip, ground = self._row(int(self._order[row])), self.rich_style
        else:
            return Strip.blank(width, self.rich_style)
        shown = strip.crop_extend(left, left + width, ground)
        if y < HEADINGS:
            return shown
        if row == self.cursor_row:
            return self._look.lit(shown, "cursor")
        return self._look.lit(shown, "under-mouse") if self._under_mouse and self._under_mouse[1] == y else shown

    def _heading(self) -> Strip:
        return Strip([self._heading_of(place) for place in self._places])

    def _heading_of(self, place: Place) -> Segment:
        mark = self._glyphs.descending if self._is_descending else self._glyphs.ascending
        text = heading(place, mark if place.column.key == self._sort_key else "", self._glyphs)
        is_under_mouse = self._column_under_mouse() == place
        return Segment(text, self._look.style("heading-under-mouse" if is_under_mouse else "heading"))

    def _column_under_mouse(self) -> Place | None:
        if self._under_mouse is None or self._under_mouse[1] >= HEADINGS:
            return None
        return self._place_at(self._under_mouse[0])

    def _place_at(self, x: int) -> Place | None:
        at = x + self.scroll_offset.x
        return next((place for place in self._places if place.start <= at < place.end), None)

    def _row(self, at: int) -> Strip:
        """Draw a row of the listing's table, as it is without the cursor."""
        strip = self._strips.get(at)
        if strip is None and self._listing is not None:
            drawn = cells(self._listing, at, self._places, self._glyphs, self._names)
            segments = [Segment(text, self._look.style(token)) for text, token in drawn]
            if at + 1 in self._signs and segments:
                segments = signed(segments, Segment(self._signs[at + 1], self._look.style("mark")), self._places[0])
            if at in self._selection and segments:  # its sign takes the blank before the first cell
                first = segments[0]
                segments[0] = Segment(first.text[1:], first.style)
                segments.insert(0, Segment(self._glyphs.selected, self._look.style("selected")))
            strip = self._strips[at] = Strip(segments)
        return strip or Strip([])

    # -- moving ---------------------------------------------------------------------------------

    def action_last(self) -> None:
        """Go to the last row, or to the connection whose number was typed."""
        count = self._count.take()
        if count is None:
            super().action_last()
        else:
            self._go_to_wanted(max(count, 1))

    def _go_to_wanted(self, connection: int) -> None:
        """Go to a connection: where it is beyond the last, to the last, and on while more of them are being read."""
        known = 0 if self._listing is None else len(self._listing.table)
        is_whole = self._listing is not None and self._listing.is_judged
        self._wanted = None if is_whole or connection <= known else connection
        if len(self._order):
            following = self._order[self._order >= min(connection, known) - 1]
            # Where a filter leaves out the one that is meant, the next.
            self.go_to(int(following.min() if len(following) else self._order.max()) + 1)

    def action_finding(self, direction: int) -> None:
        """Go to the next connection, or the one before, about which there is a finding."""
        if self._listing is not None:
            has_finding = (self._listing.table["gravity"] < len(LEVELS)).to_numpy()[self._order]
            self._leap(np.flatnonzero(has_finding), direction)

    def action_ending(self, direction: int) -> None:
        """Go to the next connection, or the one before, that ended otherwise than the one under the cursor."""
        if self._listing is not None and len(self._order):
            endings = self._listing.rank("ending").cast(pl.Int64).fill_null(-1).to_numpy()[self._order]
            self._leap(np.flatnonzero(endings != endings[self.cursor_row]), direction)

    def action_select(self) -> None:
        """Select the connection under the cursor, or unselect it, and go on to the next."""
        if self.cursor_row < len(self._order):
            row = int(self._order[self.cursor_row])
            self._selection.toggle(row)
            self._strips.discard(row)
            self.refresh_line(self.cursor_row + HEADINGS)
            self._move_to(self.cursor_row + 1)
            self.post_message(Selected())

    def action_select_all(self) -> None:
        """Select all connections that are listed, or none of them if all are selected."""
        self._selection.toggle_all(self._order)
        self._strips.clear()
        self.refresh()
        self.post_message(Selected())

    def _leap(self, rows: np.ndarray[tuple[int], np.dtype[np.int64]], direction: int) -> None:
        ahead = rows[rows > self.cursor_row] if direction > 0 else rows[rows < self.cursor_row][::-1]
        if len(ahead):
            self._move_to(int(ahead[0]))

    def action_sideways(self, direction: int) -> None:
        """Scroll by a column."""
        left = self.scroll_offset.x
        starts = [place.start for place in self._places]
        ahead = [at for at in starts if at > left] if direction > 0 else [at for at in reversed(starts) if at < left]
        if ahead:
            self.scroll_to(x=ahead[0], animate=False)

    def action_open(self) -> None:
        """Choose the connection under the cursor."""
        if self.connection is not None:
            self.post_message(Opened(self.connection))

    # -- sorting --------------------------------------------------------------------------------

    def action_sort_column(self, step: int) -> None:
        """Sort by the column on the right, or on the left, of the one that is sorted by."""
        keys = [column.key for column in self.columns]
        if keys:
            at = keys.index(self._sort_key) if self._sort_key in keys else 0
            self._sort_by(keys[(at + step) % len(keys)], is_descending=self._is_descending)

    def action_invert(self) -> None:
        """Turn the order round."""
        self._sort_by(self._sort_key, is_descending=not self._is_descending)

    def _sort_by(self, key: str, *, is_descending: bool) -> None:
        """Sort at the user's wish: the cursor stays on its connection, and the list's head is shown if both fit."""
        self._sort_key, self._is_descending, self._is_sorted_by_user = key, is_descending, True
        self._sort()
        if self.cursor_row < self._height:
            self.scroll_to(y=0, animate=False)

    def _sort(self) -> None:
        if self._listing is not None:
            kept, line = self.connection, self.cursor_row - self.scroll_offset.y
            self._order = self._listing.order(self._sort_key, is_descending=self._is_descending)
            self._fit()
            self._keep_on(kept, line)

    def _keep_on(self, connection: int | None, line: int) -> None:
        """Have the cursor on a connection, in the line of the screen where it was."""
        if connection is not None and self.connection == connection:
            return
        if connection is None or not self._find(connection):
            self.cursor_row = 0
        elif 0 <= line < self._height:
            self.scroll_to(y=self.cursor_row - line, animate=False)
        self.post_message(Moved())

    # -- keys and mouse -------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """Keep the digits of a number that is typed."""
        self._wanted = None
        self._point(None)
        if self.press(event.key):
            event.stop()

    def press(self, key: str) -> bool:
        """Take note of a key for the number that is typed; tell whether it was a digit."""
        return self._count.press(key)

    def on_click(self, event: events.Click) -> None:
        """Sort by the column whose heading is clicked, or move to the row; a double click opens its ladder."""
        if event.y < HEADINGS:
            place = self._place_at(event.x)
            if place is not None:
                key = place.column.key
                self._sort_by(key, is_descending=key == self._sort_key and not self._is_descending)
            return
        row = event.y - HEADINGS + self.scroll_offset.y
        if row < len(self._order):
            self.cursor_row = row
            if event.chain >= 2:
                self.action_open()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light what a click would take."""
        self._point((event.x, event.y))

    def on_leave(self) -> None:
        """Light nothing any more."""
        self._point(None)

    def _point(self, cell: tuple[int, int] | None) -> None:
        old, self._under_mouse = self._under_mouse, cell
        for at in {at[1] for at in (old, cell) if at is not None}:
            self.refresh_line(at + self.scroll_offset.y)
