"""The menu of what can be copied: a letter copies."""

from typing import ClassVar

from rich.style import Style
from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Static

from tcpladder.report.copying import Offer
from tcpladder.tui.keys import key_name, key_of
from tcpladder.tui.screens.help import COPYING

WORDS = {
    "filter": ("f", "Wireshark filter"),
    "packet": ("p", "packet filter"),
    "tuple": ("t", "endpoints"),
    "row": ("r", "row"),
    "field": ("v", "field"),
    "ladder": ("l", "ladder text"),
    "tshark": ("c", "tshark command"),
    "tcpladder": ("s", "tcpladder command"),
}
"""For each thing that can be copied its key, and what it is called."""


class CopyScreen(ModalScreen[Offer | None], inherit_bindings=False):
    """Lists what can be copied, with the beginning of each; dismissed with what was chosen, or with None."""

    DEFAULT_CSS = """
    CopyScreen {
        align: center middle;
        & > Vertical {
            width: 100; max-width: 100%; height: auto; max-height: 100%;
            border: round $primary; background: $surface; padding: 0 1;
        }
        & Static { width: 1fr; }
        & #offers { link-style: none; link-style-hover: reverse; link-background-hover: initial; }
        & #needs { color: $text-muted; margin-top: 1; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(key, f"take('{name}')", f"Copy: {words}", show=False, id=f"copy.{name}")
            for name, (key, words) in WORDS.items()
        ),
        Binding("escape,q,y", "cancel", "Cancel", id="copy.cancel"),
    ]

    def __init__(self, offers: tuple[Offer, ...], title: str) -> None:
        super().__init__()
        self._offers = {offer.name: offer for offer in offers}
        self._title = title

    def compose(self) -> ComposeResult:
        """Lay out a line an offer: its key, what it is, how it begins."""
        keys = {active.binding.id: key_name(key) for key, active in reversed(self.active_bindings.items())}
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
        for name, offer in self._offers.items():
            chosen = Style(meta={"@click": f"screen.take('{name}')"})
            table.add_row(
                Text(keys.get(f"copy.{name}", ""), style=Style(bold=True) + chosen),
                Text(WORDS[name][1], style=chosen),
                Text(offer.preview, style=Style(dim=True) + chosen),
            )
        with Vertical() as box:
            box.border_title = self._title
            box.border_subtitle = f"{key_of(self.app, CopyScreen, 'copy.cancel')} closes"
            yield Static(table, id="offers")
            yield Static(COPYING, id="needs", markup=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Have keys for what is offered."""
        return action != "take" or parameters[0] in self._offers

    def action_take(self, name: str) -> None:
        """Answer with what is to be copied."""
        self.dismiss(self._offers[name])

    def action_cancel(self) -> None:
        """Answer with nothing."""
        self.dismiss(None)
