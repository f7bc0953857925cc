"""Two aligned connections on the screen: a virtual list that draws what is in view; the cursor is on an entry."""

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

from tcpladder.ladder.alignment import Entry
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import Line
from tcpladder.ladder.side_by_side import Pair, draw_entry, height
from tcpladder.tui.cursor import cursor_style

KEPT_STRIPS = 1000
TOKENS = (
    *("title", "differs", "frame", "time", "state", "arrow.initiator", "arrow.responder"),
    *("flag.syn", "flag.fin", "flag.rst", "cursor"),
)

DIFFERENCES = Binding.Group("Differs", compact=True)


def component_class(token: str) -> str:
    """Give the CSS component class of a span's token."""
    return f"compare--{token.replace('.', '-')}"


class CompareView(ScrollView, can_focus=True, inherit_bindings=False):
    """A list of entries, each of one line or two."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {component_class(token) for token in TOKENS}

    DEFAULT_CSS = """
    CompareView {
        background: $background; color: $foreground;
        scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0;
        & > .compare--title { text-style: bold; }
        & > .compare--differs { color: $level-deviation; text-style: bold; }
        & > .compare--frame { color: $ladder-quiet; }
        & > .compare--time { color: $ladder-quiet; }
        & > .compare--state { color: $ladder-established; }
        & > .compare--arrow-initiator { color: $ladder-initiator; }
        & > .compare--arrow-responder { color: $ladder-responder; }
        & > .compare--flag-syn { color: $ladder-established; text-style: bold; }
        & > .compare--flag-fin { color: $ladder-closing; text-style: bold; }
        & > .compare--flag-rst { color: $reset; background: $reset-ground; text-style: bold; }
        & > .compare--cursor { background: $ladder-cursor; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select(0)", "Ladder", tooltip="The ladder of the first connection, at this row",
                id="compare.first_ladder"),
        Binding("o", "select(1)", "Other", tooltip="The ladder of the second connection, at this row",
                id="compare.second_ladder"),
        Binding("left_square_bracket", "difference(-1)", "Previous", tooltip="Previous difference", group=DIFFERENCES,
                id="compare.previous_difference"),
        Binding("right_square_bracket", "difference(1)", "Next", tooltip="Next difference", group=DIFFERENCES,
                id="compare.next_difference"),
        Binding("j,down", "move(1)", "Down", show=False, id="compare.down"),
        Binding("k,up", "move(-1)", "Up", show=False, id="compare.up"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="compare.page_down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="compare.page_up"),
        Binding("g,home", "first", "First", show=False, id="compare.first"),
        Binding("G,end", "last", "Last", show=False, id="compare.last"),
    ]  # fmt: skip

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor is on another entry."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    class Selected(Message):
        """A row of the first connection (`side` 0) or of the second was chosen."""

        def __init__(self, side: int, row: int) -> None:
            super().__init__()
            self.side = side
            self.row = row

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._ladders: Pair | None = None
        self._entries: list[Entry] = []
        self._tops = np.zeros(1, np.int64)  # the first line of each entry, and the end of the last
        self._strips: LRUCache[tuple[int, int], Strip] = LRUCache(KEPT_STRIPS)
        self._drawn_for = 0  # cells
        self._styles_by_token: dict[str, Style] = {}

    @property
    def entries(self) -> list[Entry]:
        """What is listed."""
        return self._entries

    def show(self, ladders: Pair, entries: list[Entry]) -> None:
        """List the entries of two aligned connections, with the cursor on the first difference."""
        self._ladders, self._entries = ladders, entries
        self._drawn_for = 0
        self._lay_out()
        differing = self._differing()
        self.cursor = differing[0] if differing else 0
        self._tell()

    def on_resize(self) -> None:
        """Lay the entries out anew where their width has changed."""
        self._lay_out()
        self._keep_cursor_in_view()

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old theme's colours."""
        super().notify_style_update()
        self._strips.clear()
        self._styles_by_token.clear()

    @property
    def _width(self) -> int:
        bar = self.styles.scrollbar_size_vertical
        return max(self.scrollable_content_region.width - (0 if self.show_vertical_scrollbar else bar), 1)

    def _lay_out(self) -> None:
        if self._width != self._drawn_for:
            self._drawn_for = self._width
            self._strips.clear()
            heights = [height(entry, self._width) for entry in self._entries]
            self._tops = np.concatenate([[0], np.cumsum(np.array(heights, np.int64))])
        self.virtual_size = Size(self.scrollable_content_region.width, int(self._tops[-1]))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        line, width = y + self.scroll_offset.y, self.scrollable_content_region.width
        if line >= self._tops[-1] or self._ladders is None:
            return Strip.blank(width, self.rich_style)
        at = int(np.searchsorted(self._tops, line, "right")) - 1
        strip = self._strip(at, line - int(self._tops[at]), self._ladders)
        return (self._under_cursor(strip) if at == self.cursor else strip).crop_extend(0, width, self.rich_style)

    def _strip(self, at: int, line: int, ladders: Pair) -> Strip:
        if (at, line) not in self._strips:
            for place, spans in enumerate(draw_entry(self._entries[at], ladders, self._width, self._glyphs)):
                self._strips[at, place] = self._styled(spans)
        return self._strips[at, line]

    def _styled(self, line: Line) -> Strip:
        strip = Strip([Segment(span.text, self._style(span.token)) for span in line])
        return strip.adjust_cell_length(self._width, self.rich_style)

    def _style(self, token: str) -> Style:
        if token not in self._styles_by_token:
            base = self.rich_style
            own = self.get_component_rich_style(component_class(token), partial=True) if token in TOKENS else Style()
            self._styles_by_token[token] = base + own
        return self._styles_by_token[token]

    def _under_cursor(self, strip: Strip) -> Strip:
        """Light the entry, but not over what has a background of its own."""
        ground = self.rich_style.bgcolor
        own = self.get_component_rich_style(component_class("cursor")).bgcolor
        light = cursor_style(own, is_ansi=self.app.native_ansi_color)
        return Strip(
            Segment(text, style + light if style and style.bgcolor == ground else style) for text, style, _ in strip
        )

    # -- moving ---------------------------------------------------------------------------------

    def validate_cursor(self, at: int) -> int:
        """Keep the cursor on the list."""
        return max(0, min(at, len(self._entries) - 1))

    def watch_cursor(self) -> None:
        """Show the entry, and say more about it."""
        self._keep_cursor_in_view()
        self.refresh()
        self._tell()

    def _tell(self) -> None:
        if self._entries:
            self.post_message(self.Moved(self._entries[self.cursor]))

    def _keep_cursor_in_view(self) -> None:
        if not self._entries:
            return
        shown = max(self.scrollable_content_region.height, 1)
        top, end = int(self._tops[self.cursor]), int(self._tops[self.cursor + 1])
        if top < self.scroll_offset.y:
            self.scroll_to(y=top, animate=False)
        elif end > self.scroll_offset.y + shown:
            self.scroll_to(y=end - shown, animate=False)

    def _differing(self) -> list[int]:
        return [at for at, entry in enumerate(self._entries) if entry.differences]

    def action_difference(self, direction: int) -> None:
        """Go to the next difference, or to the one before."""
        ahead = [at for at in self._differing() if (at - self.cursor) * direction > 0]
        if ahead:
            self.cursor = ahead[0] if direction > 0 else ahead[-1]

    def action_move(self, entries: int) -> None:
        """Move the cursor by some entries."""
        self.cursor += entries

    def action_page(self, pages: int) -> None:
        """Move the cursor by about what is in view."""
        line = int(self._tops[self.cursor]) + pages * max(self.scrollable_content_region.height - 1, 1)
        self.cursor = int(np.searchsorted(self._tops, line, "right")) - 1

    def action_first(self) -> None:
        """Go to the first entry."""
        self.cursor = 0

    def action_last(self) -> None:
        """Go to the last entry."""
        self.cursor = len(self._entries) - 1

    def action_select(self, side: int) -> None:
        """Choose the row under the cursor; where the one connection has none, the other's."""
        rows = self._entries[self.cursor].rows if self._entries else (None, None)
        at = side if rows[side] is not None else 1 - side
        row = rows[at]
        if row is not None:
            self.post_message(self.Selected(at, row))

    def on_click(self, event: events.Click) -> None:
        """Move to the entry; a double click chooses it."""
        line = event.y + self.scroll_offset.y
        if line < self._tops[-1]:
            self.cursor = int(np.searchsorted(self._tops, line, "right")) - 1
            if event.chain >= 2:
                self.action_select(0)
