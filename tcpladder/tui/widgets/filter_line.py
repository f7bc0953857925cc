"""The filter line: what is typed, whether it is a filter, how it may go on, and what was typed before."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from rich.highlighter import Highlighter
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from tcpladder.filters.completion import Completion, complete
from tcpladder.filters.facts import Facts
from tcpladder.filters.parsing import LONGEST, display_filter
from tcpladder.printable import printable
from tcpladder.tui.filter_history import FilterHistory
from tcpladder.tui.filtering import NOTHING_SAID, Verdict
from tcpladder.tui.keys import key_of

PROMPT = "filter> "
HINT = "{complete} completes port:, rtt> and so on; = begins a Wireshark filter{help}."
BETWEEN = "  "

FactsNow = Callable[[], Facts | None]


class _Mark(Highlighter):
    """Underlines the line from the place on where it is no filter."""

    position: int | None = None

    def highlight(self, text: Text) -> None:
        """Underline what is not understood."""
        if self.position is not None:
            text.stylize("underline", self.position)


class _Suggester(Suggester):
    """Suggests, behind the cursor, how the line most likely goes on."""

    def __init__(self, facts: FactsNow) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._facts = facts

    async def get_suggestion(self, value: str) -> str | None:
        """Give the line with its last word completed."""
        completion = complete(value, len(value), self._facts())
        is_begun = completion.start < len(value)
        return value[: completion.start] + completion.texts[0] if completion.texts and is_begun else None


@dataclass(slots=True, kw_only=True)
class _Cycle:
    """One completion after the other in the same place, as Tab is pressed again."""

    completion: Completion
    before: str
    after: str
    at: int


class FilterInput(Input, inherit_bindings=False):
    """The field of the filter line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "List", tooltip="Keep the filter, and go to the list", id="filter.submit"),
        Binding(
            "tab",
            "complete(1)",
            "Complete",
            tooltip="Complete; once more for the next possibility",
            id="filter.complete",
        ),
        Binding("shift+tab", "complete(-1)", "Complete backwards", show=False, id="filter.complete_back"),
        Binding("up", "history(-1)", "Older", tooltip="The filter before", id="filter.older"),
        Binding("down", "history(1)", "Newer", tooltip="The filter after", show=False, id="filter.newer"),
        Binding("escape", "leave", "Clear", tooltip="Clear the filter, and go to the list", id="filter.leave"),
        Binding("right", "cursor_right", "Right, or take what is suggested", show=False, id="filter.right"),
        Binding("left", "cursor_left", "Left", show=False, id="filter.left"),
        Binding("ctrl+right", "cursor_right_word", "A word to the right", show=False, id="filter.word_right"),
        Binding("ctrl+left", "cursor_left_word", "A word to the left", show=False, id="filter.word_left"),
        Binding("home,ctrl+a", "home", "To the beginning", show=False, id="filter.first"),
        Binding("end,ctrl+e", "end", "To the end", show=False, id="filter.last"),
        Binding("backspace", "delete_left", "Delete to the left", show=False, id="filter.delete_left"),
        Binding("delete", "delete_right", "Delete to the right", show=False, id="filter.delete_right"),
        Binding("ctrl+w", "delete_left_word", "Delete the word to the left", show=False, id="filter.delete_word"),
        Binding("ctrl+u", "delete_left_all", "Delete all to the left", show=False, id="filter.delete_to_start"),
        Binding("ctrl+k", "delete_right_all", "Delete all to the right", show=False, id="filter.delete_to_end"),
    ]

    class Left(Message):
        """The line is to be cleared and left."""

    def __init__(self, facts: FactsNow, history: FilterHistory) -> None:
        """Complete by what `facts` tell at the time; go through `history`."""
        self.mark = _Mark()
        super().__init__(
            highlighter=self.mark,
            suggester=_Suggester(facts),
            max_length=LONGEST,
            select_on_focus=False,
            compact=True,
        )
        self.cursor_blink = False
        self._facts_now = facts
        self._history = history
        self._place: int | None = None  # in the history
        self._typed = ""  # before the history was gone through
        self._cycle: _Cycle | None = None

    @property
    def completion(self) -> tuple[Completion, int] | None:
        """What is being gone through by Tab, and where in it the line is."""
        return (self._cycle.completion, self._cycle.at) if self._cycle else None

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text, typed or pasted, in the place of another; what a terminal would obey is written out."""
        super().replace(printable(text), start, end)

    def watch_value(self, value: str) -> None:
        """Forget what was gone through when something else is typed."""
        if self._cycle and value != self._line_of(self._cycle):
            self._cycle = None
        if self._place is not None and value != self._history.lines[self._place]:
            self._place = None

    def action_complete(self, step: int) -> None:
        """Complete what stands before the cursor; pressed again, by the next possibility."""
        if self._cycle is None:
            completion = complete(self.value, self.cursor_position, self._facts_now())
            if not completion.texts:
                self.app.bell()
                return
            self._cycle = _Cycle(
                completion=completion,
                before=self.value[: completion.start],
                after=self.value[self.cursor_position :],
                at=-1 if step > 0 else 0,
            )
        cycle = self._cycle
        cycle.at = (cycle.at + step) % len(cycle.completion.texts)
        self.value = self._line_of(cycle)
        self.cursor_position = len(self.value) - len(cycle.after)
        if len(cycle.completion.texts) == 1:
            self._cycle = None

    @staticmethod
    def _line_of(cycle: _Cycle) -> str:
        return cycle.before + cycle.completion.texts[cycle.at] + cycle.after

    def action_history(self, step: int) -> None:
        """Go to an older filter, or to a newer one and at last to what was being typed."""
        lines = self._history.lines
        place = len(lines) if self._place is None else self._place
        if self._place is None:
            self._typed = self.value
        place += step
        if not 0 <= place <= len(lines):
            self.app.bell()
            return
        self._place = place if place < len(lines) else None
        self.value = self._typed if self._place is None else lines[self._place]
        self.cursor_position = len(self.value)

    def action_leave(self) -> None:
        """Clear the filter."""
        self.post_message(self.Left())


class FilterLine(Vertical):
    """The filter line and, below it, what is to be said about it."""

    DEFAULT_CSS = """
    FilterLine {
        height: auto;
        background: $panel;
        display: none;
        & > Horizontal { height: 1; }
        & #prompt { width: auto; padding: 0 0 0 1; }
        & FilterInput { width: 1fr; background: $panel; }
        & FilterInput:focus { background: $panel; background-tint: $panel 0%; }
        & > #hint {
            height: 1; padding: 0 1; display: none; color: $text-muted;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        &.-open { display: block; }
        &.-typing > #hint, &.-bad > #hint, &.-busy > #hint { display: block; }
        &.-good #prompt { color: $text-success; }
        &.-busy #prompt { color: $text-warning; }
        &.-bad #prompt, &.-bad > #hint { color: $text-error; }
    }
    """

    class Changed(Message):
        """Something else stands in the line."""

        def __init__(self, line: str) -> None:
            super().__init__()
            self.line = line

        def can_replace(self, message: Message) -> bool:
            """Take the place of an older one that still waits: only the last of what was typed fast is looked at."""
            return isinstance(message, FilterLine.Changed)

    class Submitted(Message):
        """Enter was pressed."""

    class Left(Message):
        """The filter is to be cleared."""

    def __init__(self, facts: FactsNow, history: FilterHistory, signs: Mapping[str, str]) -> None:
        """Complete by `facts`, go through `history`; `signs` are what moods are marked with (`ladder.glyphs`)."""
        super().__init__()
        self._signs = signs
        self._verdict = NOTHING_SAID
        self._input = FilterInput(facts, history)
        self._input.can_focus = False  # keys are not to go where nothing is shown
        self._facts_now = facts
        self._history = history

    def compose(self) -> ComposeResult:
        """Lay out both lines."""
        with Horizontal():
            yield Static(self._prompt(), id="prompt", markup=False)
            yield self._input
        yield Static(self._usage(), id="hint", markup=False)

    @property
    def line(self) -> str:
        """What stands in the line."""
        return self._input.value

    def open(self) -> None:
        """Show the line, with the cursor at its end."""
        self._show(is_open=True)
        self._input.focus()
        self._input.cursor_position = len(self.line)

    def clear(self) -> None:
        """Empty the line and hide it; what stood there can be had again by going back."""
        if self._verdict.mood == "good":
            self._history.add(self.line)
        self._input.value = ""
        self._show(is_open=False)

    def put(self, line: str) -> None:
        """Have something else stand in the line."""
        self._input.value = line

    def keep(self) -> None:
        """Note the line as used; it stays to be seen if there is something in it."""
        self._history.add(self.line)
        self._show(is_open=bool(self.line.strip()))

    def _show(self, *, is_open: bool) -> None:
        self.set_class(is_open, "-open")
        self._input.can_focus = is_open

    def tell(self, verdict: Verdict) -> None:
        """Show what is to be said about the line."""
        self._verdict = verdict
        for mood in ("good", "bad", "busy"):
            self.set_class(verdict.mood == mood, f"-{mood}")
        self._input.mark.position = verdict.position if verdict.mood == "bad" else None
        self._input.refresh()
        if self.is_mounted:
            self.query_one("#prompt", Static).update(self._prompt())
            self.query_one("#hint", Static).update(self._hint())

    def _prompt(self) -> str:
        return f"{self._signs.get(self._verdict.mood, ' ')} {PROMPT}"

    def _usage(self) -> str:
        explains = key_of(self.app, type(self.app), "app.help", is_typing=True)
        complete_key = key_of(self.app, FilterInput, "filter.complete")
        return HINT.format(complete=complete_key, help=f"; {explains} explains" if explains else "")

    def _hint(self) -> Text:
        """Say what is wrong, or what Tab goes through, or what the token before the cursor is about."""
        if going_through := self._input.completion:
            completion, at = going_through
            shown = Text(no_wrap=True)
            for place, text in enumerate(completion.texts[at:] + completion.texts[:at]):
                shown.append(printable(text), "bold reverse" if place == 0 else "").append(BETWEEN)
            return shown
        if self._verdict.sentence:
            return Text(self._verdict.sentence)
        if display_filter(self.line) is not None or not self.line.strip():
            return Text(self._usage())
        completion = complete(self.line, self._input.cursor_position, self._facts_now())
        if completion.token is not None:
            return Text(f"{completion.token.name}: {completion.token.help}, as in {completion.token.example}")
        return Text(self._usage())

    @property
    def is_typed_in(self) -> bool:
        """Whether the keys go into the line."""
        return self._input.has_focus

    def on_descendant_focus(self) -> None:
        """Explain while something is typed."""
        self.add_class("-typing")

    def on_descendant_blur(self) -> None:
        """Take no more room than needed."""
        self.remove_class("-typing")

    def on_input_changed(self, message: Input.Changed) -> None:
        """Tell what stands in the line."""
        message.stop()
        self.post_message(self.Changed(message.value))

    def on_input_submitted(self, message: Input.Submitted) -> None:
        """Tell that it is to be kept."""
        message.stop()
        self.post_message(self.Submitted())

    def on_filter_input_left(self, message: FilterInput.Left) -> None:
        """Tell that it is to be cleared."""
        message.stop()
        self.post_message(self.Left())
