"""A table on the screen: a virtual list that asks for the words of the rows in view, and of no others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tcpladder.ladder.glyphs import PHASES, UNICODE, Glyphs
from tcpladder.ladder.notation import elided
from tcpladder.report.table_rows import Rows, TableColumn
from tcpladder.tui.widgets.list_look import LIST_CSS, PARTS, Look, component_class
from tcpladder.tui.widgets.list_rows import LEVELS, fitted
from tcpladder.tui.widgets.ordered_rows import HEADINGS, OrderedRows

PADDING = 2  # cells: one on either side of an entry
SCROLL_BAR = 1
LEAST = 15  # cells for an elastic column: any IPv4 address
SORTING = Binding.Group("Sort", compact=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where a column stands: its first cell, which is blank, and the cells of its entries."""

    column: TableColumn
    start: int
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorting:
    """By which column a table is sorted, in which direction, and on which row of what it shows the cursor is."""

    key: str = ""
    is_descending: bool = True
    row: int | None = None


def placed(rows: Rows, width: int) -> tuple[Spot, ...]:
    """Give each column that there is room for its place; the last go first where there is too little."""
    shown = [column for column in rows.columns if width >= column.from_width]
    needed = {column.key: max(rows.longest(column.key), cell_len(column.heading)) for column in shown}
    room = width - SCROLL_BAR
    elastic = [column for column in shown if column.is_elastic]
    while len(shown) > len(elastic) + 1 and _left(shown, needed, room) < LEAST * len(elastic):
        shown.remove([column for column in shown if not column.is_elastic][-1])
    left = _left(shown, needed, room)
    share = left // max(len(elastic), 1)
    spots, start = [], 0
    for column in shown:
        cells = needed[column.key]
        if column.is_elastic:
            others = sum(min(needed[other.key], LEAST, share) for other in elastic[elastic.index(column) + 1 :])
            cells = max(min(cells, left - others), 1)
            left -= cells
        spots.append(Spot(column=column, start=start, width=cells))
        start += cells + PADDING
    return tuple(spots)


def _left(shown: Sequence[TableColumn], needed: dict[str, int], room: int) -> int:
    """Give the cells that elastic columns have to share."""
    fixed = sum(needed[column.key] for column in shown if not column.is_elastic)
    return room - fixed - PADDING * len(shown)


