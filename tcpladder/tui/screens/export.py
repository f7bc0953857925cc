"""The export dialog: which connections, in which format, with what, into which file; and a look at what it will be."""

import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any, BinaryIO, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from tcpladder.errors import TcpladderError
from tcpladder.ladder.notation import byte_count
from tcpladder.printable import printable
from tcpladder.report.format import Format
from tcpladder.report.model import Report
from tcpladder.report.writing import sources_of, told, write_into, write_report
from tcpladder.saving import ExistsError, check_target
from tcpladder.tui.export_lines import FIELDS, LINES, Words, offers
from tcpladder.tui.exporting import (
    USUAL,
    Choices,
    Exported,
    Preview,
    Scope,
    file_name,
    format_by_ending,
    grouped,
    offered_formats,
    path_of,
    preview,
    with_ending,
)
from tcpladder.tui.keys import key_of
from tcpladder.tui.paths import candidates, completed
from tcpladder.tui.widgets.choice_line import NAMED, ChoiceLine
from tcpladder.tui.widgets.key_bar import KeyBar

PART = "What follows is made of the first {} connections only; the file will have all."
TOLD_EVERY = 0.1  # seconds between two words about how far the writing is

Disguise = Callable[[Report], Report]


class TargetInput(Input):
    """The field for the file's name."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "screen.move(-1)", "Line", tooltip="To the line above", id="export.leave_field"),
        Binding("tab", "screen.complete", "Complete", tooltip="Complete the path", id="export.complete"),
        Binding("enter", "submit", "Export", tooltip="Write the file", id="export.submit"),
    ]

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text, typed or pasted, in the place of another; what a terminal would obey is written out."""
        super().replace(printable(text), start, end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written: in words, and how it was chosen."""

    told: str
    choices: Choices


class ExportScreen(ModalScreen[Written | None], inherit_bindings=False):
    """Asks what to export, and writes it; dismissed with what was written, or with None."""

    DEFAULT_CSS = """
    ExportScreen {
        align: center middle;
        & > Vertical {
            width: 110; max-width: 100%; height: 100%; max-height: 36; padding: 0 1;
            border: round $primary; background: $surface;
        }
        & #form { height: auto; }
        & #target { height: 1; }
        & #target > Static { width: auto; }
        & TargetInput { width: 1fr; border: none; height: 1; padding: 0; background: $surface; }
        & TargetInput:focus { border: none; background: $surface-lighten-1; }
        & #told { height: auto; max-height: 3; min-height: 1; }
        & #figures { height: 1; margin-top: 1; text-wrap: nowrap; text-overflow: ellipsis; text-style: bold; }
        & #preview { height: 1fr; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
        &.-bad #told { color: $text-error; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "Cancel", tooltip="Write nothing", id="export.cancel")
    ]

    class Looked(Message):
        """What the file will be is known, or why it can't be; `turn` counts what was chosen."""

        def __init__(self, turn: int, seen: Preview) -> None:
            super().__init__()
            self.turn = turn
            self.seen = seen

    class Progressed(Message):
        """So many bytes are written."""

        def __init__(self, size: int) -> None:
            super().__init__()
            self.size = size

    class Ended(Message):
        """The writing has come to an end: `told` says what was written, `problem` why it was not, if by an error."""

        def __init__(self, told: str = "", problem: str = "", file: IO[bytes] | None = None) -> None:
            super().__init__()
            self.told = told
            self.problem = problem
            self.file = file  # what a browser is to be given

    def __init__(self, exported: Exported, choices: Choices, *, is_ascii: bool = False) -> None:
        """Ask about what is `exported`, beginning with these choices; `is_ascii` draws with ASCII only."""
        super().__init__()
        self._exported = exported
        self._choices = choices
        self._is_ascii = is_ascii
        self._offered: dict[str, tuple[Any, ...]] = {}  # what can be chosen, by line
        self._own_name = ""  # what the file is called as long as nobody types something else
        self._agreed: Path | None = None  # this file may be replaced
        self._turn = 0  # counts what was chosen
        self._looked = 0  # the turn of what is shown
        self._is_writing = False
        self._is_stopped = threading.Event()

    def compose(self) -> ComposeResult:
        """Lay out the form, and below it what the file will be."""
        with Vertical() as box:
            box.border_title = "Export"
            if self._is_ascii:
                box.styles.border = ("ascii", "white")
            with Vertical(id="form"):
                for line, name in LINES.items():
                    yield ChoiceLine(name, id=line)
                with Horizontal(id="target"):
                    yield Static(f"  {'File':<{NAMED}} ", markup=False)
                    yield TargetInput(placeholder="a path", select_on_focus=False)
            yield Static("", id="told", markup=False)
            yield Static("", id="figures", markup=False)
            yield Static("", id="preview", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with the likeliest connections."""
        words = {scope: f"{scope.words} ({grouped(len(scope.numbers))})" for scope in self._exported.scopes}
        self._offer("what", words, self._exported.scopes[0])
        self._line("what").focus()
        self._fit()

    def on_unmount(self) -> None:
        """Leave nothing at work."""
        self._turn += 1
        self._is_stopped.set()

    # -- what can be chosen ---------------------------------------------------------------------

    def _line(self, name: str) -> ChoiceLine:
        return self.query_one(f"#{name}", ChoiceLine)

    def _offer(self, name: str, words: Words, chosen: object, otherwise: str = "") -> None:
        """Have something to choose from in a line; where there is nothing, it says why."""
        self._offered[name] = values = tuple(words)
        at = next((at for at, value in enumerate(values) if value is chosen), 0)
        self._line(name).offer(tuple(words.values()), at, otherwise)

    @property
    def _scope(self) -> Scope:
        scope: Scope = self._offered["what"][self._line("what").at]
        return scope

    @property
    def _form(self) -> Format:
        form: Format = self._offered["format"][self._line("format").at]
        return form

    def _fit(self) -> None:
        """Offer what goes with what is chosen, name the file after it, and look at what it comes to."""
        forms = {form: form.name for form in offered_formats(self._scope)}
        by_name = {form.name: form for form in forms}
        self._offer("format", forms, by_name.get(self._choices.form, by_name.get(USUAL)))
        self._offer_contents()
        self._name_file()
        self._look()

    def _offer_contents(self) -> None:
        """Offer what makes a difference to the format, and say of the rest that it makes none."""
        for name, offer in offers(self._form, self._choices, self._exported).items():
            self._offer(name, offer.words, offer.chosen, offer.otherwise)
        self._line("table").display = "table" in self._form.heeds
        self._line("ladders").display = "table" not in self._form.heeds

    def on_choice_line_chosen(self, message: ChoiceLine.Chosen) -> None:
        """Take note of what is chosen."""
        name = message.line.id or ""
        value = self._offered[name][message.line.at]
        if name in FIELDS:
            kept: Any = value.name if isinstance(value, Format) else value
            self._choices = replace(self._choices, **{FIELDS[name]: kept})
        self._fit()

    def action_move(self, step: int) -> None:
        """Go to the line above or below where something can be chosen, or to the file's name."""
        lines = [each for each in self.query("#form ChoiceLine, #form Input") if each.display and each.can_focus]
        at = lines.index(self.focused) if self.focused in lines else 0
        lines[(at + step) % len(lines)].focus()

    # -- the file's name ------------------------------------------------------------------------

    @property
    def _field(self) -> TargetInput:
        return self.query_one(TargetInput)

    def _name_file(self) -> None:
        """Name the file after what is chosen; of a name that was typed only the ending follows the format."""
        is_own = self._field.value in ("", self._own_name)
        self._own_name = file_name(
            self._exported.analysis, self._scope, self._form, is_disguised=self._choices.is_disguised
        )
        self._type(self._own_name if is_own else with_ending(self._field.value, self._form))

    def _type(self, text: str) -> None:
        field = self._field
        if field.value != text:
            field.value = text
            field.cursor_position = len(text)

    def on_input_changed(self, message: Input.Changed) -> None:
        """Have the format that a typed ending stands for."""
        self._agreed = None
        form = format_by_ending(message.value, self._offered["format"])
        if form is not None and form is not self._form and message.value != self._own_name:
            self._choices = replace(self._choices, form=form.name)
            self._fit()

    def action_complete(self) -> None:
        """Write as much of the path as is plain; to a browser it is nobody's."""
        field = self._field
        text = (
            field.value
            if self.app.is_web
            else completed(field.value, [one for one in candidates(field.value) if one.shown.startswith(field.value)])
        )
        if text == field.value:
            self.app.bell()
        self._type(text)

    # -- what it comes to -----------------------------------------------------------------------

    def _look(self) -> None:
        """Look, in a thread, at what the file will be; what is being looked at for earlier choices is given up."""
        self._turn += 1
        report = self._exported.report(self._scope, self._choices)
        self._tell(title_of(self._form))
        work = partial(self._look_at, self._turn, report, self._form, self._disguise)
        self.run_worker(work, thread=True, exclusive=True, group="preview")

    @property
    def _disguise(self) -> Disguise | None:
        return self._exported.dressed if self._choices.is_disguised else None

    def _look_at(self, turn: int, report: Report, form: Format, disguise: Disguise | None) -> None:
        """Run in a thread."""
        try:
            seen = preview(report, form, disguise, lambda: turn == self._turn)
        except (OSError, TcpladderError) as error:
            seen = Preview(told=printable(str(error)))
        if turn == self._turn:
            self.post_message(self.Looked(turn, seen))

    def on_export_screen_looked(self, message: Looked) -> None:
        """Show it, unless something else is chosen by now."""
        if message.turn != self._turn:
            return
        self._looked = message.turn
        seen = message.seen
        part = (PART.format(seen.of), "") if seen.of else ()
        self.query_one("#figures", Static).update(seen.told)
        self.query_one("#preview", Static).update("\n".join((*part, *seen.lines)))

    @property
    def is_looking(self) -> bool:
        """Whether what is shown is not yet that of what is chosen."""
        return self._looked != self._turn

    def _tell(self, words: str, *, is_bad: bool = False) -> None:
        self.set_class(is_bad, "-bad")
        self.query_one("#told", Static).update(words)

    def _refuse(self, words: str) -> None:
        self.app.bell()
        self._tell(words, is_bad=True)

    # -- writing --------------------------------------------------------------------------------

    def on_input_submitted(self) -> None:
        """Write the file."""
        self.action_export()

    def action_export(self) -> None:
        """Write the file, or say why not."""
        if self._is_writing:
            return
        if not self._field.value.strip():
            self._refuse("Type the name of a file.")
            return
        report = self._exported.report(self._scope, self._choices)
        try:
            path = path_of(self._field.value)
            if not self.app.is_web:
                check_target(path, replace=path == self._agreed, sources=sources_of(report))
        except ExistsError as error:
            self._agreed = path
            self._refuse(f"{error.sentence} {key_of(self.app, ChoiceLine, 'export.write')} once more replaces it.")
        except (TcpladderError, ValueError, RuntimeError) as error:  # or a home directory that can't be told
            self._refuse(printable(str(error)))
        else:
            self._is_writing = True
            self.query_one("#form").disabled = True
            self._tell_size(0)
            work = partial(self._write, report, self._form, path, self._disguise)
            self.run_worker(work, thread=True, group="export")

    def _write(self, report: Report, form: Format, path: Path, disguise: Disguise | None) -> None:
        """Run in a thread."""
        told_at = time.monotonic()

        def goes_on(size: int) -> bool:
            nonlocal told_at
            if time.monotonic() > told_at + TOLD_EVERY:
                told_at = time.monotonic()
                self.post_message(self.Progressed(size))
            return not self._is_stopped.is_set()

        try:
            dressed = report if disguise is None else disguise(report)
            if self.app.is_web:
                self._write_for_browser(dressed, form, Path(path.name), goes_on)
                return
            is_written = write_report(dressed, form, path, replace=path == self._agreed, goes_on=goes_on)
            self.post_message(self.Ended(told(dressed, path) if is_written else ""))
        except (OSError, TcpladderError) as error:
            self.post_message(self.Ended(problem=printable(str(error))))

    def _write_for_browser(self, report: Report, form: Format, name: Path, goes_on: Callable[[int], bool]) -> None:
        """Who sits at a browser has no files here: the file is sent to them when it is whole."""
        file = tempfile.TemporaryFile()  # noqa: SIM115 - who delivers it closes it
        if write_into(report, form, cast("BinaryIO", file), goes_on):
            file.seek(0)
            self.post_message(self.Ended(told(report, name), file=file))
        else:
            file.close()
            self.post_message(self.Ended())

    def on_export_screen_progressed(self, message: Progressed) -> None:
        """Say how far it is."""
        self._tell_size(message.size)

    def _tell_size(self, size: int) -> None:
        key = key_of(self.app, ExportScreen, "export.cancel")
        stops = "Stopping …" if self._is_stopped.is_set() else f"{key} stops it."
        self._tell(f"Writing: {byte_count(size)}. {stops}")

    def on_export_screen_ended(self, message: Ended) -> None:
        """Close the dialog where the file is there; else say why it is not."""
        self._is_writing = False
        if message.file is not None:
            self.app.deliver_binary(
                cast("BinaryIO", message.file),
                save_filename=path_of(self._field.value).name,
                mime_type=self._form.media_type,
            )
        if message.told:
            self.dismiss(Written(told=message.told, choices=self._choices))
            return
        self._is_stopped.clear()
        self.query_one("#form").disabled = False
        self._line("what").focus()
        if message.problem:
            self._refuse(message.problem)
        else:
            self._tell("Stopped: nothing was written.")

    def action_cancel(self) -> None:
        """Stop the writing, or close the dialog."""
        if self._is_writing:
            self._is_stopped.set()
            self._tell("Stopping …")
        else:
            self.dismiss(None)


def title_of(form: Format) -> str:
    """Say what a format is for."""
    return f"{form.title[:1].upper()}{form.title[1:]}."
