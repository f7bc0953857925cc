"""The question whether what is not saved is to be saved, before the app goes."""

from enum import Enum, auto
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static


class Leaving(Enum):
    """What is to become of marks and notes that are not saved."""

    SAVE = auto()
    DISCARD = auto()


class LeaveScreen(ModalScreen[Leaving | None], inherit_bindings=False):
    """Asks; dismissed with an answer, or with None to stay."""

    DEFAULT_CSS = """
    LeaveScreen {
        align: center middle;
        & > Vertical {
            width: 48; max-width: 100%; height: auto; padding: 0 1; border: round $warning; background: $surface;
        }
        & Static { height: auto; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s,enter", "answer('SAVE')", "Save", id="leave.save"),
        Binding("d", "answer('DISCARD')", "Discard", id="leave.discard"),
        Binding("escape,q", "stay", "Stay", id="leave.stay"),
    ]

    def compose(self) -> ComposeResult:
        """Lay out the question and its answers."""
        with Vertical() as box:
            box.border_title = "Marks and notes are not saved"
            yield Static("s, Enter  save them, and leave", markup=False)
            yield Static("d         discard them, and leave", markup=False)
            yield Static("Esc, q    stay", markup=False)

    def action_answer(self, answer: str) -> None:
        """Go, in one way or the other."""
        self.dismiss(Leaving[answer])

    def action_stay(self) -> None:
        """Go on with the capture."""
        self.dismiss(None)
