"""A question for the name of a file that bytes are to be saved in."""

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tcpladder.printable import printable
from tcpladder.saving import ExistsError, SavingError, save
from tcpladder.tui.keys import key_of


class SaveScreen(ModalScreen[Path | None], inherit_bindings=False):
    """Saves bytes; dismissed with where they are, or with None. What is there is replaced only when asked twice."""

    DEFAULT_CSS = """
    SaveScreen {
        align: center middle;
        & > Vertical {
            width: 72; max-width: 100%; height: auto; padding: 0 1; border: round $primary; background: $surface;
        }
        & Static { height: auto; }
        & Input { width: 1fr; border: none; height: 1; padding: 0; }
        & Input:focus { border: none; }
        & #problem { color: $text-error; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", id="save.cancel")]

    def __init__(self, question: str, data: bytes, name: str) -> None:
        """Ask where to save `data`; `name` is what the file might be called."""
        super().__init__()
        self._question = question
        self._data = data
        self._name = name
        self._agreed: Path | None = None  # this file may be replaced

    def compose(self) -> ComposeResult:
        """Lay out the question and the field."""
        with Vertical():
            yield Static(self._question, markup=False)
            yield Input(self._name, placeholder="file name", select_on_focus=False)
            yield Static(
                f"Enter saves, {key_of(self.app, SaveScreen, 'save.cancel')} cancels.", id="problem", markup=False
            )

    def on_input_changed(self) -> None:
        """Ask anew for another name."""
        self._agreed = None

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Save, or say why not."""
        if not message.value.strip():
            self._say("Type the name of a file.")
            return
        try:
            path = Path(message.value.strip()).expanduser().absolute()
            save(path, self._data, replace=path == self._agreed)
        except ExistsError as error:
            self._agreed = path
            self._say(f"{error.sentence} Enter once more replaces it.")
        except SavingError as error:
            self._say(str(error))
        except (RuntimeError, ValueError) as error:  # a home directory that can't be told
            self._say(printable(f"{error}"))
        else:
            self.dismiss(path)

    def _say(self, words: str) -> None:
        self.app.bell()
        self.query_one("#problem", Static).update(words)

    def action_cancel(self) -> None:
        """Save nothing."""
        self.dismiss(None)
