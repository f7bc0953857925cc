"""The connection list's rows as cells for the table: put into words when somebody looks at them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import polars as pl
from rich.style import Style
from rich.text import Text
from textual.cache import LRUCache
from textual_fastdatatable.backend import PolarsBackend

from tcpladder.ladder.glyphs import PHASES
from tcpladder.report.listing import Column, Listing
from tcpladder.tcp.states import State

KEPT_ROWS = 500
STATE_COLUMNS = ("initiator_state", "responder_state")
LEVELS = ("violation", "deviation", "note")  # by gravity


class ListingBackend(PolarsBackend):
    """Rows of a Listing as cells; nothing is made for rows that nobody looks at."""

    def __init__(
        self,
        listing: Listing,
        table: pl.DataFrame,
        columns: Sequence[Column],
        widths: Sequence[int],
        style_of: Callable[[str], Style],
    ) -> None:
        """Show `table`, which is the listing's in some order; `style_of` gives a phase of PHASES its style."""
        super().__init__(table.clone())
        self._listing = listing
        self._shown = columns
        self._cell_widths = list(widths)
        self._style_of = style_of
        self._rows: LRUCache[int, list[Text]] = LRUCache(KEPT_ROWS)
        self._endpoint_width = next(
            (width for width, column in zip(widths, columns, strict=True) if column.key == "initiator"), 0
        )

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

    def get_row_at(self, index: int) -> list[Text]:
        """Put a row into words: numbers are set to the right, states have the colour of their phase."""
        cells = self._rows.get(index)
        if cells is None:
            row = self.data.row(index, named=True)
            texts = self._listing.texts(row, self._shown, self._endpoint_width)
            cells = self._rows[index] = [
                Text(
                    text.rjust(width) if column.is_number else text,
                    style=self._style_of(_component(column.key, row)),
                    no_wrap=True,
                )
                for text, width, column in zip(texts, self._cell_widths, self._shown, strict=True)
            ]
        return cells

    def get_cell_at(self, row_index: int, column_index: int) -> Text:
        """Put one cell into words."""
        return self.get_row_at(row_index)[column_index]

    def get_column_at(self, column_index: int) -> list[Text]:
        """Put a whole column into words."""
        return [self.get_cell_at(row, column_index) for row in range(self.row_count)]

    def append_rows(self, records: Iterable[Iterable[Any]]) -> list[int]:
        """Refuse: rows come from the capture."""
        raise TypeError("the connection list shows a capture, and takes no rows")


def _component(key: str, row: dict[str, Any]) -> str:
    """Name what colours a cell: a phase of PHASES, a finding's level, or nothing."""
    if key in STATE_COLUMNS:
        return PHASES[State(row[key])]
    if key in {"level", "finding"} and row["gravity"] < len(LEVELS):
        return LEVELS[row["gravity"]]
    return ""
