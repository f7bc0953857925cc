"""The bytes of a packet in hexadecimal and ASCII, with those of the selected field lit."""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

WIDE_ROW, NARROW_ROW = 16, 8
GROUP = 8  # bytes between which there is a wider gap
GAP = 2  # between the columns
LEAST_OFFSET_DIGITS = 4
UNPRINTABLE = "·"


class HexPane(ScrollView):
    """A hex dump that shows which bytes a field stands for; it draws only the rows that are in view."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"hex-pane--offset", "hex-pane--unprintable", "hex-pane--lit"}

    DEFAULT_CSS = """
    HexPane {
        background: $surface;
        color: $foreground;
        & > .hex-pane--offset { color: $text-muted; }
        & > .hex-pane--unprintable { color: $text-muted; }
        & > .hex-pane--lit { color: $foreground; text-style: bold reverse; }
        &:focus { background-tint: $foreground 5%; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "scroll_down", "Row down", show=False, id="packet.bytes_down"),
        Binding("k", "scroll_up", "Row up", show=False, id="packet.bytes_up"),
        Binding("ctrl+d", "page_down", "Page down", show=False, id="packet.bytes_page_down"),
        Binding("ctrl+u", "page_up", "Page up", show=False, id="packet.bytes_page_up"),
        Binding("g", "scroll_home", "First row", show=False, id="packet.bytes_first"),
        Binding("G", "scroll_end", "Last row", show=False, id="packet.bytes_last"),
    ]

    data: reactive[bytes] = reactive(b"", layout=True)
    lit: reactive[range | None] = reactive(None)

    class ByteSelected(Message):
        """A byte was clicked; `offset` counts from the start of the frame."""

        def __init__(self, offset: int) -> None:
            """Say which byte."""
            super().__init__()
            self.offset = offset

    def __init__(self, data: bytes = b"", *, id: str | None = None) -> None:
        """Show bytes, none of them lit."""
        super().__init__(id=id)
        self.set_reactive(HexPane.data, data)
        self._row = WIDE_ROW

    @property
    def bytes_per_row(self) -> int:
        """How many bytes a row holds at the present width."""
        return self._row

    def watch_data(self) -> None:
        """Show other bytes, from the start; nothing is lit until it is said again."""
        self.lit = None
        self._arrange()
        self.scroll_home(animate=False)

    def watch_lit(self) -> None:
        """Bring the lit bytes into view."""
        self.refresh()
        if self.lit:
            self._scroll_to_lit(self.lit)

    def on_resize(self) -> None:
        """Fit the length of the rows to the width."""
        self._arrange()
        if self.lit:
            self._scroll_to_lit(self.lit)

    def on_click(self, event: events.Click) -> None:
        """Tell which byte was clicked, in either column."""
        place = event.get_content_offset(self)
        if place is None:
            return
        offset = self._offset_at(place.x + self.scroll_offset.x, place.y + self.scroll_offset.y)
        if offset is not None:
            self.post_message(self.ByteSelected(offset))

    def render_line(self, y: int) -> Strip:
        """Draw one row of the visible part."""
        base = self.rich_style
        start = (y + self.scroll_offset.y) * self._row
        width = self.scrollable_content_region.width
        if start >= len(self.data):
            return Strip.blank(width, base)
        strip = Strip(self._segments(start, base))
        return strip.crop_extend(self.scroll_offset.x, self.scroll_offset.x + width, base)

    def _segments(self, start: int, base: Style) -> list[Segment]:
        offset_style = self.get_component_rich_style("hex-pane--offset")
        hidden = self.get_component_rich_style("hex-pane--unprintable")
        lit_style = self.get_component_rich_style("hex-pane--lit")
        lit = self.lit or range(0)
        row = self.data[start : start + self._row]
        pairs, characters = [], []
        for at, byte in enumerate(row):
            is_lit = start + at in lit
            style = lit_style if is_lit else base
            if at:
                # A gap inside of the lit bytes is lit as well, so that a field is one piece.
                joined = is_lit and start + at - 1 in lit
                pairs.append(Segment("  " if at % GROUP == 0 else " ", lit_style if joined else base))
            pairs.append(Segment(f"{byte:02x}", style))
            seen = 0x20 <= byte <= 0x7E
            characters.append(Segment(chr(byte) if seen else UNPRINTABLE, style if is_lit or seen else hidden))
        fill = self._ascii_column - self._hex_column - _hex_width(len(row))
        return [
            Segment(f"{start:0{self._offset_digits}x}", offset_style),
            Segment(" " * GAP, base),
            *pairs,
            Segment(" " * fill, base),
            *characters,
        ]

    @property
    def _offset_digits(self) -> int:
        return max(LEAST_OFFSET_DIGITS, len(f"{len(self.data):x}"))

    @property
    def _hex_column(self) -> int:
        return self._offset_digits + GAP

    @property
    def _ascii_column(self) -> int:
        return self._hex_column + _hex_width(self._row) + GAP

    def _arrange(self) -> None:
        self._row = WIDE_ROW
        # The scroll bar is left room for even where it is not needed, so that its coming does not move the bytes.
        if self._ascii_column + self._row > self.size.width - self.styles.scrollbar_size_vertical:
            self._row = NARROW_ROW
        self.virtual_size = Size(self._ascii_column + self._row, -(-len(self.data) // self._row))
        self.refresh()

    def _scroll_to_lit(self, lit: range) -> None:
        first, last = lit.start // self._row, (lit.stop - 1) // self._row
        self.scroll_to_region(Region(0, first, 1, last - first + 1), animate=False, force=True, immediate=True)

    def _offset_at(self, x: int, y: int) -> int | None:
        for at in range(self._row):
            column = self._hex_column + _hex_width(at) + (at > 0) * (2 if at % GROUP == 0 else 1)
            if column <= x < column + 2 or x == self._ascii_column + at:
                offset = y * self._row + at
                return offset if offset < len(self.data) else None
        return None


def _hex_width(count: int) -> int:
    """Give how many cells so many bytes take up, with the gaps between them."""
    return max(0, 3 * count - 1 + (count - 1) // GROUP)
