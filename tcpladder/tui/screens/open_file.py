"""A question for a capture: one of those that were opened last, or any other by its path."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from tcpladder.capture.opening import check_openable
from tcpladder.errors import TcpladderError
from tcpladder.printable import printable
from tcpladder.tui.keys import key_of
from tcpladder.tui.paths import Candidate, candidates, completed


class PathInput(Input):
    """The field for a path. What its keys do beside writing is the dialog's."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "screen.move(1)", "Next", show=False, id="open.next"),
        Binding("up", "screen.move(-1)", "Previous", show=False, id="open.previous"),
        Binding("tab", "screen.complete", "Complete the path", show=False, id="open.complete"),
        Binding("enter", "submit", "Open", tooltip="Open what is chosen, or typed", show=False, id="open.choose"),
    ]


class OpenFileScreen(ModalScreen[Path | None], inherit_bindings=False):
    """Asks for a capture; dismissed with its path, or with None."""

    DEFAULT_CSS = """
    OpenFileScreen {
        align: center middle;
        & > Vertical {
            width: 90; max-width: 100%; height: auto; max-height: 100%;
            border: round $primary; background: $surface; padding: 0 1;
        }
        & PathInput { border: none; height: 1; padding: 0; }
        & PathInput:focus { border: none; }
        & OptionList {
            height: auto; max-height: 16; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
        }
        & OptionList:ansi > .option-list--option-highlighted { text-style: reverse; }
        & #told { height: auto; max-height: 4; color: $text-error; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "cancel", "Cancel", id="open.cancel")]

    class Listed(Message):
        """What may be meant was looked up."""

        def __init__(self, typed: str, found: list[Candidate]) -> None:
            super().__init__()
            self.typed = typed
            self.found = found

    def __init__(self, recent: Sequence[Path], *, is_ascii: bool = False, told: str = "") -> None:
        """Offer these captures; `told` is what there is to say from the beginning."""
        super().__init__()
        self._recent = [Candidate(path=path, shown=printable(str(path))) for path in recent]
        self._found: list[Candidate] = []
        self._looked_up: str | None = None  # for what it was found
        self._is_ascii = is_ascii
        self._told = told

    def compose(self) -> ComposeResult:
        """Lay out the field and what it may go on with."""
        with Vertical() as box:
            box.border_title = "Open a capture"
            box.border_subtitle = (
                f"{key_of(self.app, PathInput, 'open.complete')} completes  "
                f"{key_of(self.app, PathInput, 'open.choose')} opens  "
                f"{key_of(self.app, OpenFileScreen, 'open.cancel')} closes"
            )
            if self._is_ascii:
                box.styles.border = ("ascii", "white")
            yield PathInput(placeholder="a path", select_on_focus=False)
            yield Static(self._told, id="told", markup=False)
            yield OptionList()

    def on_mount(self) -> None:
        """Begin with the captures that were opened last."""
        self.query_one(OptionList).can_focus = False
        self.query_one(PathInput).focus()
        self._tell(self._told)
        self._list("")

    def _list(self, typed: str) -> None:
        self.run_worker(partial(self._look_up, typed), thread=True, exclusive=True, group="paths")

    def _look_up(self, typed: str) -> None:
        """Run in a thread: a directory may be far away."""
        self.post_message(self.Listed(typed, candidates(typed)))

    def on_open_file_screen_listed(self, message: Listed) -> None:
        """Show what may be meant, unless something else is by now."""
        if message.typed == self.query_one(PathInput).value != self._looked_up:
            self._show(message.typed, message.found)

    def _catch_up(self) -> None:
        """Look up what was typed at once: keys may be quicker than the thread."""
        typed = self.query_one(PathInput).value
        if typed != self._looked_up:
            self._show(typed, candidates(typed))

    def _show(self, typed: str, found: list[Candidate]) -> None:
        self._looked_up = typed
        self._found = [*(self._recent if not typed else ()), *found]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(Text(one.shown, no_wrap=True, overflow="ellipsis")) for one in self._found])
        options.highlighted = 0 if self._recent and not typed else None

    def on_input_changed(self, message: Input.Changed) -> None:
        """Look up what goes on with it."""
        self._tell("")
        self._list(message.value)

    def action_move(self, step: int) -> None:
        """Choose the next of what is offered, or the one before."""
        self._catch_up()
        options = self.query_one(OptionList)
        if self._found:
            at = options.highlighted
            begin = -1 if step > 0 else 0
            options.highlighted = ((begin if at is None else at) + step) % len(self._found)

    def action_complete(self) -> None:
        """Write as much of the path as is plain; where nothing is, choose the next."""
        self._catch_up()
        field, chosen = self.query_one(PathInput), self._chosen()
        text = completed(field.value, [one for one in self._found if one.shown.startswith(field.value)])
        if chosen is not None:
            text = chosen.shown
        if text == field.value:
            self.action_move(1)
            return
        field.value = text
        field.cursor_position = len(text)

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Open what is chosen, or else what is typed."""
        self._open(message.value)

    def _open(self, typed: str) -> None:
        """Answer with the capture, or say why it can't be opened; a directory is gone into."""
        self._catch_up()
        chosen = self._chosen()
        if chosen is None and not typed.strip():
            return
        try:
            path = chosen.path if chosen else Path(typed).expanduser()
            is_directory = path.is_dir()
        except (OSError, ValueError, RuntimeError) as error:
            self._tell(printable(f"{typed} is no path: {error}."))
            return
        if is_directory:
            field = self.query_one(PathInput)
            field.value = (chosen.shown if chosen else typed).rstrip("/") + "/"
            field.cursor_position = len(field.value)
            return
        try:
            check_openable(path)
        except TcpladderError as error:
            self._tell(str(error))
            return
        self.dismiss(path)

    def _chosen(self) -> Candidate | None:
        at = self.query_one(OptionList).highlighted
        return None if at is None or at >= len(self._found) else self._found[at]

    def _tell(self, sentence: str) -> None:
        told = self.query_one("#told", Static)
        told.update(sentence)
        told.display = bool(sentence)

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Open what was clicked on."""
        self.query_one(OptionList).highlighted = message.option_index
        self._open(self.query_one(PathInput).value)

    def action_cancel(self) -> None:
        """Answer with nothing."""
        self.dismiss(None)
