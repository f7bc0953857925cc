"""A question for a letter that marks."""

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Static

from tcpladder.annotations.document import is_mark


class MarkScreen(ModalScreen[str | None], inherit_bindings=False):
    """A line at the bottom that waits for a letter; dismissed with it, or with None."""

    DEFAULT_CSS = """
    MarkScreen {
        align: left bottom;
        background: transparent;
        & > Static { height: auto; width: 1fr; padding: 0 1; background: $primary; color: $text; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", id="mark.cancel")]

    def __init__(self, named: str, mark: str) -> None:
        """Ask about something that is `named`, and has this mark already, or none."""
        super().__init__()
        taking = f"; {mark} takes its mark away" if mark else ""
        self._question = f"Mark {named} with a letter, a to z{taking}. Esc: leave it."

    def compose(self) -> ComposeResult:
        """Lay out the question."""
        yield Static(self._question, markup=False)

    def on_key(self, event: events.Key) -> None:
        """Take a letter; another key does nothing."""
        if event.character and event.is_printable:
            event.stop()
            self.press(event.character)

    def press(self, character: str) -> None:
        """Answer with a letter."""
        if is_mark(character):
            self.dismiss(character)
        else:
            self.app.bell()

    def action_cancel(self) -> None:
        """Mark nothing."""
        self.dismiss(None)
