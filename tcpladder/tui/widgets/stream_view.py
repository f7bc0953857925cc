"""A followed stream on the screen: a virtual list that draws the lines in view, and no others."""

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

import numpy as np
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

from tcpladder.ladder.glyphs import Glyphs
from tcpladder.stream.page import Book, Page, StreamLine
from tcpladder.stream.searching import Matches
from tcpladder.tcp.states import Endpoint
from tcpladder.tui.cursor import cursor_style
from tcpladder.tui.keys import Count, does
from tcpladder.tui.widgets.stream_lines import Columns, draw, hex_columns, text_columns

TOKENS = ("initiator", "responder", "frame", "control", "notice", "match", "match-here", "cursor")
KEPT_STRIPS = 1000


class StreamView(ScrollView, can_focus=True, inherit_bindings=False):
    """The lines of a book, as text or as bytes, of both sides or of one."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"stream--{token}" for token in TOKENS}

    DEFAULT_CSS = """
    StreamView {
        background: $background;
        color: $foreground;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        & > .stream--initiator { color: $ladder-initiator; }
        & > .stream--responder { color: $ladder-responder; }
        & > .stream--frame { color: $ladder-quiet; }
        & > .stream--control { color: $ladder-quiet; }
        & > .stream--notice { color: $level-deviation; text-style: bold; }
        & > .stream--match { color: #000000; background: #e5c07b; text-style: underline; }
        & > .stream--match-here { color: #000000; background: #ffd75f; text-style: bold underline; }
        & > .stream--cursor { background: $ladder-cursor; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Packet", tooltip="Go to the packet in the ladder", id="stream.select"),
        Binding(
            "left_square_bracket",
            "hole(-1)",
            "Previous",
            tooltip="Previous place where bytes are missing or differ",
            show=False,
            id="stream.previous_hole",
        ),
        Binding(
            "right_square_bracket",
            "hole(1)",
            "Next",
            tooltip="Next place where bytes are missing or differ",
            show=False,
            id="stream.next_hole",
        ),
        Binding("j,down", "move(1)", "Down", show=False, id="stream.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="stream.up"),
        Binding("pagedown", "page(1)", "Page down", show=False, id="stream.page_down"),
        Binding("pageup", "page(-1)", "Page up", show=False, id="stream.page_up"),
        Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="stream.half_page_down"),
        Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="stream.half_page_up"),
        Binding("g,home", "first", "First line", show=False, id="stream.first"),
        Binding("G,end", "last", "Last line; 12G goes to line 12", show=False, id="stream.last"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor is on another line."""

        def __init__(self, line: StreamLine, number: int, lines: int) -> None:
            super().__init__()
            self.line = line
            self.number = number
            self.lines = lines

    class Selected(Message):
        """The packet of a line is wanted."""

        def __init__(self, frame: int) -> None:
            super().__init__()
            self.frame = frame

    def __init__(self, glyphs: Glyphs) -> None:
        """Show nothing until there is a book."""
        super().__init__()
        self._glyphs = glyphs
        self._book: Book | None = None
        self._page: Page | None = None
        self._wanted: int | None = None  # the frame to begin with, while there is no room for any line yet
        self._columns = Columns(frame=0, offset=0, per_line=1)
        self._is_hex = False
        self._side: Endpoint | None = None
        self._matches: Matches | None = None
        self._here: tuple[int, int] | None = None  # the match that was gone to: side and place
        self._strips: LRUCache[int, Strip] = LRUCache(KEPT_STRIPS)
        self._styles_by_token: dict[str, Style] = {}
        self._count = Count(partial(does, self, "last"))

    @property
    def page(self) -> Page | None:
        """The lines that are shown."""
        return self._page

    @property
    def line(self) -> StreamLine | None:
        """The line under the cursor."""
        return self._page.line(self.cursor) if self._page else None

    @property
    def line_text(self) -> str:
        """The line under the cursor as it is drawn; nothing where there is none."""
        line = self.line
        return "" if line is None else self._draw(line, self.scrollable_content_region.width).text.strip()

    def show(self, book: Book, *, is_hex: bool, side: Endpoint | None) -> None:
        """Show a book in another way; the cursor stays with the bytes that it was on."""
        line = self.line if book is self._book else None
        self._book, self._is_hex, self._side = book, is_hex, side
        self._lay_out()
        self._go_to_line_of(line)

    def light(self, matches: Matches | None) -> None:
        """Have matches stand out."""
        self._matches, self._here = matches, None
        self._strips.clear()
        self.refresh()

    def go_to_match(self, sender: Endpoint, place: int) -> None:
        """Put the cursor on the line in which a match begins."""
        if self._page is None:
            return
        self._here = (sender, place)
        self._strips.clear()
        self.refresh()
        self.cursor = int(self._page.lines_of(sender, np.array([place]))[0])

    def go_to_frame(self, frame: int) -> None:
        """Put the cursor on what a packet brought; as soon as there is room for a line, if there is none yet."""
        if self._page is None:
            self._wanted = frame
        else:
            self.cursor = self._page.line_of_frame(frame)

    def on_resize(self) -> None:
        """Fit the lines to the new width."""
        line, is_first = self.line, self._page is None
        if self._lay_out():
            self._go_to_line_of(line)
        self._keep_cursor_in_view()
        if is_first:  # there is no scrolling before the scroll bar is there
            self.call_after_refresh(self._keep_cursor_in_view)

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old theme's colours."""
        super().notify_style_update()
        self._styles_by_token.clear()
        self._strips.clear()

    def _go_to_line_of(self, line: StreamLine | None) -> None:
        if self._page is None:
            return
        number = 0
        if self._wanted is not None:
            number, self._wanted = self._page.line_of_frame(self._wanted), None
        elif line is not None:
            number = int(self._page.lines_of(line.sender, np.array([line.begin]))[0]) if line.end > line.begin else -1
            number = number if number >= 0 else self._page.line_of_frame(line.frame)
        self.cursor = number
        self._keep_cursor_in_view()
        self._tell()

    def _lay_out(self) -> bool:
        """Choose the columns, and break the lines anew where that changes them. The scroll bar always has its cell."""
        if self._book is None or not self.size.width:
            return False
        width = self.outer_size.width - self.styles.scrollbar_size_vertical
        conversation = self._book.conversation
        last = int(conversation.frames.max(initial=0))
        if self._is_hex:
            longest = max(stream.missing + len(stream.data) for stream in conversation.reassembly.streams)
            self._columns = hex_columns(width, last, longest)
        else:
            self._columns = text_columns(width, last)
        self._page = Page(self._book, width=self._columns.per_line, is_hex=self._is_hex, side=self._side)
        self._strips.clear()
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._page))
        self.refresh()
        return True

    # -- drawing --------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        width, number = self.scrollable_content_region.width, y + self.scroll_offset.y
        if self._page is None or number >= len(self._page):
            return Strip.blank(width, self.rich_style)
        strip = self._strips.get(number)
        if strip is None:
            strip = self._strips[number] = self._draw(self._page.line(number), width)
        return self._under_cursor(strip) if number == self.cursor else strip

    def _draw(self, line: StreamLine, width: int) -> Strip:
        if self._book is None:
            raise AssertionError("there is a page of it")
        data = self._book.conversation.stream(line.sender).data
        pieces = draw(line, data, self._columns, self._glyphs, self._lit(line))
        strip = Strip([Segment(text, self._style(token)) for text, token in pieces])
        if strip.cell_length > width:
            strip = Strip([*strip.crop(0, width - 1), Segment(self._glyphs.ellipsis, self.rich_style)])
        return strip.adjust_cell_length(width, self.rich_style)

    def _lit(self, line: StreamLine) -> Sequence[tuple[int, int, str]]:
        if self._matches is None or line.end == line.begin:
            return ()
        return [
            (begin, end, "match-here" if (line.sender, begin) == self._here else "match")
            for begin, end in self._matches.within(line.sender, line.begin, line.end)
        ]

    def _under_cursor(self, strip: Strip) -> Strip:
        ground, light = self.rich_style.bgcolor, self._style("cursor")
        return Strip(
            Segment(text, style + light if style and style.bgcolor == ground else style) for text, style, _ in strip
        )

    def _style(self, token: str) -> Style:
        if token not in self._styles_by_token:
            self._styles_by_token[token] = self._make_style(token)
        return self._styles_by_token[token]

    def _make_style(self, token: str) -> Style:
        if token == "cursor":
            ground = self.get_component_rich_style("stream--cursor").bgcolor
            return cursor_style(ground, is_ansi=self.app.native_ansi_color)
        base = self.rich_style
        return base + self.get_component_rich_style(f"stream--{token}", partial=True) if token in TOKENS else base

    # -- moving ---------------------------------------------------------------------------------

    def validate_cursor(self, line: int) -> int:
        """Keep the cursor on the page."""
        return max(0, min(line, len(self._page) - 1 if self._page else 0))

    def watch_cursor(self, old: int, new: int) -> None:
        """Repaint the two lines that changed, and no others."""
        for line in (old, new):
            self.refresh_line(line)
        self._keep_cursor_in_view()
        self._tell()

    def _tell(self) -> None:
        if self._page is not None and len(self._page):
            self.post_message(self.Moved(self._page.line(self.cursor), self.cursor, len(self._page)))

    def _keep_cursor_in_view(self) -> None:
        height, top = max(self.scrollable_content_region.height, 1), self.scroll_offset.y
        if self.cursor < top:
            self.scroll_to(y=self.cursor, animate=False)
        elif self.cursor >= top + height:
            self.scroll_to(y=self.cursor - height + 1, animate=False)

    def action_move(self, lines: int) -> None:
        """Move the cursor by some lines."""
        self.cursor += lines

    def action_page(self, pages: float) -> None:
        """Move the cursor by a share of what is in view."""
        self.cursor += round(pages * max(self.scrollable_content_region.height - 1, 2))

    def action_first(self) -> None:
        """Go to the first line."""
        self.cursor = 0

    def action_last(self) -> None:
        """Go to the last line, or to the one whose number was typed."""
        count = self._count.take()
        self.cursor = (len(self._page) if self._page and count is None else count or 0) - 1

    def action_hole(self, step: int) -> None:
        """Go to the next notice, or to the one before."""
        line = self._page.next_notice(self.cursor, step) if self._page else None
        if line is None:
            self.app.bell()
        else:
            self.cursor = line

    def action_select(self) -> None:
        """Choose the packet under the cursor."""
        if self._page is not None and len(self._page):
            line = self._page.line(self.cursor)
            self.post_message(self.Selected(line.new_frame or line.frame))

    def on_key(self, event: events.Key) -> None:
        """Keep the digits of a number that is typed."""
        if self._count.press(event.key):
            event.stop()

    def on_click(self, event: events.Click) -> None:
        """Move to the line; a double click chooses it."""
        line = event.y + self.scroll_offset.y
        if self._page is not None and line < len(self._page):
            self.cursor = line
            if event.chain >= 2:
                self.action_select()
