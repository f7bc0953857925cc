"""A connection's ladder on the screen: a virtual list that draws the rows in view, and no others."""

import bisect
import textwrap
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tcpladder.ladder.annotated import annotated
from tcpladder.ladder.folding import Folding, Kind, Row, folding, refolded
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import (
    LEAST_WIDTH,
    WITH_NUMBERS,
    Layout,
    Line,
    draw_columns,
    draw_ghost,
    draw_initial,
    draw_title,
    layout,
    overflow,
)
from tcpladder.ladder.options import TIME_WORDS, LadderOptions
from tcpladder.ladder.rungs import Ladder
from tcpladder.tui.keys import Count, does
from tcpladder.tui.ladder_messages import (
    ComparisonWanted,
    Moved,
    NothingToFold,
    OptionsChanged,
    ReferenceSet,
    Scrolled,
    Selected,
)
from tcpladder.tui.widgets.ladder_keys import LADDER_KEYS
from tcpladder.tui.widgets.ladder_look import LADDER_CSS, TOKENS, Styles, component_class
from tcpladder.tui.widgets.ladder_rows import draw_row, lit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tcpladder.stream.search import Pattern

HEADINGS = 2  # lines that stay where they are while the rest scrolls
TITLE, COLUMNS = -2, -1  # the headings' keys among the strips; rows count from 0
FIRST_ROW = 1  # that of the first segment; row 0 shows the states before it
KEPT_STRIPS = 2000
PAN = 8  # cells by which labels are scrolled at a time


