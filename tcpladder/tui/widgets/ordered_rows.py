"""A virtual list of rows in some order, with a heading that stays and a cursor that is kept in view."""

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView

HEADINGS = 1  # lines that stay where they are while the rest scrolls


class OrderedRows(ScrollView, can_focus=True, inherit_bindings=False):
    """Moves a cursor over rows; those that inherit from it draw them, and say by which message it has moved.

    `_order` (uint32) has the numbers of the rows as they stand.
    """

    MOVED: ClassVar[type[Message]]

    cursor_row: reactive[int] = reactive(0, repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._order: npt.NDArray[np.uint32] = np.empty(0, np.uint32)

    def validate_cursor_row(self, row: int) -> int:
        """Keep the cursor on the rows."""
        return max(0, min(row, len(self._order) - 1))

    def watch_cursor_row(self, old: int, new: int) -> None:
        """Repaint the two rows that changed, and no others."""
        for row in (old, new):
            self.refresh_line(row + HEADINGS)
        self._keep_cursor_in_view()
        self.post_message(self.MOVED())

    @property
    def _height(self) -> int:
        return max(self.scrollable_content_region.height - HEADINGS, 1)

    def _keep_cursor_in_view(self) -> None:
        top = self.scroll_offset.y
        if self.cursor_row < top:
            self.scroll_to(y=self.cursor_row, animate=False)
        elif self.cursor_row >= top + self._height:
            self.scroll_to(y=self.cursor_row - self._height + 1, animate=False)

    def _move_to(self, row: int) -> None:
        self.cursor_row = row
        self._keep_cursor_in_view()  # the wheel may have taken it out

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self._move_to(self.cursor_row + rows)

    def action_page(self, pages: float) -> None:
        """Move the cursor by a share of what is in view."""
        self._move_to(self.cursor_row + round(pages * max(self._height - 1, 2)))

    def action_first(self) -> None:
        """Go to the first row."""
        self._move_to(0)

    def action_last(self) -> None:
        """Go to the last row."""
        self._move_to(len(self._order) - 1)
