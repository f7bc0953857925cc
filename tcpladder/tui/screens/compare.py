"""Two connections compared: what differs as a whole, and below it their segments, aligned phase by phase."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tcpladder.analysis import Analysis
from tcpladder.ladder.alignment import Entry, aligned
from tcpladder.ladder.contrast import Trait, contrast_words, contrasted
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.rungs import ladder_of
from tcpladder.ladder.side_by_side import Pair
from tcpladder.rulebook.judging import Judgement
from tcpladder.settings.names import Names
from tcpladder.tui.list_words import connection_name
from tcpladder.tui.widgets.compare_view import CompareView
from tcpladder.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from tcpladder.report.copying import Pointed

EDGES = 4  # cells around a connection's name, with its number before


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two connections, in what they differ as a whole, and their rows, aligned."""

    ladders: Pair
    traits: list[Trait]
    entries: list[Entry]


class CompareScreen(Screen[None], inherit_bindings=False):
    """Shows two connections beside one another; what differs at the cursor stands in words at the bottom."""

    DEFAULT_CSS = """
    CompareScreen {
        & > #names { height: 2; padding: 0 1; background: $panel; text-style: bold; text-wrap: nowrap; }
        & > #summary { height: auto; max-height: 4; padding: 0 1; background: $panel; text-overflow: ellipsis; }
        & > CompareView { height: 1fr; }
        & > #status { height: 2; padding: 0 1; background: $panel; text-overflow: ellipsis; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,v", "back", "Back", tooltip="Back to the list", id="compare.back"),
    ]

    class RowChosen(Message):
        """The ladder of one of the connections is wanted, at a packet."""

        def __init__(self, connection: int, frame: int) -> None:
            super().__init__()
            self.connection = connection
            self.frame = frame

    class Aligned(Message):
        """The connections are compared."""

        def __init__(self, compared: Compared) -> None:
            super().__init__()
            self.compared = compared

    def __init__(self, name: Callable[[int], tuple[str, str]], compare: Callable[[], Compared], glyphs: Glyphs) -> None:
        """Compare two connections; `name` names both in so many cells, `compare` compares them, in a thread."""
        super().__init__()
        self._names = name
        self._compare = compare
        self._compared: Compared | None = None
        self._view = CompareView(glyphs)
        self._busy = f"Comparing {glyphs.moods['busy']}"

    def compose(self) -> ComposeResult:
        """Lay out the names, what differs as a whole, the rows, and what differs at the cursor."""
        yield Static("", id="names", markup=False)
        yield Static(self._busy, id="summary", markup=False)
        yield self._view
        yield Static("", id="status", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Compare, which takes a while for long connections."""
        self.set_focus(self._view)
        self.run_worker(lambda: self.post_message(self.Aligned(self._compare())), thread=True, group="comparing")

    def on_resize(self) -> None:
        """Name the connections in as many cells as there are."""
        names = self._names(self.size.width - EDGES)
        self.query_one("#names", Static).update("\n".join(f"{at}  {name}" for at, name in enumerate(names, start=1)))

    def on_names_changed(self) -> None:
        """Name endpoints anew."""
        self.on_resize()

    def on_compare_screen_aligned(self, message: Aligned) -> None:
        """Show what differs."""
        compared = self._compared = message.compared
        self.query_one("#summary", Static).update(contrast_words(compared.traits))
        self._view.show(compared.ladders, compared.entries)

    def on_compare_view_moved(self, message: CompareView.Moved) -> None:
        """Say what differs at the cursor."""
        said = [f"{difference.value}: {words}" for difference, words in message.entry.differences]
        total = sum(bool(entry.differences) for entry in self._view.entries)
        nothing = f"alike; {total} rows and phases differ" if total else "nothing differs"
        self.query_one("#status", Static).update("; ".join(said) or nothing, layout=False)

    def on_compare_view_selected(self, message: CompareView.Selected) -> None:
        """Have a ladder opened."""
        if self._compared is not None:
            ladder = self._compared.ladders[message.side]
            self.post_message(self.RowChosen(ladder.heading.connection, ladder.frames[message.row]))

    def pointed(self) -> "Pointed":
        """Give what can be copied: both connections."""
        from tcpladder.report.copying import Pointed

        ladders = self._compared.ladders if self._compared else ()
        return Pointed(connections=tuple(ladder.heading.connection for ladder in ladders))

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss()


def comparison_of(
    analysis: Analysis, judgement: Judgement | None, connections: tuple[int, int], glyphs: Glyphs, names: Names
) -> CompareScreen:
    """Make the screen that compares two connections; `names` are those that users gave to endpoints."""
    first, second = connections

    def name(width: int) -> tuple[str, str]:
        one, other = (connection_name(analysis, number, glyphs, width, names) for number in connections)
        return one, other

    def compare() -> Compared:
        ladders = ladder_of(analysis, first, judgement), ladder_of(analysis, second, judgement)
        verdicts = [judgement.verdicts.row(number - 1, named=True) if judgement else None for number in connections]
        traits = contrasted(ladders, (verdicts[0], verdicts[1]))
        return Compared(ladders=ladders, traits=traits, entries=aligned(*ladders))

    return CompareScreen(name, compare, glyphs)