class LadderView(ScrollView, can_focus=True, inherit_bindings=False):
    """Row 0 shows the states before the first segment; row n is row n - 1 of the folding, which knows its segments."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {component_class(token) for token in TOKENS}

    DEFAULT_CSS = LADDER_CSS

    BINDINGS: ClassVar[list[BindingType]] = [*LADDER_KEYS]

    cursor: reactive[int] = reactive(FIRST_ROW, repaint=False)

    def __init__(self, ladder: Ladder, total: int, glyphs: Glyphs, options: LadderOptions) -> None:
        """Show `ladder`; `total` is how many connections the capture has."""
        super().__init__()
        self.info_of: Callable[[int], str] = lambda _: ""  # what the payload of a frame is, as far as it is known
        self._ladder = ladder
        self._total = total
        self._glyphs = glyphs
        self._layout: Layout | None = None
        self._whole = 0  # cells, with those of the scroll bar
        self._strips: LRUCache[int, Strip] = LRUCache(KEPT_STRIPS)
        self._styles = Styles(self)
        self._count = Count(partial(does, self, "last"))
        self._options = options
        self._folding = folding(ladder, folded=options.folded)
        self._reference: int | None = None  # a segment, counted from 0
        self._pan = 0
        self._wanted: Pattern | None = None  # what stands out

    @property
    def ladder(self) -> Ladder:
        """The ladder that is shown."""
        return self._ladder

    @property
    def options(self) -> LadderOptions:
        """How the ladder is shown."""
        return self._options

    @property
    def folding(self) -> Folding:
        """The rows that are shown."""
        return self._folding

    @property
    def reference(self) -> int | None:
        """The segment that times are told from, counted from 0, if one was chosen."""
        return self._reference

    @property
    def row(self) -> Row | None:
        """What the cursor is on; None for the states before the first segment."""
        return self._folding.row(self.cursor - 1) if self.cursor > 0 else None

    @property
    def segment(self) -> int | None:
        """The segment that the cursor is on, counted from 0: the first of a run, the one that ends an idle gap."""
        return self._folding.firsts[self.cursor - 1].item() if self.cursor > 0 else None

    @property
    def row_text(self) -> str:
        """The cursor's row as it is drawn; nothing where there is no room for a ladder."""
        return (
            "" if self._layout is None else "".join(span.text for span in self._draw(self.cursor, self._layout)).strip()
        )

    def show(self, ladder: Ladder, total: int) -> None:
        """Show another ladder, from its beginning."""
        self._ladder, self._total = ladder, total
        self._folding = folding(ladder, folded=self._options.folded)
        self._reference, self._pan = None, 0
        self._lay_out()
        self.cursor = FIRST_ROW
        self.scroll_to(y=0, animate=False)
        self._tell()

    def judge(self, ladder: Ladder) -> None:
        """Show the same connection again, now that it is judged; the cursor stays on its segment."""
        self._ladder = ladder
        self._refold(refolded(self._folding, ladder))
        self._tell()

    def go_to(self, segment: int) -> None:
        """Put the cursor on a segment, counted from 0; what it is folded into is unfolded."""
        if self._folding.is_hidden(segment):
            self._refold(self._folding.toggled(segment))
        self.cursor = self._folding.row_of(segment) + FIRST_ROW

    def _refold(self, new: Folding | None) -> None:
        """Show other rows; the cursor stays on its segment, and where it was on the screen."""
        if new is None:
            return
        row, above = self.row, self.cursor - self.scroll_offset.y
        self._folding = new
        self._lay_out()
        if row is not None:
            at = new.row_of(row.first) + FIRST_ROW
            self.cursor = at - 1 if row.kind is Kind.GAP else at
            self.scroll_to(y=max(self.cursor - above, 0), animate=False)
            self._keep_cursor_in_view()

    def _tell(self) -> None:
        self.post_message(Moved(self.row))

    def on_mount(self) -> None:
        """Start on the first segment."""
        self._lay_out()
        self._tell()

    def on_resize(self) -> None:
        """Fit the columns to the new width."""
        if self.outer_size.width != self._whole:
            self._lay_out()
        self._keep_cursor_in_view()

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old theme's colours."""
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def _lay_out(self) -> None:
        """Choose the columns. The scroll bar, there or not, takes its cell from the arrows: it moves nothing else."""
        bar = self.styles.scrollbar_size_vertical
        self._whole = self.scrollable_content_region.width + (bar if self.show_vertical_scrollbar else 0)
        self._layout = None
        if self._whole >= LEAST_WIDTH:
            columns = layout(self._ladder, self._whole, self._glyphs, self._options, self._reference)
            self._layout = replace(columns, width=columns.width - bar, arrow=columns.arrow - bar, pan=self._pan)
        self._strips.clear()
        height = HEADINGS + 1 + len(self._folding) + len(self._ladder.ghosts) if self._layout else 1
        self.virtual_size = Size(self.scrollable_content_region.width, height)
        self.refresh()

    # -- drawing --------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        columns, width = self._layout, self.scrollable_content_region.width
        if columns is None:
            return self._refusal(y, width)
        row = y - HEADINGS if y < HEADINGS else y - HEADINGS + self.scroll_offset.y
        if row > len(self._folding) + len(self._ladder.ghosts):
            return Strip.blank(width, self.rich_style)
        strip = self._strips.get(row)
        if strip is None:
            strip = self._strips[row] = self._styles.strip(self._lit(row, self._draw(row, columns)), self._whole)
        return (self._styles.under_cursor(strip) if row == self.cursor else strip).crop(0, width)

    def _draw(self, row: int, columns: Layout) -> Line:
        if row == TITLE:
            return draw_title(self._ladder.heading, self._total, self._whole, self._glyphs)
        if row == COLUMNS:
            return draw_columns(self._ladder.heading, columns)
        if row == 0:
            return annotated(draw_initial(self._ladder, columns), self._ladder.own_annotation, columns)
        if row > len(self._folding):
            return draw_ghost(self._ladder.ghosts[row - len(self._folding) - 1], columns)
        shown = self._folding.row(row - 1)
        return draw_row(self._ladder, shown, columns, reference=self._reference, info_of=self.info_of)

    def _lit(self, row: int, line: Line) -> Line:
        return line if self._wanted is None or row < 0 else lit(line, self._wanted.places_in)

    def light(self, pattern: "Pattern | None") -> None:
        """Have what is looked for stand out in labels and notes."""
        self._wanted = pattern
        self.draw_anew()

    def draw_anew(self) -> None:
        """Draw what is in view again: more is known of it."""
        self._strips.clear()
        self.refresh()

    def in_view(self) -> list[int]:
        """Give the segments in view that stand by themselves, counted from 0."""
        top = max(int(self.scroll_offset.y) - 1, 0)
        rows = map(self._folding.row, range(top, min(top + self.size.height, len(self._folding))))
        return [row.first for row in rows if row.kind is Kind.SEGMENT]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Tell that other rows are in view."""
        super().watch_scroll_y(old_value, new_value)
        if round(old_value) != round(new_value):
            self.post_message(Scrolled())

    def _refusal(self, y: int, width: int) -> Strip:
        """Say, in place of a broken ladder, that there is no room for one."""
        lines = textwrap.wrap(f"A ladder needs {LEAST_WIDTH} columns; here are {self.app.size.width}.", max(width, 1))
        text = lines[y] if y < len(lines) else ""
        return Strip([Segment(text, self.rich_style)]).extend_cell_length(width, self.rich_style)

    # -- moving ---------------------------------------------------------------------------------

    def validate_cursor(self, row: int) -> int:
        """Keep the cursor on the ladder."""
        return max(0, min(row, len(self._folding)))

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaint the two rows that changed, and no others."""
        for row in (old, new):
            self.refresh_line(row + HEADINGS)
        self._keep_cursor_in_view()
        self._tell()

    def _keep_cursor_in_view(self) -> None:
        height = max(self.scrollable_content_region.height - HEADINGS, 1)
        top = self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        else:
            # What did not come stands below the last segment, where no cursor goes.
            last = self.cursor + (len(self._ladder.ghosts) if self.cursor == len(self._folding) else 0)
            if last >= top + height:
                self.scroll_to(y=last - height + 1, animate=False)

    def action_move(self, rows: int) -> None:
        """Move the cursor by some rows."""
        self.cursor += rows

    def action_page(self, pages: float) -> None:
        """Move the cursor by a share of what is in view."""
        self.cursor += round(pages * max(self.scrollable_content_region.height - HEADINGS - 1, 2))

    def action_first(self) -> None:
        """Go to the states before the first segment."""
        self.cursor = 0

    def action_last(self) -> None:
        """Go to the last segment, or to the one whose number was typed."""
        count = self._count.take()
        if count is None:
            self.cursor = len(self._folding)
        elif count == 0:
            self.cursor = 0
        else:
            self.go_to(min(count, len(self._ladder)) - 1)

    def action_change(self, direction: int) -> None:
        """Go to the next row, or the one before, in which a state changes."""
        self._leap(self._ladder.changed_rows(), direction)

    def action_finding(self, direction: int) -> None:
        """Go to the next row, or the one before, that is the proof of a finding."""
        self._leap(self._ladder.finding_rows(), direction)

    def _leap(self, segments: list[int], direction: int) -> None:
        row = self.row
        if direction > 0:  # an idle gap stands before the segment that ends it
            passed = -1 if row is None else row.first - 1 if row.kind is Kind.GAP else row.last
            at = bisect.bisect_right(segments, passed)
        else:
            at = bisect.bisect_left(segments, -1 if row is None else row.first) - 1
        if 0 <= at < len(segments):
            self.go_to(segments[at])

    def action_fold(self) -> None:
        """Fold the run at the cursor, or unfold it."""
        row = self.row
        new = self._folding.toggled(row.first) if row is not None and row.kind is not Kind.GAP else None
        if new is None:
            self.post_message(NothingToFold())
        self._refold(new)
        self._tell()

    def action_fold_all(self) -> None:
        """Fold all runs, or unfold them where one is folded; so it is in the next connection too."""
        folded = not self._folding.is_any_folded
        self._refold(self._folding.all(folded=folded))
        self._tell()
        self.choose(replace(self._options, folded=folded), "runs folded" if folded else "runs unfolded")

    def choose(self, options: LadderOptions, told: str) -> None:
        """Show the ladder in another way."""
        self._options = options
        self._lay_out()
        self.post_message(OptionsChanged(options, told))

    def action_time(self) -> None:
        """Tell another time beside the segments."""
        options = self._options.with_next_time(
            is_wide=self._whole >= WITH_NUMBERS, has_reference=self._reference is not None
        )
        self.choose(options, f"time: {TIME_WORDS[options.time]}")

    def action_numbers(self) -> None:
        """Write numbers relative to the ISNs, or as on the wire."""
        options = self._options.with_other_numbers()
        self.choose(options, f"numbers: {options.numbers}")

    def action_detail(self) -> None:
        """Have labels say more, or less."""
        self._pan = 0
        options = self._options.with_next_detail()
        self.choose(options, f"labels: {options.detail}")

    def action_colours(self) -> None:
        """Have the colours of arrows mean something else."""
        options = self._options.with_next_colours()
        self.choose(options, f"colours: by {options.colours}")

    def action_pan(self, direction: int) -> None:
        """Scroll the labels and notes in view that are longer than their places."""
        if self._layout is None:
            return
        rungs = map(self._ladder.rung, self.in_view())
        furthest = max((overflow(rung, self._layout, self.info_of(rung.frame)) for rung in rungs), default=0)
        pan = max(min(self._pan + direction * PAN, furthest), 0)
        if pan != self._pan:
            self._pan = pan
            self._lay_out()

    def action_reference(self) -> None:
        """Make a segment the reference; forget it where it is that already; compare another one with it."""
        segment = self.segment
        if segment is None:
            return
        if self._reference is not None and self._reference != segment:
            self.post_message(ComparisonWanted(self._reference, segment))
            return
        self._reference = segment if self._reference is None else None
        self._lay_out()
        self.post_message(ReferenceSet())

    def action_select(self) -> None:
        """Choose the segment under the cursor."""
        segment = self.segment
        if segment is not None:
            self.post_message(Selected(segment))

    def on_key(self, event: events.Key) -> None:
        """Keep the digits of a number that is typed."""
        if self.press(event.key):
            event.stop()

    def press(self, key: str) -> bool:
        """Take note of a key for the number that is typed; tell whether it was a digit."""
        return self._count.press(key)

    def on_click(self, event: events.Click) -> None:
        """Move to the row; a double click chooses it."""
        if event.y < HEADINGS or self._layout is None:
            return
        row = event.y - HEADINGS + self.scroll_offset.y
        if row <= len(self._folding):
            self.cursor = row
            if event.chain >= 2:
                self.action_select()
