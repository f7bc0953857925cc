"""Writing a note about a packet or a connection."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static, TextArea
from textual.widgets.text_area import Edit, EditResult

from tcpladder.annotations.document import Place
from tcpladder.printable import printable

LONGEST = 10_000  # characters
TAB = 4  # cells
KEYS = "Enter keeps it, Alt+Enter or Ctrl+J begins a new line, Esc cancels."


class NoteArea(TextArea):
    """The field for the note, of several lines."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.keep", "Keep", priority=True, id="note.keep"),
        Binding("alt+enter,ctrl+j,shift+enter", "new_line", "New line", priority=True, id="note.new_line"),
    ]

    def edit(self, edit: Edit) -> EditResult:
        """Put a text, typed or pasted, in the place of another; what a terminal would obey is written out."""
        edit.text = writable(edit.text)
        return super().edit(edit)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")


def writable(note: str) -> str:
    """Write out what a terminal would obey in a note of several lines."""
    return "\n".join(map(printable, note.expandtabs(TAB).splitlines())) + ("\n" if note.endswith("\n") else "")


class NoteScreen(ModalScreen[str | None], inherit_bindings=False):
    """Asks for a note; dismissed with it, or with None. An empty one takes the note away."""

    DEFAULT_CSS = """
    NoteScreen {
        align: center middle;
        & > Vertical {
            width: 72; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
            border: round $primary; background: $surface;
        }
        & NoteArea { height: 8; border: none; padding: 0; background: $surface; }
        & NoteArea:focus { border: none; }
        & #told { height: auto; color: $text-muted; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", id="note.cancel")]

    def __init__(self, place: Place, named: str, note: str) -> None:
        """Ask for the note about a place that is `named` so; it has this one already."""
        super().__init__()
        self.place = place
        self._named = named
        self._note = note
        self._shown = writable(note)
        self._is_warned = False
        self._early = ""  # what was typed before there was a field for it

    def compose(self) -> ComposeResult:
        """Lay out the field, and below it its keys."""
        with Vertical() as box:
            box.border_title = f"Note about {self._named}"
            yield NoteArea(
                self._shown, soft_wrap=True, tab_behavior="focus", show_line_numbers=False, highlight_cursor_line=False
            )
            yield Static(KEYS, id="told", markup=False)

    def on_mount(self) -> None:
        """Go on where the note ends."""
        area = self.query_one(NoteArea)
        area.cursor_blink = False
        area.focus()
        area.move_cursor(area.document.end)
        area.insert(self._early)

    def press(self, character: str) -> None:
        """Take what was typed before the field was there."""
        if self.is_mounted:
            self.query_one(NoteArea).insert(character)
        else:
            self._early += character

    def on_text_area_changed(self) -> None:
        """Ask anew before something is thrown away, and say where a note is too long."""
        self._is_warned = False
        over = len(self.text) - LONGEST
        self._say(f"That is {over} characters more than the {LONGEST} of a note." if over > 0 else KEYS)

    @property
    def text(self) -> str:
        """What is written by now."""
        return self.query_one(NoteArea).text

    @property
    def note(self) -> str:
        """The note by now; one that nobody changed is as it was."""
        return self._note if self.text == self._shown else self.text

    def action_keep(self) -> None:
        """Answer with the note, unless it is too long."""
        if len(self.text) > LONGEST:
            self.app.bell()
        else:
            self.dismiss(self.note)

    def action_cancel(self) -> None:
        """Answer with nothing; what was changed is thrown away only when asked twice."""
        if self.text == self._shown or self._is_warned:
            self.dismiss(None)
            return
        self._is_warned = True
        self._say("Esc once more throws away what you wrote; Enter keeps it.")

    def _say(self, words: str) -> None:
        self.query_one("#told", Static).update(words)
