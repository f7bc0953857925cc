"""Every action that has keys, and other keys for it: what users write, judged, and as Textual takes it."""

import functools
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from textual.binding import Binding
from textual.keys import _character_to_key
from textual.screen import Screen
from textual.widgets import Input

from tcpladder import tui
from tcpladder.discovery import modules
from tcpladder.errors import quoted
from tcpladder.printable import printable
from tcpladder.settings.reading import Problem
from tcpladder.tui.keys import NAMES, character_named, key_name, words_of

MODIFIERS = ("ctrl", "alt", "shift")
NAMED = {
    *("enter", "escape", "space", "tab", "up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *("backspace", "delete", "insert", *(f"f{number}" for number in range(1, 25))),
}
COUNTING = ("list", "ladder")  # where digits are typed before a key, as in 12G
SAME_TO_TERMINALS = {"ctrl+m": "enter", "ctrl+i": "tab", "ctrl+left_square_bracket": "escape"}
_BY_SHOWN_NAME = {shown.lower(): name for name, shown in NAMES.items() if len(shown) > 1 or not shown.isascii()}

Say = Callable[[str, str], Problem]
"""Makes a problem of a setting's key and a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that keys do: its id, its own keys as Textual names them, what it does, and the class that does it."""

    id: str
    bound: tuple[str, ...]
    words: str
    owner: type[Any]

    @property
    def place(self) -> str:
        """The screen that it belongs to, as the first part of its id."""
        return self.id.partition(".")[0]

    @property
    def keys(self) -> list[str]:
        """Its own keys as they stand on the keyboard."""
        return [key_name(key) for key in self.bound]

    def meets(self, other: "Action") -> bool:
        """Tell whether a key could mean both at once: widgets of one screen have each their own keys."""
        owners = {self.owner, other.owner}
        is_everywhere = "app" in (self.place, other.place)
        return len(owners) == 1 or is_everywhere or (self.place == other.place and any(map(_is_screen, owners)))


def _is_screen(owner: type[Any]) -> bool:
    return issubclass(owner, Screen)


@functools.cache
def actions() -> tuple[Action, ...]:
    """Give every action of the app and its screens, in the order of their ids' first parts."""
    found: dict[str, Action] = {}
    for module in modules(tui):
        for owner in vars(module).values():
            if isinstance(owner, type) and owner.__module__ == module.__name__:
                found |= {action.id: action for action in _own_actions(owner)}
    order = {action.place: at for at, action in enumerate(found.values())}
    return tuple(sorted(found.values(), key=lambda action: (action.place != "app", order[action.place])))


def _own_actions(owner: type[Any]) -> Iterable[Action]:
    bindings: dict[str, list[Binding]] = {}
    for binding in Binding.make_bindings(vars(owner).get("BINDINGS", ())):
        if binding.id:
            bindings.setdefault(binding.id, []).append(binding)
    for name, same in bindings.items():
        yield Action(id=name, bound=tuple(one.key for one in same), words=words_of(same[0]), owner=owner)


def keymap(wanted: Mapping[str, str], say: Say) -> tuple[dict[str, str], list[Problem]]:
    """Give, as Textual's keymap, the keys that are wanted for actions, and what is wrong with those left out."""
    known = {action.id: action for action in actions()}
    taken: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for name, text in wanted.items():
        trouble = ""
        if name not in known:
            close = get_close_matches(name, known, n=1)
            trouble = f"There is no action {quoted(name)}." + (f" Did you mean {close[0]}?" if close else "")
        else:
            keys = [textual_key(part) for part in text.split(",")]
            trouble = _trouble(known[name], text, keys)
            taken |= {} if trouble else {name: tuple(key for key in keys if key)}
        if trouble:
            problems.append(say(f"keys.{name}", trouble))
    while clash := _first_clash(known, taken):
        name, key, other = clash
        sentence = f"The key {key_name(key)} of {name} is that of {other} too; {name} keeps its own."
        problems.append(say(f"keys.{name}", sentence))
        del taken[name]
    return {name: ",".join(keys) for name, keys in _with_neighbours(known, taken).items()}, problems


def textual_key(written: str) -> str | None:
    """Give Textual's name of a key, None where there is no such key."""
    text = written.strip()
    *modifiers, last = ["+"] if text == "+" else text.replace("++", "+plus").split("+")
    modifiers = [modifier.lower() for modifier in modifiers]
    if not set(modifiers) <= set(MODIFIERS) or len(set(modifiers)) < len(modifiers):
        return None
    name = last.lower()
    name = _BY_SHOWN_NAME.get(name, name)
    if name not in NAMED:
        if len(last) == 1 and last.isprintable() and not last.isspace():
            name = _character_to_key(name if modifiers else last)
        elif len(last) == 1 or not character_named(name):
            return None
    key = "+".join([*(modifier for modifier in MODIFIERS if modifier in modifiers), name])
    return SAME_TO_TERMINALS.get(key, key)


def _trouble(action: Action, text: str, keys: list[str | None]) -> str:
    """Say why an action can't have these keys; nothing where it can."""
    parts = [part.strip() for part in text.split(",")]
    unknown = next((part for part, key in zip(parts, keys, strict=True) if key is None), None)
    if unknown is not None:
        return f"There is no key {quoted(unknown)} for {action.id}." if unknown else f"{action.id} has to have a key."
    typed = [key_name(key) for key in keys if key and "+" not in key and key not in NAMED]
    if action.place in COUNTING and any(key.isdigit() for key in typed):
        return f"{action.id} can't have a digit for a key: digits are typed before keys."
    if typed and issubclass(action.owner, Input):
        return f"{action.id} can't have the key {printable(typed[0])}: it is typed there."
    return ""


def _first_clash(known: Mapping[str, Action], taken: Mapping[str, tuple[str, ...]]) -> tuple[str, str, str] | None:
    """Give an action whose new key is another's too, that key, and the other; the last that was written goes first."""
    for name in reversed(list(taken)):
        action = known[name]
        for key in taken[name]:
            for other in known.values():
                is_old = key in action.bound and key in other.bound
                is_theirs = other is not action and key in taken.get(other.id, other.bound)
                if is_theirs and not is_old and action.meets(other):
                    return name, key, other.id
    return None


def _with_neighbours(
    known: Mapping[str, Action], taken: Mapping[str, tuple[str, ...]]
) -> Mapping[str, tuple[str, ...]]:
    """Name the keys of those too that share one with an action of new keys: Textual would take it from them."""
    found = dict(taken)
    while True:
        bereft = [
            other
            for name in found
            for other in known.values()
            if other.id not in found and other.owner is known[name].owner and set(other.bound) & set(known[name].bound)
        ]
        if not bereft:
            return found
        found |= {other.id: other.bound for other in bereft}
