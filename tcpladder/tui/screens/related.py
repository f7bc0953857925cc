"""The connections that have to do with one: a dialog that leads to their ladders."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from tcpladder.report.related import NONE_RELATED
from tcpladder.tui.keys import key_of

Found = Sequence[tuple[int, str, str]]
"""Of each related connection its number, its endpoints in words, and why it is related."""


class RelatedScreen(ModalScreen[int | None], inherit_bindings=False):
    """Lists related connections; dismissed with the number of the one whose ladder is wanted, or with None."""

    DEFAULT_CSS = """
    RelatedScreen {
        align: center middle;
        & > Vertical {
            width: 110; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
            border: round $primary; background: $surface;
        }
        & OptionList {
            height: auto; max-height: 100%; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis; display: none;
        }
        & OptionList:ansi > .option-list--option-highlighted { text-style: reverse; }
        &.-found OptionList { display: block; }
        &.-found #told { display: none; }
    }
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", "Next", show=False, id="related.next"),
        Binding("k,up", "move(-1)", "Previous", show=False, id="related.previous"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="related.page_down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="related.page_up"),
        Binding("enter", "choose", "Its ladder", id="related.choose"),
        Binding("escape,q,x", "cancel", "Close", id="related.close"),
    ]

    class Looked(Message):
        """What there is was found."""

        def __init__(self, found: Found) -> None:
            super().__init__()
            self.found = found

    def __init__(self, connection: int, look: Callable[[], Found]) -> None:
        """Show what `look` finds, which is called in a thread."""
        super().__init__()
        self._connection = connection
        self._look = look
        self._found: Found = ()

    def compose(self) -> ComposeResult:
        """Lay out the list, and what stands there until it is known."""
        with Vertical() as box:
            box.border_title = f"Related to connection {self._connection}"
            enter, close = (key_of(self.app, RelatedScreen, f"related.{name}") for name in ("choose", "close"))
            box.border_subtitle = f"{enter}: its ladder  {close} closes"
            yield Static("Looking …", id="told", markup=False)
            yield OptionList()

    def on_mount(self) -> None:
        """Begin to look."""
        self.query_one(OptionList).can_focus = False
        self.run_worker(lambda: self.post_message(self.Looked(self._look())), thread=True, group="related")

    def on_related_screen_looked(self, message: Looked) -> None:
        """Show what was found, or that there is nothing."""
        self._found = message.found
        self.set_class(bool(message.found), "-found")
        self.query_one("#told", Static).update(NONE_RELATED)
        options = self.query_one(OptionList)
        options.add_options([Option(_lines(pair, why)) for _, pair, why in message.found])
        options.highlighted = 0 if message.found else None

    def action_move(self, step: int) -> None:
        """Go to the next connection, or to the one before."""
        self._highlight(step)

    def action_page(self, pages: int) -> None:
        """Go on by what is in view, of which each takes two lines."""
        self._highlight(pages * max(self.query_one(OptionList).size.height // 2 - 1, 1))

    def _highlight(self, step: int) -> None:
        options = self.query_one(OptionList)
        if self._found:
            options.highlighted = max(0, min((options.highlighted or 0) + step, len(self._found) - 1))

    def action_choose(self) -> None:
        """Open the ladder of what is highlighted."""
        at = self.query_one(OptionList).highlighted
        if at is not None:
            self.dismiss(self._found[at][0])

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Open the ladder of what was clicked on."""
        self.dismiss(self._found[message.option_index][0])

    def action_cancel(self) -> None:
        """Open none."""
        self.dismiss(None)


def _lines(pair: str, why: str) -> Text:
    lines = Text(no_wrap=True, overflow="ellipsis")
    return lines.append(pair, "bold").append(f"\n  {why}")
