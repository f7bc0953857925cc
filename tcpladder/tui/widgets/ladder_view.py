"""A connection's ladder on the screen: a virtual list that draws the rows in view, and no others."""

import bisect
import textwrap
from dataclasses import replace
from functools import partial
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tcpladder.ladder.folded_rows import DRAWN
from tcpladder.ladder.folding import Folding, Kind, Row, folding, refolded
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import (
    LEAST_WIDTH,
    Layout,
    Line,
    draw_columns,
    draw_ghost,
    draw_initial,
    draw_rung,
    draw_title,
    layout,
)
from tcpladder.ladder.rungs import Ladder
from tcpladder.tui.cursor import cursor_style
from tcpladder.tui.keys import Count, does

HEADINGS = 2  # lines that stay where they are while the rest scrolls
TITLE, COLUMNS = -2, -1  # the headings' keys among the strips; rows count from 0
FIRST_ROW = 1  # that of the first segment; row 0 shows the states before it
KEPT_STRIPS = 2000
INFERRED = ".inferred"  # what a state's token ends in when the state is not proven

TOKENS = (
    "title",
    "title.endpoints",
    "column",
    "column.endpoint",
    "frame",
    "time",
    "note",
    "state.unknown",
    "state.closed",
    "state.opening",
    "state.established",
    "state.closing",
    "state.time-wait",
    "arrow.initiator",
    "arrow.responder",
    "flag.syn",
    "flag.fin",
    "flag.rst",
    "level.violation",
    "level.deviation",
    "level.note",
    "ghost",
    "fold",
    "gap",
    "inferred",
    "cursor",
)


def component_class(token: str) -> str:
    """Give the CSS component class of a span's token."""
    return f"ladder--{token.replace('.', '-')}"


STATE_CHANGES = Binding.Group("State", compact=True)
FINDINGS = Binding.Group("Found", compact=True)


