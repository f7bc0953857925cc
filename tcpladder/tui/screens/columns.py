"""Choosing the columns of the connection list: which, in which order, how wide."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tcpladder.report.columns import BY_KEY, LEAST_CHOSEN, MOST_CHOSEN, OFFERED, ColumnChoice
from tcpladder.tui.widgets.key_bar import KeyBar

Choices = tuple[ColumnChoice, ...]
NAMED = 12  # cells for a column's name
WIDTHS = 4  # cells for its width

MOVING = Binding.Group("Move", compact=True)
WIDENING = Binding.Group("Width", compact=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of the list: a column, how wide it is now, whether that was chosen, and whether it is shown."""

    key: str
    now: int
    chosen: int | None = None
    is_shown: bool = False

    @property
    def name(self) -> str:
        """What to call the column: some have no heading."""
        return BY_KEY[self.key].heading or self.key


def entries_of(chosen: Choices, shown: Iterable[tuple[str, int]]) -> list[Entry]:
    """List the columns that are shown, given as (key, cells), as they stand, and after them all others."""
    widths = {choice.key: choice.width for choice in chosen}
    first = [Entry(key=key, now=now, chosen=widths.get(key), is_shown=True) for key, now in shown]
    keys = {entry.key for entry in first}
    return [*first, *(Entry(key=column.key, now=0) for column in OFFERED if column.key not in keys)]


class ColumnList(OptionList, inherit_bindings=False):
    """All columns, those that are shown marked. Every change is told at once."""

    DEFAULT_CSS = """
    ColumnList, ColumnList:focus {
        height: auto; max-height: 1fr; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "toggle_column", "Show", tooltip="Show the column, or hide it", id="columns.toggle"),
        Binding(
            "K,shift+up", "shift(-1)", "Up", tooltip="Move the column to the left", group=MOVING, id="columns.left"
        ),
        Binding(
            "J,shift+down", "shift(1)", "Down", tooltip="Move the column to the right", group=MOVING, id="columns.right"
        ),
        Binding(
            "minus,left", "widen(-1)", "Narrower", tooltip="Make it narrower", group=WIDENING, id="columns.narrower"
        ),
        Binding("plus,right", "widen(1)", "Wider", tooltip="Make it wider", group=WIDENING, id="columns.wider"),
        Binding("0", "natural", "As wide as needed", show=False, id="columns.natural"),
        Binding("j,down", "cursor_down", "Down", show=False, id="columns.down"),
        Binding("k,up", "cursor_up", "Up", show=False, id="columns.up"),
        Binding("g,home", "first", "First", show=False, id="columns.first"),
        Binding("G,end", "last", "Last", show=False, id="columns.last"),
    ]

    def __init__(self, entries: list[Entry], tell: Callable[[Choices], Iterable[tuple[str, int]]]) -> None:
        """Show entries; `tell` takes what is chosen, and gives (key, cells) of the columns that are shown then."""
        super().__init__()
        self._entries = entries
        self._tell = tell

    @property
    def choices(self) -> Choices:
        """The columns that are to be shown."""
        return tuple(ColumnChoice(key=entry.key, width=entry.chosen) for entry in self._entries if entry.is_shown)

    def on_mount(self) -> None:
        """Write the lines, and begin on the first."""
        self.add_options([Option(self._line(entry)) for entry in self._entries])
        self.highlighted = 0

    def set_entries(self, entries: list[Entry]) -> None:
        """Show other entries."""
        self._entries = entries
        for at, entry in enumerate(entries):
            self.replace_option_prompt_at_index(at, self._line(entry))

    def _line(self, entry: Entry) -> Text:
        width = str(entry.now) if entry.is_shown else ""
        mark = "[x]" if entry.is_shown else "[ ]"
        text = Text.assemble(f"{mark} ", (f"{entry.name:<{NAMED}}", "bold"), f"{width:>{WIDTHS}}", overflow="ellipsis")
        text.append(" " if entry.chosen is None else "!", "bold").append(f" {BY_KEY[entry.key].about}")
        text.no_wrap = True
        return text

    @property
    def _at(self) -> int:
        return self.highlighted or 0

    def _change(self, entry: Entry) -> None:
        self._entries[self._at] = entry
        self._apply()

    def _apply(self) -> None:
        now = dict(self._tell(self.choices))
        self.set_entries([replace(entry, now=now.get(entry.key, entry.now)) for entry in self._entries])

    def action_toggle_column(self) -> None:
        """Show the column, or hide it; one stays."""
        entry = self._entries[self._at]
        if entry.is_shown and len(self.choices) == 1:
            self.app.bell()
        else:
            self._change(replace(entry, is_shown=not entry.is_shown))

    def action_shift(self, step: int) -> None:
        """Have the column change places with the next one, or the one before."""
        at, to = self._at, self._at + step
        if 0 <= to < len(self._entries):
            self._entries[at], self._entries[to] = self._entries[to], self._entries[at]
            self.highlighted = to
            self._apply()

    def action_widen(self, cells: int) -> None:
        """Give the column a cell more or less."""
        entry = self._entries[self._at]
        if entry.is_shown:
            self._change(replace(entry, chosen=max(LEAST_CHOSEN, min(entry.now + cells, MOST_CHOSEN))))

    def action_natural(self) -> None:
        """Have the column as wide as its entries need it."""
        self._change(replace(self._entries[self._at], chosen=None))


class ColumnsScreen(ModalScreen[Choices], inherit_bindings=False):
    """A box before the list, which follows every change. Dismissed with the columns that are shown."""

    DEFAULT_CSS = """
    ColumnsScreen {
        align: center bottom;
        & > Vertical {
            width: 66; max-width: 100%; height: auto; max-height: 75%; border: round $primary; background: $surface;
            padding: 0 1; margin-bottom: 1;
        }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "keep", "Keep", tooltip="Keep the columns so", id="columns.keep"),
        Binding("d", "default", "Default", tooltip="Those that the screen has room for", id="columns.default"),
        Binding("escape,q", "cancel", "Cancel", tooltip="Leave the columns as they were", id="columns.cancel"),
    ]

    def __init__(
        self,
        chosen: Choices,
        shown: Iterable[tuple[str, int]],
        tell: Callable[[Choices], Iterable[tuple[str, int]]],
    ) -> None:
        """Begin with the columns that are `chosen`, none for the default, and `shown`; `tell` as for ColumnList."""
        super().__init__()
        self._chosen = chosen
        self._shown = list(shown)
        self._tell = tell
        self._is_default = not chosen

    def compose(self) -> ComposeResult:
        """Lay out the list and the keys."""
        with Vertical() as box:
            box.border_title = "Columns"
            box.border_subtitle = "0 makes a width with ! as wide as needed"
            yield ColumnList(entries_of(self._chosen, self._shown), self._changed)
        yield KeyBar()

    def _changed(self, choices: Choices) -> Iterable[tuple[str, int]]:
        self._is_default = False
        return self._tell(choices)

    def action_keep(self) -> None:
        """Keep what is shown."""
        self.dismiss(() if self._is_default else self.query_one(ColumnList).choices)

    def action_default(self) -> None:
        """Show the columns that the screen has room for."""
        shown = self._tell(())
        self._is_default = True
        self.query_one(ColumnList).set_entries(entries_of((), shown))

    def action_cancel(self) -> None:
        """Show again what was shown before."""
        self._tell(self._chosen)
        self.dismiss(self._chosen)
