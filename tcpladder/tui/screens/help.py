"""The keys of the screen that help was asked from, read off its bindings."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from tcpladder.filters.tokens import TOKENS
from tcpladder.graphs.series import Look
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.report.table_rows import TableColumn
from tcpladder.tui.keys import key_name, key_of, words_of

PHASE_WORDS = {
    "closed": "CLOSED or LISTEN",
    "opening": "opening, or TIME-WAIT",
    "established": "ESTABLISHED",
    "closing": "closing",
    "unknown": "not known",
}
LEVEL_WORDS = {
    "violation": "violation: a MUST is broken",
    "deviation": "deviation: a SHOULD is broken, or the behaviour is not standard",
    "note": "note: unusual, and conformant",
}
LETTER_WORDS = {
    Look.AGAIN: "sent again: a retransmission",
    Look.SACK: "received out of order: the newest SACK block",
    Look.ZERO: "zero window: the other side takes no more",
    Look.FIN: "FIN",
    Look.RESET: "RST",
    Look.STAMP: "round trip that only a time stamp proves",
}
MARK_LETTER = "a"
LEAST_MARGIN = 2  # cells between a key and its words

FILTER_WORDS = (
    ("text", "part of an endpoint, of a class or of a rule; a network"),
    ("a b", "both hold; a OR b one of them; -a does not; ( ) group"),
    ("a:b,c", "one of the values; != none of them; * stands for anything"),
    ("a>b", "numbers: < <= > >=, and a range such as 10-20"),
    ("= filter", "a Wireshark display filter: connections that hold a match"),
)

Rows = Sequence[tuple[str, str]]
Legend = Sequence[tuple[str, Rows]]
"""Tables below that of the keys, each with its heading."""
INFERRED = "A state in italics is inferred; one with ? is inferred from a connection that was joined late."

COPYING = "What is copied reaches your clipboard if the terminal takes OSC 52; in tmux: set -g set-clipboard on"


def rows_of(bindings: Iterable[ActiveBinding]) -> list[tuple[str, str]]:
    """Give (keys, what they do) for each action that has words, in order; keys of one action together."""
    keys: dict[str, list[str]] = {}
    for active in bindings:
        words = words_of(active.binding)
        if words and active.enabled and not active.binding.system:
            keys.setdefault(words, []).append(key_name(active.binding.key))
    return [(" ".join(dict.fromkeys(names)), words) for words, names in keys.items()]


def lifelines(glyphs: Glyphs) -> list[tuple[str, str]]:
    """Give (character, what it means) for the lifelines of a ladder."""
    return [(glyphs.lifelines[phase], words) for phase, words in PHASE_WORDS.items()]


def levels(glyphs: Glyphs) -> list[tuple[str, str]]:
    """Give (sign, what it means) for the levels of findings."""
    return [(glyphs.levels[level], words) for level, words in LEVEL_WORDS.items()]


def arrows(glyphs: Glyphs) -> list[tuple[str, str]]:
    """Give (beginning of an arrow, what it means) for the segments that are drawn in their own way."""
    line, probe = glyphs.line, glyphs.probe_line
    return [
        (f"{line}{glyphs.right * 2}", "sent again: a retransmission"),
        (f"{probe}{glyphs.right}", "a probe, or the answer to one"),
        (f"{probe}?", "should have come, and did not: not in the capture"),
    ]


def written(glyphs: Glyphs) -> list[tuple[str, str]]:
    """Give (sign, what it means) for what users mark and write."""
    return [(MARK_LETTER, "marked with that letter: ' and it go there"), (glyphs.noted, "a note was written about it")]


def tokens() -> list[tuple[str, str]]:
    """Give (token, what it is about) for the filter line."""
    return [(token.opening, f"{token.help}: {token.example}") for token in TOKENS]


def findings_legend(glyphs: Glyphs) -> Legend:
    """Explain what the findings show."""
    return (("Findings", levels(glyphs)),)


def list_legend(glyphs: Glyphs) -> Legend:
    """Explain what the connection list shows, and what its filter line understands."""
    return (
        *findings_legend(glyphs),
        ("Marks and notes", written(glyphs)),
        ("Filter", FILTER_WORDS),
        ("Tokens of the filter", tokens()),
    )


def ladder_legend(glyphs: Glyphs) -> Legend:
    """Explain what a ladder is drawn with."""
    return (
        ("Findings", levels(glyphs)),
        ("Marks and notes", written(glyphs)),
        ("Arrows", arrows(glyphs)),
        ("Lifelines", lifelines(glyphs)),
    )


def columns_legend(columns: Iterable[TableColumn]) -> Legend:
    """Explain the columns of a table."""
    return (("Columns", [(column.heading, column.about) for column in columns if column.about]),)


def graphs_legend() -> Legend:
    """Explain the letters in graphs."""
    return (("Letters in graphs", [(look.value, LETTER_WORDS[look]) for look in Look if look.is_letter]),)


class HelpPane(VerticalScroll, inherit_bindings=False):
    """What help says; it scrolls by the keys by which everything else moves."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", "Down", show=False, id="help.down"),
        Binding("k,up", "scroll_up", "Up", show=False, id="help.up"),
        Binding("pagedown,ctrl+d,space", "page_down", "Page down", show=False, id="help.page_down"),
        Binding("pageup,ctrl+u", "page_up", "Page up", show=False, id="help.page_up"),
        Binding("g,home", "scroll_home", "Top", show=False, id="help.first"),
        Binding("G,end", "scroll_end", "Bottom", show=False, id="help.last"),
    ]


class HelpScreen(ModalScreen[None], inherit_bindings=False):
    """Lists keys and what they do, and what the signs of the screen mean that it was asked from."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        & > HelpPane {
            width: 66; max-width: 100%; height: auto; max-height: 100%;
            border: round $primary; background: $surface; padding: 0 1;
            scrollbar-size-vertical: 1;
        }
        & Static { width: 1fr; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark,f1", "dismiss", "Close", id="help.close")]

    def __init__(self, bindings: Iterable[ActiveBinding], legend: Legend = (), remark: str = "") -> None:
        """List the bindings; then the legend, and a last remark."""
        super().__init__()
        bindings = tuple(bindings)
        self._rows = rows_of(bindings)
        self._can_copy = any(active.binding.id == "app.copy" for active in bindings)
        self._legend = legend
        self._remark = remark

    def compose(self) -> ComposeResult:
        """Lay out the tables."""
        every = [*self._rows, *(row for _, rows in self._legend for row in rows)]
        margin = max((len(left) for left, _ in every), default=0) + LEAST_MARGIN
        with HelpPane() as pane:
            pane.border_title = "Keys"
            pane.border_subtitle = f"{key_of(self.app, HelpScreen, 'help.close')} closes"
            yield Static(_table(self._rows, margin))
            for heading, rows in self._legend:
                yield Static(f"\n{heading}", markup=False)
                yield Static(_table(rows, margin))
            if self._remark:
                yield Static(f"\n{self._remark}", markup=False)
            if self._can_copy:
                yield Static(f"\n{COPYING}", markup=False)


def _table(rows: Rows, margin: int) -> Table:
    table = Table.grid(padding=(0, 0))
    table.add_column(width=margin)
    table.add_column()
    for left, words in rows:
        table.add_row(Text(left, style="bold"), Text(words))
    return table
