"""One graph on the screen: its title, axes, dots or letters, the cursor's line, and what is drawn with what."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.cache import LRUCache
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tcpladder.graphs.cells import DOTS_ACROSS, DOTS_UP, LOOKS, NOTHING, Cells, cells
from tcpladder.graphs.raster import Window, column_of, is_above, row_of, window
from tcpladder.graphs.scales import Unit, tick_words, ticks
from tcpladder.graphs.series import Look, Panel, Span
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.tcp.states import Endpoint
from tcpladder.tui.cursor import cursor_style

LEAST_WIDTH, LEAST_HEIGHT = 24, 4  # of what is within the axes
ROWS_A_TICK, COLUMNS_A_TICK = 3, 14
TITLE, AXIS = 1, 2  # lines above and below what is within the axes
KEPT = 24  # graphs that were drawn before, and may be wanted again
GAP = "  "  # between the parts of the legend

Line = list[tuple[str, str]]
"""A line of the screen: texts, and how each looks (a component class without its prefix)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    """Where the parts of a graph stand: how wide the numbers at its left are, and the size of what is within."""

    margin: int
    width: int
    height: int
    legend: list[Line]


Drawing = tuple[_Frame | None, list[Strip]]
"""A graph as it is drawn, without the cursor, and where its parts stand."""

Key = tuple[int, Span, Size, str]
"""By what it is found again: its panel's id, what is in view, and how large and under what heading it was drawn."""


