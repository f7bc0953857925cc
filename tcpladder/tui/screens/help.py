"""The keys of the screen that help was asked from, read off its bindings."""

from collections.abc import Iterable
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

LEGEND = (
    ("┊", "CLOSED or LISTEN"),
    ("╎", "opening, or TIME-WAIT"),
    ("┃", "ESTABLISHED"),
    ("│", "closing"),
    ("?", "not known"),
)
NAMES = {
    "right_curly_bracket": "}",
    "left_curly_bracket": "{",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "question_mark": "?",
    "colon": ":",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "escape": "Esc",
    "enter": "Enter",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "home": "Home",
    "end": "End",
    "tab": "Tab",
    "space": "Space",
}


def key_name(key: str) -> str:
    """Write a key as it stands on the keyboard."""
    *modifiers, last = key.split("+")
    name = NAMES.get(last, last.upper() if modifiers or len(last) > 1 else last)
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


def rows_of(bindings: Iterable[ActiveBinding]) -> list[tuple[str, str]]:
    """Give (keys, what they do) for each action that has words, in order; keys of one action together."""
    keys: dict[str, list[str]] = {}
    for active in bindings:
        binding = active.binding
        if binding.description and not binding.system:
            keys.setdefault(binding.description, []).append(key_name(binding.key))
    return [(" ".join(dict.fromkeys(names)), words) for words, names in keys.items()]


class HelpScreen(ModalScreen[None]):
    """Lists keys and what they do, and what a ladder's lines mean."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > VerticalScroll {
            width: 64; max-width: 100%; height: auto; max-height: 100%;
            border: round $primary; background: $surface; padding: 0 2;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1", "dismiss", "Close")]

    def __init__(self, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._rows = rows_of(bindings)

    def compose(self) -> ComposeResult:
        """Lay out the two tables."""
        keys = Table.grid(padding=(0, 2))
        for names, words in self._rows:
            keys.add_row(Text(names, style="bold"), Text(words))
        lines = Table.grid(padding=(0, 2))
        for glyph, words in LEGEND:
            lines.add_row(Text(glyph, style="bold"), Text(words))
        with VerticalScroll() as pane:
            pane.border_title = "Keys"
            pane.border_subtitle = "Esc closes"
            yield Static(keys)
            yield Static("\nLifelines", markup=False)
            yield Static(lines)
            yield Static(
                "\nA state in italics is inferred; one with ? is inferred\nfrom a connection that was joined late."
            )
