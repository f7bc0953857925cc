"""The pane beside a ladder that explains the row under its cursor."""

from collections.abc import Iterable

from rich.text import Text
from textual.app import ComposeResult
from textual.widgets import Static

from tcpladder.ladder.layout import Line
from tcpladder.printable import printable
from tcpladder.tui.screens.help import HelpPane

STYLES = {
    "title": "bold",
    "note": "$ladder-quiet",
    "mark": "$ladder-opening",
    "level.violation": "$level-violation",
    "level.deviation": "$level-deviation",
    "level.note": "$level-note",
}


class LadderDetail(HelpPane):
    """Shows lines of spans, broken where the pane ends."""

    DEFAULT_CSS = """
    LadderDetail { padding: 0 1; scrollbar-size-vertical: 1; & > Static { width: 1fr; } }
    """

    def __init__(self) -> None:
        super().__init__()
        self._text = Static(markup=False)
        self._lines: list[Line] = []

    def compose(self) -> ComposeResult:
        """Lay out the text."""
        yield self._text

    def show(self, lines: Iterable[Line]) -> None:
        """Explain another row, from the beginning."""
        self._lines = list(lines)
        self._draw()
        self.scroll_home(animate=False)

    def notify_style_update(self) -> None:
        """Take the colours of another theme."""
        super().notify_style_update()
        if self.is_mounted:
            self._draw()

    def _draw(self) -> None:
        variables = self.app.theme_variables
        styles = {
            token: variables[style.removeprefix("$")] if style.startswith("$") else style
            for token, style in STYLES.items()
        }
        text = Text()
        for line in self._lines:
            for span in line:
                text.append(printable(span.text), styles.get(span.token, ""))
            text.append("\n")
        self._text.update(text)