class LadderView(ScrollView, can_focus=True, inherit_bindings=False):
    """Row 0 shows the states before the first segment; row n is row n - 1 of the folding, which knows its segments."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {component_class(token) for token in TOKENS}

    DEFAULT_CSS = """
    LadderView {
        background: $background;
        color: $foreground;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        & > .ladder--title { background: $panel; }
        & > .ladder--title-endpoints { background: $panel; text-style: bold; }
        & > .ladder--column { color: $ladder-quiet; }
        & > .ladder--column-endpoint { text-style: bold; }
        & > .ladder--frame { color: $ladder-quiet; }
        & > .ladder--time { color: $ladder-quiet; }
        & > .ladder--note { color: $ladder-quiet; }
        & > .ladder--state-unknown { color: $ladder-quiet; }
        & > .ladder--state-closed { color: $ladder-quiet; }
        & > .ladder--state-opening { color: $ladder-opening; }
        & > .ladder--state-established { color: $ladder-established; }
        & > .ladder--state-closing { color: $ladder-closing; }
        & > .ladder--state-time-wait { color: $ladder-closing; }
        & > .ladder--arrow-initiator { color: $ladder-initiator; }
        & > .ladder--arrow-responder { color: $ladder-responder; }
        & > .ladder--flag-syn { color: $flag-syn; background: $control-ground; text-style: bold; }
        & > .ladder--flag-fin { color: $flag-fin; background: $control-ground; text-style: bold; }
        & > .ladder--flag-rst { color: $reset; background: $reset-ground; text-style: bold; }
        & > .ladder--level-violation { color: $violation-sign; background: $violation-sign-ground; text-style: bold; }
        & > .ladder--level-deviation { color: $level-deviation; text-style: bold; }
        & > .ladder--level-note { color: $level-note; }
        & > .ladder--ghost { color: $ladder-quiet; text-style: italic; }
        & > .ladder--fold { color: $ladder-quiet; }
        & > .ladder--gap { color: $ladder-quiet; }
        & > .ladder--inferred { text-style: italic; }
        & > .ladder--cursor { background: $ladder-cursor; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Packet", tooltip="Open the packet", id="ladder.open"),
        Binding(
            "{",
            "change(-1)",
            "Previous",
            tooltip="Previous change of a state",
            group=STATE_CHANGES,
            id="ladder.previous_change",
        ),
        Binding(
            "}", "change(1)", "Next", tooltip="Next change of a state", group=STATE_CHANGES, id="ladder.next_change"
        ),
        Binding(
            "[", "finding(-1)", "Previous", tooltip="Previous finding", group=FINDINGS, id="ladder.previous_finding"
        ),
        Binding("]", "finding(1)", "Next", tooltip="Next finding", group=FINDINGS, id="ladder.next_finding"),
        Binding("z", "fold", "Fold", tooltip="Fold the run of segments at the cursor, or unfold it", id="ladder.fold"),
        Binding(
            "Z",
            "fold_all",
            "Fold all",
            tooltip="Fold all runs of segments, or unfold them",
            show=False,
            id="ladder.fold_all",
        ),
        Binding("j,down", "move(1)", "Down", show=False, id="ladder.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="ladder.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="ladder.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="ladder.page_up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="ladder.half_page_down"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="ladder.half_page_up"),
        Binding("g,home", "first", "First row", show=False, id="ladder.first"),
        Binding("G,end", "last", "Last segment; 12G goes to segment 12", show=False, id="ladder.last"),
    ]

    cursor: reactive[int] = reactive(FIRST_ROW, repaint=False)

    class Moved(Message):
        """The cursor is on another row, or what is known of it has changed. Before the first segment `row` is None."""

        def __init__(self, row: Row | None) -> None:
            super().__init__()
            self.row = row

    class NothingToFold(Message):
        """The segment at the cursor belongs to no run."""

    class Selected(Message):
        """A segment was chosen; `row` counts from 0."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    def __init__(self, ladder: Ladder, total: int, glyphs: Glyphs) -> None:
        """Show `ladder`; `total` is how many connections the capture has."""
        super().__init__()
        self._ladder = ladder
        self._total = total
        self._glyphs = glyphs
        self._layout: Layout | None = None
        self._whole = 0  # cells, with those of the scroll bar
        self._strips: LRUCache[int, Strip] = LRUCache(KEPT_STRIPS)
        self._styles_by_token: dict[str, Style] = {}
        self._count = Count(partial(does, self, "last"))
        self._folded: bool | None = None  # what the user wants of all runs, here and in the next connection
        self._folding = folding(ladder)

    @property
    def ladder(self) -> Ladder:
        """The ladder that is shown."""
        return self._ladder

    @property
    def row(self) -> Row | None:
        """What the cursor is on; None for the states before the first segment."""
        return self._folding.row(self.cursor - 1) if self.cursor > 0 else None

    @property
    def segment(self) -> int | None:
        """The segment that the cursor is on, counted from 0: the first of a run, the one that ends an idle gap."""
        return self._folding.firsts[self.cursor - 1].item() if self.cursor > 0 else None

    def show(self, ladder: Ladder, total: int) -> None:
        """Show another ladder, from its beginning."""
        self._ladder, self._total = ladder, total
        self._folding = folding(ladder, folded=self._folded)
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
        self.post_message(self.Moved(self.row))

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
        self._styles_by_token.clear()
        self._strips.clear()

    def _lay_out(self) -> None:
        """Choose the columns. The scroll bar, there or not, takes its cell from the arrows: it moves nothing else."""
        bar = self.styles.scrollbar_size_vertical
        self._whole = self.scrollable_content_region.width + (bar if self.show_vertical_scrollbar else 0)
        self._layout = None
        if self._whole >= LEAST_WIDTH:
            columns = layout(self._ladder, self._whole, self._glyphs)
            self._layout = replace(columns, width=columns.width - bar, arrow=columns.arrow - bar)
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
            strip = self._strips[row] = self._strip(self._draw(row, columns))
        return (self._under_cursor(strip) if row == self.cursor else strip).crop(0, width)

    def _draw(self, row: int, columns: Layout) -> Line:
        if row == TITLE:
            return draw_title(self._ladder.heading, self._total, self._whole, self._glyphs)
        if row == COLUMNS:
            return draw_columns(self._ladder.heading, columns)
        if row == 0:
            return draw_initial(self._ladder, columns)
        if row > len(self._folding):
            return draw_ghost(self._ladder.ghosts[row - len(self._folding) - 1], columns)
        shown = self._folding.row(row - 1)
        if shown.kind in DRAWN:
            return DRAWN[shown.kind](self._ladder, shown, columns)
        return draw_rung(self._ladder.rung(shown.first), columns, is_partial=self._ladder.heading.is_partial)

    def _refusal(self, y: int, width: int) -> Strip:
        """Say, in place of a broken ladder, that there is no room for one."""
        lines = textwrap.wrap(f"A ladder needs {LEAST_WIDTH} columns; here are {self.app.size.width}.", max(width, 1))
        text = lines[y] if y < len(lines) else ""
        return Strip([Segment(text, self.rich_style)]).extend_cell_length(width, self.rich_style)

    def _under_cursor(self, strip: Strip) -> Strip:
        """Light the row, but not over what has a background of its own."""
        ground, light = self.rich_style.bgcolor, self._style("cursor")
        return Strip(
            Segment(text, style + light if style and style.bgcolor == ground else style) for text, style, _ in strip
        )

    def _strip(self, line: Line) -> Strip:
        strip = Strip([Segment(span.text, self._style(span.token)) for span in line])
        return strip.adjust_cell_length(self._whole, self.rich_style)

    def _style(self, token: str) -> Style:
        if token not in self._styles_by_token:
            self._styles_by_token[token] = self._make_style(token)
        return self._styles_by_token[token]

    def _make_style(self, token: str) -> Style:
        if token == "cursor":
            ground = self.get_component_rich_style(component_class(token)).bgcolor
            return cursor_style(ground, is_ansi=self.app.native_ansi_color)
        base = self.rich_style
        if token.endswith(INFERRED):
            base += Style(italic=True)
            token = token.removesuffix(INFERRED)
        return base + self.get_component_rich_style(component_class(token), partial=True) if token in TOKENS else base

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
        if direction > 0:
            # An idle gap stands before the segment that ends it.
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
            self.post_message(self.NothingToFold())
        self._refold(new)
        self._tell()

    def action_fold_all(self) -> None:
        """Fold all runs, or unfold them where one is folded; so it is in the next connection too."""
        self._folded = not self._folding.is_any_folded
        self._refold(self._folding.all(folded=self._folded))
        self._tell()

    def action_select(self) -> None:
        """Choose the segment under the cursor."""
        segment = self.segment
        if segment is not None:
            self.post_message(self.Selected(segment))

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
