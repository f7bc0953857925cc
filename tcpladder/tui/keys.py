"""Keys as they are written for people, the words of a binding, and counts that are typed before a key."""

import unicodedata
from collections.abc import Callable
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.widget import Widget

NAMES = {
    "right_curly_bracket": "}",
    "left_curly_bracket": "{",
    "right_square_bracket": "]",
    "left_square_bracket": "[",
    "less_than_sign": "<",
    "greater_than_sign": ">",
    "question_mark": "?",
    "slash": "/",
    "backslash": "\\",
    "minus": "-",
    "plus": "+",
    "at": "@",
    "underscore": "_",
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
    "backspace": "Backspace",
    "delete": "Del",
    "space": "Space",
}
LONGEST_COUNT = 9  # digits


def key_name(key: str) -> str:
    """Write a key as it stands on the keyboard."""
    *modifiers, last = key.split("+")
    name = NAMES.get(last) or character_named(last) or (last.upper() if modifiers or len(last) > 1 else last)
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name])


def character_named(name: str) -> str:
    """Give the character that Textual calls by its name in Unicode, as in `full_stop`; "" where there is none."""
    shown = NAMES.get(name, "")
    try:
        return shown if len(shown) == 1 else unicodedata.lookup(name.replace("_", " "))
    except KeyError:
        return ""


def words_of(binding: Binding) -> str:
    """Say what a binding does: in full where it says so, else as in the key bar, which has little room."""
    return binding.tooltip or binding.description


def key_of(app: App[Any], owner: type[Any], action: str, *, is_typing: bool = False) -> str:
    """Give the first key of an action of `owner`, by its id, as users have bound it, and as it stands on the keyboard.

    While somebody `is_typing`, characters are no keys: then "" where there is no other. Raises KeyError where `owner`
    has no such action.
    """
    own = [binding.key for binding in Binding.make_bindings(vars(owner)["BINDINGS"]) if binding.id == action]
    if not own:
        raise KeyError(action)
    chosen = app._keymap.get(action)  # noqa: SLF001 - nothing else tells which keys users chose
    keys = chosen.split(",") if chosen else own
    fit = (key for key in keys if not (is_typing and (len(key) == 1 or character_named(key))))
    return next(map(key_name, fit), "")


class Count:
    """A number that is typed before a key, as in `12G`; any other key forgets it."""

    def __init__(self, is_taken_by: Callable[[str], bool]) -> None:
        """Keep the number for the keys that `is_taken_by` tells, until what they do asks for it."""
        self._is_taken_by = is_taken_by
        self._digits = ""
        self._taken = ""

    def press(self, key: str) -> bool:
        """Take note of a key; tell whether it was a digit, which is then used up.

        What a key does comes after the next keys were noted, where they come quickly: so the number waits for it.
        """
        if len(key) == 1 and key in "0123456789":
            self._digits = (self._digits + key)[-LONGEST_COUNT:]
            return True
        if self._digits and self._is_taken_by(key):
            self._taken = self._digits
        self._digits = ""
        return False

    def take(self) -> int | None:
        """Give the number, if one was typed, and forget it."""
        digits, self._taken = self._taken, ""
        return int(digits) if digits else None


def does(widget: Widget, action: str, key: str) -> bool:
    """Tell whether a key does this on the screen of a widget, whichever keys users gave to it."""
    active = widget.screen.active_bindings.get(key)
    return active is not None and active.binding.action == action
