"""All marks and notes of a capture, to go to one of them."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tcpladder.annotations.document import is_mark
from tcpladder.annotations.wording import plain
from tcpladder.report.annotation_list import Noted
from tcpladder.tui.keys import key_of

MOST = 1000  # lines: beyond them n and N are the better way


class PlacesScreen(ModalScreen[Noted | None], inherit_bindings=False):
    """Lists marks and notes by connection; dismissed with the one to go to, or with None. A letter goes to its mark."""

    DEFAULT_CSS = """
    PlacesScreen {
        align: center middle;
        & > Vertical {
            width: 90; max-width: 100%; height: auto; max-height: 100%; padding: 0 1;
            border: round $primary; background: $surface;
        }
        & OptionList {
            height: auto; max-height: 100%; border: none; padding: 0; background: $surface; scrollbar-size-vertical: 1;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        & OptionList:ansi > .option-list--option-highlighted { text-style: reverse; }
    }
    """

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "move(1)", "Next", show=False, id="marks.next"),
        Binding("up", "move(-1)", "Previous", show=False, id="marks.previous"),
        Binding("pagedown,ctrl+d", "page(1)", "Page down", show=False, id="marks.page_down"),
        Binding("pageup,ctrl+u", "page(-1)", "Page up", show=False, id="marks.page_up"),
        Binding("enter", "choose", "Go there", id="marks.choose"),
        Binding("escape,apostrophe", "cancel", "Close", id="marks.close"),
    ]

    def __init__(self, found: Sequence[Noted]) -> None:
        super().__init__()
        self._found = found

    def compose(self) -> ComposeResult:
        """Lay out the list."""
        lines = [_line(one) for one in self._found[:MOST]]
        with Vertical() as box:
            box.border_title = "Marks and notes"
            enter, close = (key_of(self.app, PlacesScreen, f"marks.{name}") for name in ("choose", "close"))
            box.border_subtitle = f"a to z: to that mark  {enter}: there  {close} closes"
            options = OptionList(*(Option(line) for line in lines))
            if len(self._found) > MOST:
                options.add_option(Option(f"{len(self._found) - MOST} more: n and N go to them", disabled=True))
            yield options

    def on_mount(self) -> None:
        """Begin with the first."""
        options = self.query_one(OptionList)
        options.can_focus = False
        options.highlighted = 0

    def on_key(self, event: events.Key) -> None:
        """Go to the mark of a letter."""
        if event.character and is_mark(event.character):
            event.stop()
            self.press(event.character)

    def press(self, character: str) -> None:
        """Go to a mark."""
        there = next((one for one in self._found if is_mark(character) and one.what.mark == character), None)
        if there is not None:
            self.dismiss(there)
        elif self.is_mounted and is_mark(character):
            self.app.bell()
            close = key_of(self.app, PlacesScreen, "marks.close")
            self.query_one(Vertical).border_subtitle = f"nothing is marked {character}  {close} closes"

    def action_move(self, step: int) -> None:
        """Go to the next line, or to the one before."""
        self._highlight(step)

    def action_page(self, pages: int) -> None:
        """Go on by what is in view."""
        self._highlight(pages * max(self.query_one(OptionList).size.height - 1, 1))

    def _highlight(self, step: int) -> None:
        options = self.query_one(OptionList)
        last = min(len(self._found), MOST) - 1
        options.highlighted = max(0, min((options.highlighted or 0) + step, last))

    def action_choose(self) -> None:
        """Go to what is highlighted."""
        at = self.query_one(OptionList).highlighted
        if at is not None and at < len(self._found):
            self.dismiss(self._found[at])

    def on_option_list_option_selected(self, message: OptionList.OptionSelected) -> None:
        """Go to what was clicked on."""
        self.query_one(OptionList).highlighted = message.option_index
        self.action_choose()

    def action_cancel(self) -> None:
        """Go nowhere."""
        self.dismiss(None)


def _line(one: Noted) -> Text:
    where = f"#{one.connection}" if one.frame is None else f"#{one.connection} no.{one.frame}"
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"{one.what.mark or ' '} ", "bold")
    line.append(f"{where:<16} ")
    return line.append(plain(one.what))
