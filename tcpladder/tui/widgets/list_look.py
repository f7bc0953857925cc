"""How the connection list looks on the screen: the parts of it, and their colours."""

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tcpladder.tui.cursor import cursor_style

PARTS = ("heading", "heading-under-mouse", "cursor", "under-mouse", "selected", "activity", "mark")


def component_class(token: str) -> str:
    """Give the CSS component class of a phase of PHASES, of a finding's level, or of a part of the list."""
    return f"connections--{token}"


LIST_CSS = """
ConnectionTable {
    height: 1fr;
    max-height: 100%;
    background: $background;
    color: $foreground;
    scrollbar-size-vertical: 1;
    scrollbar-size-horizontal: 1;
    & > .connections--heading { background: $panel; text-style: bold; }
    & > .connections--heading-under-mouse { background: $panel-lighten-2; text-style: bold; }
    & > .connections--cursor { background: $ladder-cursor; }
    & > .connections--under-mouse { background: $boost; }
    & > .connections--selected { color: $ladder-opening; text-style: bold; }
    & > .connections--mark { color: $ladder-opening; text-style: bold; }
    & > .connections--activity { color: $ladder-initiator; }
    & > .connections--unknown { color: $ladder-quiet; }
    & > .connections--closed { color: $ladder-quiet; }
    & > .connections--opening { color: $ladder-opening; }
    & > .connections--established { color: $ladder-established; }
    & > .connections--closing { color: $ladder-closing; }
    & > .connections--time-wait { color: $ladder-closing; }
    & > .connections--violation { color: $level-violation; }
    & > .connections--deviation { color: $level-deviation; }
    & > .connections--note { color: $level-note; }
}
"""


class Look:
    """The styles of the list's parts, made when they are needed."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._by_token: dict[str, Style] = {}

    def clear(self) -> None:
        """Forget the colours of another theme."""
        self._by_token.clear()

    def style(self, token: str) -> Style:
        """Give the style of a part; that of the list itself where none is named."""
        if token not in self._by_token:
            self._by_token[token] = self._make(token)
        return self._by_token[token]

    def lit(self, strip: Strip, token: str) -> Strip:
        """Give a row as it is under the cursor, or under the mouse."""
        light = self.style(token)
        return Strip((Segment(text, (style or Style.null()) + light) for text, style, _ in strip), strip.cell_length)

    def _make(self, token: str) -> Style:
        widget = self._widget
        if not token:
            return widget.rich_style
        if token in ("cursor", "under-mouse"):
            ground = widget.get_component_rich_style(component_class(token)).bgcolor
            return cursor_style(ground, is_ansi=widget.app.native_ansi_color and token == "cursor")
        return widget.rich_style + widget.get_component_rich_style(component_class(token), partial=True)
