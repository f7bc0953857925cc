"""Two packets side by side, with what differs between them marked."""

from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from tcpladder.ladder.comparison import Comparison
from tcpladder.printable import printable
from tcpladder.tui.keys import key_of
from tcpladder.tui.screens.help import HelpPane
from tcpladder.tui.widgets.ladder_view import LadderView

DIFFERENT = "≠"
ASCII_DIFFERENT = "!"


class ComparisonScreen(ModalScreen[None], inherit_bindings=False):
    """Shows a comparison; what differs is bold and has a sign before it."""

    DEFAULT_CSS = """
    ComparisonScreen {
        align: center middle;
        & > HelpPane {
            width: 96; max-width: 100%; height: auto; max-height: 100%;
            border: round $primary; background: $surface; padding: 0 1;
            scrollbar-size-vertical: 1;
        }
        & Static { width: 1fr; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "dismiss", "Close", id="comparison.close")]

    def __init__(self, comparison: Comparison, *, is_ascii: bool = False) -> None:
        """Show `comparison`, with signs that every terminal has where `is_ascii` says so."""
        super().__init__()
        self._comparison = comparison
        self._sign = ASCII_DIFFERENT if is_ascii else DIFFERENT

    def compose(self) -> ComposeResult:
        """Lay out the table."""
        closing = key_of(self.app, ComparisonScreen, "comparison.close")
        with HelpPane() as pane:
            pane.border_title = self._comparison.heading
            pane.border_subtitle = (
                f"{closing} closes; {key_of(self.app, LadderView, 'ladder.reference')} on the reference forgets it"
            )
            yield Static(_table(self._comparison, self._sign))


def _table(comparison: Comparison, sign: str) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1, overflow="fold")
    table.add_column(ratio=1, overflow="fold")
    for field in comparison.fields:
        style = "bold" if field.is_different else ""
        table.add_row(
            sign if field.is_different else "",
            Text(field.name),
            *(Text(printable(value), style=style) for value in field.values),
        )
    return table