class RowsTable(OrderedRows, can_focus=True, inherit_bindings=False):
    """A table that can be sorted by each of its columns."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {component_class(token) for token in (*PHASES.values(), *LEVELS, *PARTS)}
    DEFAULT_CSS = LIST_CSS.replace("ConnectionTable", "RowsTable").replace(
        "scrollbar-size-horizontal: 1", "scrollbar-size-horizontal: 0"
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Open", tooltip="Go to what the row is about", id="table.choose"),
        Binding("<", "sort(-1)", "Left", tooltip="Sort by the column to the left", group=SORTING, id="table.sort_left"),
        Binding(
            ">", "sort(1)", "Right", tooltip="Sort by the column to the right", group=SORTING, id="table.sort_right"
        ),
        Binding("I", "invert", "Invert", tooltip="Invert the order", show=False, id="table.invert"),
        Binding("j,down", "move(1)", "Down", show=False, id="table.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="table.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="table.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="table.page_up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="table.half_page_down"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="table.half_page_up"),
        Binding("g,home", "first", "First row", show=False, id="table.first"),
        Binding("G,end", "last", "Last row", show=False, id="table.last"),
    ]

    class Moved(Message):
        """The cursor is on another row."""

    MOVED = Moved

    class Chosen(Message):
        """A row was chosen; `at` is its number."""

        def __init__(self, at: int) -> None:
            super().__init__()
            self.at = at

    def __init__(self, glyphs: Glyphs = UNICODE) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._rows: Rows | None = None
        self._sorting = Sorting()
        self._spots: tuple[Spot, ...] = ()
        self._look = Look(self)

    @property
    def at(self) -> int | None:
        """The number of the row under the cursor."""
        return int(self._order[self.cursor_row]) if self.cursor_row < len(self._order) else None

    @property
    def sorting(self) -> Sorting:
        """How the table is sorted, and where its cursor is."""
        return Sorting(key=self._sorting.key, is_descending=self._sorting.is_descending, row=self.at)

    def show(self, rows: Rows, sorting: Sorting) -> None:
        """Show rows, with the cursor where `sorting` says, or else on the first."""
        self._rows, self._sorting = rows, sorting
        self._lay_out()
        self._sort(keep=sorting.row)

    def draw_anew(self) -> None:
        """Draw the same rows: their words are others by now."""
        self._lay_out()

    def on_resize(self) -> None:
        """Place the columns in the new width."""
        self._lay_out()
        self._keep_cursor_in_view()

    def notify_style_update(self) -> None:
        """Forget the colours of the old theme."""
        super().notify_style_update()
        self._look.clear()

    def _lay_out(self) -> None:
        self._spots = placed(self._rows, self.app.size.width) if self._rows is not None else ()
        self.virtual_size = Size(self.scrollable_content_region.width, HEADINGS + len(self._order))
        self.refresh()

    # -- drawing --------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        width = self.scrollable_content_region.width
        row = y - HEADINGS + self.scroll_offset.y
        if y < HEADINGS:
            texts = [Segment(self._heading(spot), self._look.style("heading")) for spot in self._spots]
            return Strip(texts).crop_extend(0, width, self._look.style("heading"))
        if row >= len(self._order):
            return Strip.blank(width, self.rich_style)
        strip = Strip(self._cells(int(self._order[row]))).crop_extend(0, width, self.rich_style)
        return self._look.lit(strip, "cursor") if row == self.cursor_row else strip

    def _heading(self, spot: Spot) -> str:
        mark = self._glyphs.descending if self._sorting.is_descending else self._glyphs.ascending
        text = fitted(spot.column.heading, spot.width, self._glyphs.ellipsis, is_number=spot.column.is_number)
        return f" {text}{mark if spot.column.key == self._sorting.key else ' '}"

    def _cells(self, at: int) -> list[Segment]:
        rows = self._rows
        if rows is None:
            return []
        cells = []
        for spot in self._spots:
            text, key = rows.text(at, spot.column.key), spot.column.key
            if spot.column.is_elastic and not spot.column.is_sentence:
                text = elided(text, spot.width, self._glyphs.ellipsis)
            entry = fitted(text, spot.width, self._glyphs.ellipsis, is_number=spot.column.is_number)
            cells.append(Segment(f" {entry} ", self._look.style(rows.token(at, key))))
        return cells

    # -- choosing -------------------------------------------------------------------------------

    def action_choose(self) -> None:
        """Choose the row under the cursor."""
        if self.at is not None:
            self.post_message(self.Chosen(self.at))

    # -- sorting --------------------------------------------------------------------------------

    def action_sort(self, step: int) -> None:
        """Sort by the column on the right, or on the left, of the one that is sorted by."""
        keys = [spot.column.key for spot in self._spots]
        if keys:
            at = keys.index(self._sorting.key) if self._sorting.key in keys else 0
            self._sort_by(keys[(at + step) % len(keys)], is_descending=self._sorting.is_descending)

    def action_invert(self) -> None:
        """Turn the order round."""
        self._sort_by(self._sorting.key, is_descending=not self._sorting.is_descending)

    def _sort_by(self, key: str, *, is_descending: bool) -> None:
        self._sorting = Sorting(key=key, is_descending=is_descending)
        self._sort(keep=self.at)

    def _sort(self, keep: int | None) -> None:
        """Sort; the cursor stays on its row."""
        if self._rows is None:
            return
        self._order = self._rows.order(self._sorting.key, is_descending=self._sorting.is_descending)
        self._lay_out()
        found = np.flatnonzero(self._order == (-1 if keep is None else keep))
        self._move_to(int(found[0]) if len(found) else 0)
        self.post_message(self.Moved())

    def on_click(self, event: events.Click) -> None:
        """Sort by the column whose heading is clicked, or move to the row; a double click chooses it."""
        if event.y < HEADINGS:
            spot = next((spot for spot in reversed(self._spots) if spot.start <= event.x), None)
            if spot is not None:
                key = spot.column.key
                self._sort_by(key, is_descending=key != self._sorting.key or not self._sorting.is_descending)
            return
        row = event.y - HEADINGS + self.scroll_offset.y
        if row < len(self._order):
            self.cursor_row = row
            if event.chain >= 2:
                self.action_choose()
