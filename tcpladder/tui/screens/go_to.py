"""A question for a number: a packet's."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.screen import ModalScreen
from textual.widgets import Input, Label


class GoToScreen(ModalScreen[int | None], inherit_bindings=False):
    """Asks for a number; dismissed with it, or with None."""

    DEFAULT_CSS = """
    GoToScreen {
        align: center middle;
        & > Horizontal {
            width: 44; max-width: 100%; height: 3; padding: 0 1; border: round $primary; background: $surface;
        }
        & Label { width: auto; }
        & Input { width: 1fr; border: none; height: 1; padding: 0 1; }
        & Input:focus { border: none; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", id="go_to.cancel")]

    def __init__(self, question: str) -> None:
        super().__init__()
        self._question = question

    def compose(self) -> ComposeResult:
        """Lay out the question and the field."""
        with Horizontal():
            yield Label(self._question, markup=False)
            yield Input(type="integer", max_length=10)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Answer with the number."""
        self.dismiss(int(message.value) if message.value.lstrip("+-").isdigit() else None)

    def action_cancel(self) -> None:
        """Answer with nothing."""
        self.dismiss(None)
