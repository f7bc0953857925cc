"""How a ladder looks on the screen: what its spans' tokens are, and their colours."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tcpladder.ladder.layout import Line
from tcpladder.tui.cursor import cursor_style

BAND = "band."  # what the tokens of the bands along the lifelines begin with
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
    "band.unknown",
    "band.closed",
    "band.opening",
    "band.established",
    "band.closing",
    "band.time-wait",
    "arrow.initiator",
    "arrow.responder",
    "flag.syn",
    "flag.fin",
    "flag.rst",
    "flag.data",
    "arrow.quiet",
    "level.violation",
    "level.deviation",
    "level.note",
    "ghost",
    "fold",
    "gap",
    "inferred",
    "reference",
    "mark",
    "match",
    "cursor",
)


def component_class(token: str) -> str:
    """Give the CSS component class of a span's token."""
    return f"ladder--{token.replace('.', '-')}"


LADDER_CSS = """
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
    & > .ladder--band-unknown { background: transparent; }
    & > .ladder--band-closed { background: transparent; }
    & > .ladder--band-opening { background: $ladder-opening 35%; }
    & > .ladder--band-established { background: $ladder-established 35%; }
    & > .ladder--band-closing { background: $ladder-closing 35%; }
    & > .ladder--band-time-wait { background: $ladder-closing 15%; }
    & > .ladder--arrow-initiator { color: $ladder-initiator; }
    & > .ladder--arrow-responder { color: $ladder-responder; }
    & > .ladder--flag-syn { color: $flag-syn; background: $control-ground; text-style: bold; }
    & > .ladder--flag-fin { color: $flag-fin; background: $control-ground; text-style: bold; }
    & > .ladder--flag-rst { color: $reset; background: $reset-ground; text-style: bold; }
    & > .ladder--flag-data { color: $ladder-initiator; }
    & > .ladder--arrow-quiet { color: $ladder-quiet; }
    & > .ladder--mark { color: $ladder-opening; text-style: bold; }
    & > .ladder--reference { color: $ladder-opening; text-style: bold; }
    & > .ladder--level-violation { color: $violation-sign; background: $violation-sign-ground; text-style: bold; }
    & > .ladder--level-deviation { color: $level-deviation; text-style: bold; }
    & > .ladder--level-note { color: $level-note; }
    & > .ladder--ghost { color: $ladder-quiet; text-style: italic; }
    & > .ladder--fold { color: $ladder-quiet; }
    & > .ladder--gap { color: $ladder-quiet; }
    & > .ladder--inferred { text-style: italic; }
    & > .ladder--match { color: #000000; background: #e5c07b; text-style: underline; }
    & > .ladder--cursor { background: $ladder-cursor; }
}
"""


class Styles:
    """A widget's styles by token, and lines drawn in them."""

    def __init__(self, widget: Widget) -> None:
        """Take the styles of the widget's component classes, when they are needed."""
        self._widget = widget
        self._by_token: dict[str, Style] = {}

    def clear(self) -> None:
        """Forget the colours of another theme."""
        self._by_token.clear()

    def strip(self, line: Line, width: int) -> Strip:
        """Draw a line, `width` cells wide."""
        strip = Strip([Segment(span.text, self.of(span.token)) for span in line])
        return strip.adjust_cell_length(width, self._widget.rich_style)

    def under_cursor(self, strip: Strip) -> Strip:
        """Light a row, but not over what has a background of its own."""
        ground, light = self._widget.rich_style.bgcolor, self.of("cursor")
        return Strip(
            Segment(text, style + light if style and style.bgcolor == ground else style) for text, style, _ in strip
        )

    def of(self, token: str) -> Style:
        """Give the style of a token."""
        if token not in self._by_token:
            self._by_token[token] = self._made(token)
        return self._by_token[token]

    def _made(self, token: str) -> Style:
        widget = self._widget
        if token == "cursor":
            ground = widget.get_component_rich_style(component_class(token)).bgcolor
            return cursor_style(ground, is_ansi=widget.app.native_ansi_color)
        base = widget.rich_style
        if token.endswith(INFERRED):
            base += Style(italic=True)
            token = token.removesuffix(INFERRED)
        if token.startswith(BAND):
            return base + self._tinted(token)
        known = token in TOKENS
        return base + widget.get_component_rich_style(component_class(token), partial=True) if known else base

    def _tinted(self, token: str) -> Style:
        """Give a background that lets the widget's own through, as far as the colour of the token says."""
        tint = self._widget.get_component_styles(component_class(token)).background
        if self._widget.app.native_ansi_color or not tint.a:  # a terminal's own colours can't be mixed
            return Style()
        _, ground = self._widget.background_colors
        return Style(bgcolor=(ground + tint).rich_color)
