"""The find line: what is looked for, and which of how many matches was gone to."""

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tcpladder.errors import UsageError
from tcpladder.printable import printable

if TYPE_CHECKING:
    from tcpladder.stream.search import Pattern

PROMPT = "find> "
HINT = "text, /regular expression/ or hex:0d 0a"
LONGEST = 1000  # characters


class FindInput(Input):
    """The field of the find line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "Find", tooltip="Find it, and go to the first match", id="find.submit"),
        Binding("escape", "leave", "Close", tooltip="Find nothing any more", id="find.leave"),
    ]

    class Left(Message):
        """Nothing is to be found any more."""

    def __init__(self) -> None:
        super().__init__(max_length=LONGEST, select_on_focus=False, compact=True, placeholder=HINT)
        self.cursor_blink = False

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text, typed or pasted, in the place of another; what a terminal would obey is written out."""
        super().replace(printable(text), start, end)

    def action_leave(self) -> None:
        """Close the line."""
        self.post_message(self.Left())


class FindLine(Horizontal):
    """Asks what to find. Whoever holds it does the finding, and says by `tell` what came of it."""

    DEFAULT_CSS = """
    FindLine {
        height: 1;
        background: $panel;
        display: none;
        & > #find-prompt { width: auto; padding: 0 0 0 1; }
        & > FindInput { width: 1fr; background: $panel; }
        & > FindInput:focus { background: $panel; background-tint: $panel 0%; }
        & > #found { width: auto; max-width: 75%; padding: 0 1; text-wrap: nowrap; text-overflow: ellipsis; }
        &.-open { display: block; }
        &.-bad > #found { color: $text-error; }
    }
    """

    class Asked(Message):
        """Something is to be found."""

        def __init__(self, pattern: "Pattern") -> None:
            super().__init__()
            self.pattern = pattern

    class Left(Message):
        """Nothing is to be found any more."""

    def __init__(self) -> None:
        super().__init__()
        self._input = FindInput()
        self._input.can_focus = False  # keys are not to go where nothing is shown
        self.pattern: Pattern | None = None

    def compose(self) -> ComposeResult:
        """Lay out the field between its name and the matches."""
        yield Static(PROMPT, id="find-prompt", markup=False)
        yield self._input
        yield Static("", id="found", markup=False)

    @property
    def is_open(self) -> bool:
        """Whether the line is shown."""
        return self.has_class("-open")

    @property
    def is_typed_in(self) -> bool:
        """Whether the keys go into the line."""
        return self._input.has_focus

    def open(self) -> None:
        """Show the line, to be typed in."""
        self.add_class("-open")
        self._input.can_focus = True
        self._input.focus()
        self._input.cursor_position = len(self._input.value)

    def close(self) -> None:
        """Hide the line; what stands in it is there again when it is opened."""
        self.remove_class("-open")
        self._input.can_focus = False
        self.pattern = None
        self.tell("")

    def tell(self, words: str, *, is_bad: bool = False) -> None:
        """Say what was found."""
        self.set_class(is_bad, "-bad")
        self.query_one("#found", Static).update(words)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Forget what was said of something else."""
        message.stop()
        if self.has_class("-bad"):
            self.tell("")

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Have it found, if it can be."""
        message.stop()
        if not message.value:
            self.post_message(self.Left())
            return
        from tcpladder.stream.search import parse  # hardly anyone finds something: nobody else is to wait for it

        try:
            self.pattern = parse(message.value)
        except UsageError as error:
            self.tell(str(error), is_bad=True)
            self.app.bell()
            return
        self.post_message(self.Asked(self.pattern))

    def on_find_input_left(self, message: FindInput.Left) -> None:
        """Tell that it is to be closed."""
        message.stop()
        self.post_message(self.Left())


def place_words(at: int | None, count: int, *, is_more: bool = False) -> str:
    """Say which match was gone to, counted from 0, of how many."""
    many = f"{count:,}".replace(",", " ") + ("+" if is_more else "")
    if not count:
        return "no match"
    if at is None:
        return f"{many} match{'es' if count > 1 else ''}"
    return f"{at + 1:,} of {many}".replace(",", " ")
