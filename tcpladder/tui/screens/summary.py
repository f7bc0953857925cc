"""The capture at one glance: bars that lead to the connections they stand for."""

from collections.abc import Callable, Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.notation import elided
from tcpladder.report.activity import heights
from tcpladder.report.summary import Bar, Summary, shares
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tui.export_keys import export_key
from tcpladder.tui.widgets.key_bar import KeyBar

LONGEST_BAR = 40
LEAST_BAR = 4
LONGEST_NAME = 45  # cells: any IPv6 address
ANY_PORT = 0
EDGES = 3  # cells: those of the list, and its scroll bar
NO_RESETS = "There are no RSTs."


class BarList(OptionList, inherit_bindings=False):
    """Headings, and below each its bars, one of which is under the cursor."""

    DEFAULT_CSS = """
    BarList, BarList:focus {
        height: 1fr; border: none; padding: 0 1; background: $background; scrollbar-size-vertical: 1;
        & > .option-list--option-highlighted { background: $ladder-cursor; color: $foreground; text-style: none; }
        & > .option-list--option-disabled { color: $foreground; text-style: bold; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select", "Filter", tooltip="List the connections that it stands for", id="summary.select"),
        Binding("j,down", "cursor_down", "Down", show=False, id="summary.down"),
        Binding("k,up", "cursor_up", "Up", show=False, id="summary.up"),
        Binding("pagedown,ctrl+d", "page_down", "Page down", show=False, id="summary.page_down"),
        Binding("pageup,ctrl+u", "page_up", "Page up", show=False, id="summary.page_up"),
        Binding("g,home", "first", "First", show=False, id="summary.first"),
        Binding("G,end", "last", "Last", show=False, id="summary.last"),
    ]


class SummaryScreen(Screen[str | None], inherit_bindings=False):
    """The summary; dismissed with a filter that the list is to have, or with None."""

    DEFAULT_CSS = """
    SummaryScreen {
        & > #title {
            height: 1; padding: 0 1; background: $panel; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & > #facts { height: auto; padding: 0 1; }
        & > #health { height: auto; max-height: 25%; padding: 0 1; color: $text-warning; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        export_key("summary"),
        Binding("escape,q,S", "back", "Back", tooltip="Back to the list", id="summary.back"),
    ]

    class Made(Message):
        """The figures are there."""

        def __init__(self, summary: Summary) -> None:
            super().__init__()
            self.summary = summary

    def __init__(self, title: str, make: Callable[[], Summary], glyphs: Glyphs, names: Names = NO_NAMES) -> None:
        """Show what `make` gives, which is called in a thread; hosts by their `names`."""
        super().__init__()
        self._names = names
        self._title = title
        self._make = make
        self._summary: Summary | None = None
        self._glyphs = glyphs
        self._filters: list[str] = []  # of each line; empty for headings

    def compose(self) -> ComposeResult:
        """Lay out what is to be known first, and the bars."""
        yield Static(f"Summary · {self._title}", id="title", markup=False)
        yield Static("Adding up …", id="facts", markup=False)
        yield Static("", id="health", markup=False)
        yield BarList()
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin to add up."""
        self.set_focus(self.query_one(BarList))
        self.app.theme_changed_signal.subscribe(self, lambda _: self._fill())
        self.run_worker(lambda: self.post_message(self.Made(self._make())), thread=True, group="summary")

    def on_summary_screen_made(self, message: Made) -> None:
        """Show the figures, and begin on the first bar."""
        self._summary = message.summary
        facts = (f"{amount} {what}" if what != "time" else amount for what, amount in message.summary.facts)
        sign = self._glyphs.levels["deviation"]
        health = "\n".join(f"{sign} {sentence}" for sentence in message.summary.health)
        self.query_one("#facts", Static).update(" · ".join(facts))
        self.query_one("#health", Static).update(health)
        self.query_one("#health", Static).display = bool(health)
        self._fill()

    def on_resize(self) -> None:
        """Fit the bars to the new width."""
        self._fill()

    def on_names_changed(self) -> None:
        """Name hosts anew."""
        self._fill()

    def _fill(self) -> None:
        if self._summary is None:
            return
        bars = self.query_one(BarList)
        at = bars.highlighted
        lines = list(self._lines(self._summary, self.size.width - EDGES))
        self._filters = [wanted for _, wanted in lines]
        bars.clear_options()
        bars.add_options([Option(text, disabled=not wanted) for text, wanted in lines])
        bars.highlighted = at if at is not None else next((at for at, (_, wanted) in enumerate(lines) if wanted), None)

    def _lines(self, found: Summary, width: int) -> Iterator[tuple[Text, str]]:
        """Give each line, and the filter that it leads to; none for headings."""
        yield from self._chart("How connections ended", found.endings, width, "Nothing is judged yet.")
        yield from self._resets(found)
        yield from self._chart("Findings", found.rules, width, "No findings.")
        yield from self._chart("Hosts with the most payload", found.by_bytes, width, "Nobody sent any payload.")
        yield from self._chart("Hosts with the most connections", found.by_connections, width, "There are none.")

    def _resets(self, found: Summary) -> Iterator[tuple[Text, str]]:
        total = int(found.resets.sum())
        yield Text("Resets over the time of the capture" + (f": {total} RST" if total else "")), ""
        bars = "".join(self._glyphs.bars[height] for height in heights(found.resets)) if total else NO_RESETS
        yield Text(f"  {bars}", overflow="ellipsis", no_wrap=True), "history:*R*,*r*" if total else ""

    def _chart(self, heading: str, bars: Sequence[Bar], width: int, otherwise: str) -> Iterator[tuple[Text, str]]:
        yield Text(heading), ""
        if not bars:
            yield Text(f"  {otherwise}"), ""
        shown = [self._names.host(bar.name, ANY_PORT) or bar.name for bar in bars]
        names = min(max(map(cell_len, shown), default=0), LONGEST_NAME)
        amounts = max((len(bar.words) for bar in bars), default=0)
        room = width - amounts - 8
        names = min(names, max(room - LEAST_BAR, LEAST_BAR))
        cells = max(min(room - names, LONGEST_BAR), LEAST_BAR)
        for bar, name, length in zip(bars, shown, shares(bars, cells), strict=True):
            sign = self._glyphs.levels[bar.level.word] if bar.level else " "
            line = Text.assemble(
                (f"{sign} ", self._colour(f"level-{bar.level.word}") if bar.level else ""),
                f"{set_cell_size(elided(name, names, self._glyphs.ellipsis), names)}  {bar.words:>{amounts}}  ",
                (self._glyphs.bars[-1] * length, self._colour("ladder-initiator")),
            )
            line.no_wrap = True
            yield line, bar.filter

    def _colour(self, variable: str) -> str:
        return self.app.get_css_variables().get(variable, "")

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Go back to the list with the bar's filter."""
        self.dismiss(self._filters[message.option_index])

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss(None)
