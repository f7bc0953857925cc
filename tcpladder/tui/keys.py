"""Keys as they are written for people, the words of a binding, and counts that are typed before a key."""

import unicodedata

from textual.binding import Binding

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


class Count:
    """A number that is typed before a key, as in `12G`; whether it is for that key is known to what the key does."""

    def __init__(self) -> None:
        """Begin without one."""
        self._digits = ""
        self._is_whole = False  # the key after it has come

    def press(self, key: str) -> bool:
        """Take note of a key; tell whether it was a digit, which is then used up."""
        is_digit = len(key) == 1 and key in "0123456789"
        before = "" if self._is_whole else self._digits
        self._digits = (before + key)[-LONGEST_COUNT:] if is_digit else before
        self._is_whole = not is_digit
        return is_digit

    def take(self) -> int | None:
        """Give the number, if one was typed before the key that came last, and forget it."""
        digits, self._digits = self._digits, ""
        return int(digits) if digits else None