class Plot(Widget):
    """A graph of what one endpoint sent, as large as there is room for."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        *(f"plot--{look.name.lower()}" for look in Look),
        *("plot--title", "plot--axis", "plot--cursor", "plot--empty"),
    }

    DEFAULT_CSS = """
    Plot {
        background: $background; color: $foreground;
        & > .plot--title { text-style: bold; }
        & > .plot--axis { color: $ladder-quiet; }
        & > .plot--cursor { background: $ladder-cursor; }
        & > .plot--empty { color: $foreground; }
        & > .plot--solid { color: $ladder-initiator; }
        & > .plot--dotted { color: $ladder-responder; }
        & > .plot--sparse { color: $ladder-quiet; }
        & > .plot--again { color: $level-deviation; text-style: bold; }
        & > .plot--sack { color: $ladder-opening; text-style: bold; }
        & > .plot--zero { color: $level-violation; text-style: bold; }
        & > .plot--fin { color: $ladder-closing; text-style: bold; }
        & > .plot--reset { color: $level-violation; text-style: bold; }
        & > .plot--stamp { color: $ladder-opening; text-style: bold; }
        &.-responder > .plot--solid { color: $ladder-responder; }
        &.-responder > .plot--dotted { color: $ladder-initiator; }
    }
    """

    class Pointed(Message):
        """A place of the graph was clicked: a time, in ns since the connection's first segment."""

        def __init__(self, time: int) -> None:
            super().__init__()
            self.time = time

    def __init__(self, endpoint: Endpoint, glyphs: Glyphs) -> None:
        """Be ready to show graphs of an endpoint."""
        super().__init__(classes="-responder" if endpoint else "-initiator")
        self.endpoint = endpoint
        self._glyphs = glyphs
        self._heading = ""
        self._panel: Panel | None = None
        self._span = Span(start=0, end=1)
        self._cursor = 0
        self._frame: _Frame | None = None
        self._lines: list[Strip] = []
        self._drawn: LRUCache[Key, tuple[Panel | None, Drawing]] = LRUCache(KEPT)

    @property
    def panel(self) -> Panel | None:
        """The graph that is shown."""
        return self._panel

    @property
    def span(self) -> Span:
        """What is in view."""
        return self._span

    def show(self, heading: str, panel: Panel, span: Span, cursor: int) -> None:
        """Show a graph, and a line at a time (ns); `heading` says of what."""
        is_same = panel is self._panel and span == self._span and heading == self._heading
        self._heading, self._panel, self._span = heading, panel, span
        if not is_same:
            self._lines = []
        if not is_same or cursor != self._cursor:
            self._cursor = cursor
            self.refresh()

    def on_resize(self) -> None:
        """Draw it as large as there is room for."""
        self._lines = []

    def notify_style_update(self) -> None:
        """Forget what was drawn in the old theme's colours."""
        super().notify_style_update()
        self._lines = []
        self._drawn.clear()

    def on_click(self, event: events.Click) -> None:
        """Tell the time of the place."""
        if self._frame is None:
            return
        column = event.x - self._frame.margin - 1
        if 0 <= column < self._frame.width:
            share = column / max(self._frame.width - 1, 1)
            self.post_message(self.Pointed(round(self._span.start + share * self._span.length)))

    def render_line(self, y: int) -> Strip:
        """Draw one line of the screen."""
        if not self._lines:
            self._frame, self._lines = self._drawing()
        width = self.size.width
        strip = self._lines[y] if y < len(self._lines) else Strip.blank(width, self.rich_style)
        return self._with_cursor(strip, y)

    def _drawing(self) -> Drawing:
        """Draw the graph, or take it from those that were drawn hardly before: one goes to and fro between them."""
        key = (id(self._panel), self._span, self.size, self._heading)
        kept = self._drawn.get(key)
        if kept is None or kept[0] is not self._panel:  # another panel may have come to have the same id
            lines = [self._strip(line) for line in self._draw()]
            kept = self._drawn[key] = (self._panel, (self._frame, lines))
        return kept[1]

    def _with_cursor(self, strip: Strip, y: int) -> Strip:
        """Draw the cursor's line, where it is in view: what lies below it stays legible."""
        frame, span = self._frame, self._span
        if frame is None or not TITLE <= y <= TITLE + frame.height or not span.start <= self._cursor <= span.end:
            return strip
        at = frame.margin + 1 + self._column(self._cursor, frame)
        glyphs = self._glyphs.plot
        [(text, style, _)] = list(strip.crop(at, at + 1))
        if y == TITLE + frame.height:
            cell = Segment(glyphs.pointer, style)
        else:
            is_blank = text in (" ", glyphs.braille)
            cell = Segment(glyphs.cursor if is_blank else text, (style or Style()) + self._cursor_style())
        return Strip([*strip.crop(0, at), cell, *strip.crop(at + 1)], strip.cell_length)

    def _cursor_style(self) -> Style:
        ground = self.get_component_rich_style("plot--cursor").bgcolor
        return cursor_style(ground, is_ansi=self.app.native_ansi_color)

    def _strip(self, line: Line) -> Strip:
        base = self.rich_style
        styles = {
            look: base + self.get_component_rich_style(f"plot--{look}", partial=True) if look else base
            for _, look in line
        }
        strip = Strip([Segment(text, styles[look]) for text, look in line])
        return strip.adjust_cell_length(self.size.width, base)

    # -- drawing --------------------------------------------------------------------------------

    def _draw(self) -> list[Line]:
        """Draw all lines, or say why there is nothing to draw."""
        self._frame = None
        panel, width, height = self._panel, self.size.width, self.size.height
        if panel is None:
            return []
        heading = self._shortened(f"{self._heading}: {panel.title}" if panel.title else self._heading, width)
        if panel.empty:
            told = textwrap.wrap(panel.empty, max(width - 4, 10))
            return [[(heading, "title")], [], *([("  " + line, "empty")] for line in told)]
        view = window(panel, self._span)
        self._frame = frame = self._laid_out(panel, view, width, height)
        if frame is None:
            needed = f"A graph needs {LEAST_WIDTH + 8} columns and {LEAST_HEIGHT + TITLE + AXIS + 1} lines."
            return [[(heading, "title")], *([(line, "empty")] for line in textwrap.wrap(needed, max(width, 10)))]
        drawn = cells(panel, view, frame.width, frame.height, is_fine=bool(self._glyphs.plot.braille))
        labels = self._labels(panel.unit, view, frame)
        lines = [self._row(drawn, labels, row, frame) for row in reversed(range(frame.height))]
        return [[(heading, "title")], *lines, *self._time_axis(view, frame), *frame.legend]

    def _shortened(self, text: str, width: int) -> str:
        return text if len(text) <= width else text[: max(width - 1, 0)] + self._glyphs.ellipsis

    def _laid_out(self, panel: Panel, view: Window, width: int, height: int) -> _Frame | None:
        legend = self._legend(panel, view, width)
        inner = height - TITLE - AXIS - len(legend)
        margin = max(len(words) for words, _ in self._marks(panel.unit, view, max(inner, 1)))
        across = width - margin - 1
        if across < LEAST_WIDTH or inner < LEAST_HEIGHT:
            return None
        return _Frame(margin=margin, width=across, height=inner, legend=legend)

    def _marks(self, unit: Unit, view: Window, height: int) -> list[tuple[str, float]]:
        """Give the words and the numbers of the upright axis."""
        numbers, step = ticks(view.low, view.high, max(height // ROWS_A_TICK, 2))
        return list(zip(tick_words(numbers, step, unit), numbers, strict=True))

    def _labels(self, unit: Unit, view: Window, frame: _Frame) -> dict[int, str]:
        """Give the words of the upright axis by the row that they stand in."""
        marks = self._marks(unit, view, frame.height)
        up = DOTS_UP if self._glyphs.plot.braille else 1
        return {row_of(number, view, frame.height * up) // up: words for words, number in marks}

    def _row(self, drawn: Cells, labels: dict[int, str], row: int, frame: _Frame) -> Line:
        glyphs = self._glyphs.plot
        axis = glyphs.left_tick if row in labels else glyphs.upright
        line: Line = [(f"{labels.get(row, ''):>{frame.margin}}{axis}", "axis")]
        pairs = zip(drawn.look[row].tolist(), drawn.bits[row].tolist(), strict=True)
        for look, run in groupby(pairs, key=lambda pair: pair[0]):
            text = "".join(self._cell(look, bits) for _, bits in run)
            line.append((text, "" if look == NOTHING else LOOKS[look].name.lower()))
        return line

    def _cell(self, look: int, bits: int) -> str:
        if look == NOTHING:
            return " "
        if LOOKS[look].is_letter:
            return LOOKS[look].value
        braille = self._glyphs.plot.braille
        return chr(ord(braille) + bits) if braille else self._glyphs.plot.strokes[LOOKS[look].value][0]

    def _column(self, time: int, frame: _Frame) -> int:
        """Give the cell of a time that is in view, counted from the axis."""
        across = DOTS_ACROSS if self._glyphs.plot.braille else 1
        return min(max(column_of(time, self._span, frame.width * across) // across, 0), frame.width - 1)

    def _time_axis(self, view: Window, frame: _Frame) -> list[Line]:
        """Draw the axis below, and its numbers where they don't touch one another."""
        glyphs, span = self._glyphs.plot, view.span
        numbers, step = ticks(span.start, span.end, max(frame.width // COLUMNS_A_TICK, 2))
        axis = [glyphs.flat] * frame.width
        below = " " * (frame.margin + 1 + frame.width)
        free = 0
        for words, number in zip(tick_words(numbers, step, Unit.TIME), numbers, strict=True):
            at = self._column(round(number), frame)
            axis[at] = glyphs.lower_tick
            start = min(max(frame.margin + 1 + at - len(words) // 2, 0), len(below) - len(words))
            if start >= free:
                below = below[:start] + words + below[start + len(words) :]
                free = start + len(words) + 2
        return [[(f"{'':{frame.margin}}{glyphs.corner}{''.join(axis)}", "axis")], [(below, "axis")]]

    def _legend(self, panel: Panel, view: Window, width: int) -> list[Line]:
        """Say what is drawn with what, on one line or two."""
        lines: list[Line] = [[]]
        room = width
        for sample, look, name in self._samples(panel, view):
            needed = len(sample) + 1 + len(name) + len(GAP)
            if needed > room + len(GAP) and lines[-1] and len(lines) == 1:
                lines.append([])
                room = width
            if needed > room + len(GAP):
                break
            lines[-1] += [(sample, look), (f" {name}{GAP}", "axis")]
            room -= needed
        return lines

    def _samples(self, panel: Panel, view: Window) -> Iterator[tuple[str, str, str]]:
        for each in panel.series:
            sample = each.look.value if each.look.is_letter else self._glyphs.plot.strokes[each.look.value]
            yield sample, each.look.name.lower(), f"{each.name}, above" if is_above(each, view) else each.name
