"""A line of a form: its name, and what can be chosen in it, of which one is chosen."""

from collections.abc import Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

NAMED = 10  # cells for the name of a line
MORE = "…"
LINE = Binding.Group("Line", compact=True)
CHOICE = Binding.Group("Choice", compact=True)


class ChoiceLine(Widget, can_focus=True, inherit_bindings=False):
    """Shows all there is to choose from, what is chosen in brackets. Where there is nothing, it says why."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choice-line--other", "choice-line--chosen"}
    DEFAULT_CSS = """
    ChoiceLine {
        height: 1;
        link-style: none; link-style-hover: reverse; link-background-hover: initial;
        & > .choice-line--other { color: $foreground 70%; text-style: none; }
        & > .choice-line--chosen { text-style: bold; }
        &:focus > .choice-line--chosen { text-style: bold reverse; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k,shift+tab", "screen.move(-1)", "Up", tooltip="To the line above", group=LINE, id="export.up"),
        Binding("down,j,tab", "screen.move(1)", "Down", tooltip="To the line below", group=LINE, id="export.down"),
        Binding(
            "left,h",
            "next(-1)",
            "Previous",
            tooltip="Choose the one before",
            group=CHOICE,
            id="export.previous_choice",
        ),
        Binding("right,l,space", "next(1)", "Next", tooltip="Choose the next", group=CHOICE, id="export.next_choice"),
        Binding("enter", "screen.export", "Export", tooltip="Write the file", id="export.write"),
    ]

    class Chosen(Message):
        """Something else is chosen in a line."""

        def __init__(self, line: "ChoiceLine") -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> "ChoiceLine":
            """The line."""
            return self.line

    def __init__(self, name: str, words: Sequence[str] = (), at: int = 0, *, id: str) -> None:
        super().__init__(id=id)
        self._name = name
        self._words: tuple[str, ...] = ()
        self._otherwise = ""
        self.at = 0
        self.offer(words, at)

    def offer(self, words: Sequence[str], at: int = 0, otherwise: str = "") -> None:
        """Have these to choose from, of which one is chosen; where there are none, `otherwise` says why."""
        self._words, self.at, self._otherwise = tuple(words), at, otherwise
        self.can_focus = bool(words)
        self.refresh()

    def render(self) -> Text:
        """Write the name, and as many of the choices as there is room for, the chosen one among them."""
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append(f"{'>' if self.has_focus else ' '} ", "bold")
        text.append(f"{self._name:<{NAMED}}", "" if self._words else self._style("other"))
        if not self._words:
            return text.append(f" {self._otherwise}", self._style("other"))
        first = self._first()
        if first:
            text.append(f" {MORE}", self._style("other"))
        for at, words in enumerate(self._words[first:], first):
            click = Style(meta={"@click": f"choose({at})"})
            chosen = at == self.at
            text.append(f"[{words}]" if chosen else f" {words} ", self._style("chosen" if chosen else "other") + click)
        return text

    def _first(self) -> int:
        """Give the first of the choices that are shown, so that the chosen one has room."""
        room = self.size.width - NAMED - 4 - cell_len(MORE)
        first = 0
        while first < self.at and sum(cell_len(words) + 2 for words in self._words[first : self.at + 1]) > room:
            first += 1
        return first

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"choice-line--{part}", partial=True)

    def action_next(self, step: int) -> None:
        """Choose the next, or the one before; the first comes after the last."""
        if self._words:
            self.action_choose((self.at + step) % len(self._words))

    def action_choose(self, at: int) -> None:
        """Choose one."""
        self.focus()
        if at != self.at:
            self.at = at
            self.refresh()
            self.post_message(self.Chosen(self))
