"""The key bar at the foot of a screen: what the most useful keys do, in one line that is drawn at once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import ActiveBinding, Binding
from textual.screen import Screen
from textual.widget import Widget

BEFORE_PALETTE = "▏"  # in place of the blank before other entries
MORE = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key as it is pressed, as it is written, what is said when the mouse rests on it, whether it does something."""

    key: str
    written: str
    tooltip: str
    is_enabled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One key, or several that belong together, and what they do."""

    keys: tuple[Key, ...]
    words: str

    @property
    def width(self) -> int:
        """How many cells it takes, with a blank on either side."""
        return sum(len(key.written) for key in self.keys) + len(self.words) + 3


def entries(active: Iterable[ActiveBinding], written: Callable[[Binding], str]) -> list[Entry]:
    """Put bindings that are to be shown into entries: the first key of each action, groups in one entry."""
    shown: dict[str, ActiveBinding] = {}
    for each in active:
        if each.binding.show:
            shown.setdefault(each.binding.action, each)
    found = []
    for group, members in groupby(shown.values(), lambda each: each.binding.group):
        keys = [(each.binding.description, _key(each, written)) for each in members]
        if group is not None and len(keys) > 1:
            found.append(Entry(keys=tuple(key for _, key in keys), words=group.description))
        else:
            found += [Entry(keys=(key,), words=words) for words, key in keys]
    return found


def _key(active: ActiveBinding, written: Callable[[Binding], str]) -> Key:
    binding = active.binding
    return Key(
        key=binding.key,
        written=written(binding),
        tooltip=active.tooltip or binding.description,
        is_enabled=active.enabled,
    )


def fitting(found: Sequence[Entry], room: int) -> tuple[Sequence[Entry], bool]:
    """Give as many entries as there is room for, and tell whether some are left out; an ellipsis needs room then."""
    taken = 0
    for at, entry in enumerate(found):
        taken += entry.width
        if taken > room - (len(MORE) if at + 1 < len(found) else 0):
            return found[:at], True
    return found, False


class KeyBar(Widget, can_focus=False):
    """Shows the keys of the screen that it is on, and the command palette's at the right; a click presses a key."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-bar--key", "key-bar--words"}
    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 1;
        color: $footer-foreground;
        background: $footer-background;
        & > .key-bar--key {
            color: $footer-key-foreground; background: $footer-key-background; text-style: bold;
        }
        & > .key-bar--words {
            color: $footer-description-foreground; background: $footer-description-background;
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._entries: list[Entry] = []
        self._palette: Entry | None = None
        self._places: list[tuple[int, int, Key]] = []

    @property
    def shown(self) -> list[Entry]:
        """The entries in the order in which they stand, the palette's last."""
        found, _ = fitting(self._entries, self._room)
        return [*found, *([self._palette] if self._palette and self._has_palette else [])]

    @property
    def is_cut(self) -> bool:
        """Whether some entries have no room."""
        return fitting(self._entries, self._room)[1]

    @property
    def _room(self) -> int:
        return self.size.width - (self._palette.width if self._palette and self._has_palette else 0)

    @property
    def _has_palette(self) -> bool:
        """Whether the palette's key has room beside at least two of the screen's own."""
        own = sum(entry.width for entry in self._entries[:2])
        return self._palette is not None and own + len(MORE) + self._palette.width <= self.size.width

    def on_mount(self) -> None:
        """Follow what the screen's keys do."""
        self.screen.bindings_updated_signal.subscribe(self, self._follow)

    def on_unmount(self) -> None:
        """Follow it no more."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _follow(self, screen: Screen[object]) -> None:
        if screen is not self.screen or not self.app.app_focus:
            return
        active = screen.active_bindings
        found = entries(active.values(), self.app.get_key_display)
        called = active.get(self.app.COMMAND_PALETTE_BINDING) if self.app.ENABLE_COMMAND_PALETTE else None
        palette = None
        if called is not None:
            key = _key(called, self.app.get_key_display)
            palette = Entry(keys=(key,), words=called.binding.description)
        if (found, palette) != (self._entries, self._palette):
            self._entries, self._palette = found, palette
            self.refresh()

    def render(self) -> Text:
        """Draw the line."""
        key_style, words_style = (
            self.get_component_rich_style(name, partial=True) for name in ("key-bar--key", "key-bar--words")
        )
        text = Text(no_wrap=True, end="")
        self._places = []
        found, is_cut = fitting(self._entries, self._room)
        for entry in found:
            self._draw(text, entry, key_style, words_style)
        text.append(MORE if is_cut else "", words_style)
        if self._palette is not None and self._has_palette:
            text.append(" " * (self._room - len(text)))
            self._draw(text, self._palette, key_style, words_style, before=BEFORE_PALETTE)
        return text

    def _draw(self, text: Text, entry: Entry, key_style: Style, words_style: Style, *, before: str = " ") -> None:
        text.append(before)
        for key in entry.keys:
            begin = len(text)
            text.append(key.written, key_style + Style(dim=not key.is_enabled))
            self._places.append((begin, len(text), key))
        begin = len(text)
        text.append(f" {entry.words} ", words_style)
        if len(entry.keys) == 1:
            self._places[-1] = (self._places[-1][0], len(text), entry.keys[0])

    def _key_at(self, x: int) -> Key | None:
        return next((key for begin, end, key in self._places if begin <= x < end), None)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Say in full what the key under the mouse does."""
        key = self._key_at(event.x)
        self.tooltip = key.tooltip if key else None

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Press the key that was clicked."""
        key = self._key_at(event.x)
        if key is not None and key.is_enabled:
            self.app.simulate_key(key.key)
        elif key is not None:
            self.app.bell()
