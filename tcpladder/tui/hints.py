"""Hints for those who have hardly used the app: a line below the list that names the keys to begin with.

Each hint goes when its key was used, the line when all were or when the app was started three times. Whether there is a
line is settled when the app starts, so that nothing on the screen moves. What was used is kept in a small file.
"""

import contextlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from platformdirs import user_state_path
from textual.binding import Binding, BindingType
from textual.widgets import Static

from tcpladder.files import write_whole
from tcpladder.tui.keys import key_name
from tcpladder.tui.widgets.list_keys import LIST_KEYS, SCREEN_KEYS

STARTS = 3
LARGEST_FILE = 4096  # bytes: a file that is larger is not ours
HELP = "app.help"
WORDS = {
    "list.open": "opens the connection",
    "list.filter": "filters the list",
    HELP: "tells all keys",
    "list.leave": "quits",
}
"""What is hinted at, by the actions' ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """How often the app was started before, and which of the hinted actions were used."""

    starts: int = 0
    used: frozenset[str] = frozenset()

    @classmethod
    def kept(cls) -> Self:
        """Read what is kept; what can't be understood is none."""
        with contextlib.suppress(OSError, ValueError, RecursionError):
            with _file().open("rb") as file:
                content = json.loads(file.read(LARGEST_FILE))
            if isinstance(content, dict):
                starts, used = content.get("starts"), content.get("used")
                return cls(
                    starts=starts if isinstance(starts, int) and starts > 0 else 0,
                    used=frozenset(WORDS) & {name for name in used if isinstance(name, str)}
                    if isinstance(used, list)
                    else frozenset(),
                )
        return cls()

    @property
    def is_enough(self) -> bool:
        """Whether hints would tell nothing new."""
        return self.starts >= STARTS or self.used == WORDS.keys()

    def keep(self) -> None:
        """Write it; what can't be written is forgotten."""
        with contextlib.suppress(OSError, ValueError):
            write_whole(_file(), json.dumps({"starts": self.starts, "used": sorted(self.used)}).encode())


class Hints:
    """What is hinted at in one run of the app, and what was used up to now."""

    def __init__(self, *, are_wanted: bool) -> None:
        """Hint if that is wanted and the user is new; then this start counts."""
        experience = Experience.kept() if are_wanted else Experience(starts=STARTS)
        self.are_shown = not experience.is_enough
        self._experience = experience
        self.on_change: Callable[[], object] = lambda: None
        if self.are_shown:
            self._now(Experience(starts=experience.starts + 1, used=experience.used))

    def use(self, action: str, bindings: Iterable[BindingType]) -> None:
        """Take note of an action such as `filter` of something that has these bindings."""
        same = {binding.id for binding in bindings if isinstance(binding, Binding) and binding.action == action}
        used = (WORDS.keys() & same) - self._experience.used
        if self.are_shown and used:
            self._now(Experience(starts=self._experience.starts, used=self._experience.used | used))
            self.on_change()

    def words(self, keys: Mapping[str, str]) -> str:
        """Say what is still to be tried, with the keys that the actions have; help goes on being named."""
        left = [name for name in WORDS if name not in self._experience.used] or [HELP]
        return "   ".join(f"{keys[name]} {WORDS[name]}" for name in left if name in keys)

    def _now(self, experience: Experience) -> None:
        self._experience = experience
        experience.keep()


class HintLine(Static):
    """The line with the hints."""

    DEFAULT_CSS = """
    HintLine { height: 1; padding: 0 1; text-style: italic; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    def __init__(self, hints: Hints, keymap: Callable[[], Mapping[str, str]]) -> None:
        """Show `hints` as they change; `keymap` gives, by then, the keys that users gave to actions."""
        super().__init__("", markup=False)
        self._hints = hints
        self._keymap = keymap

    def on_mount(self) -> None:
        """Begin with all."""
        self._hints.on_change = self._tell
        self._tell()

    def _tell(self) -> None:
        keys = keys_of(self._keymap(), [*LIST_KEYS, *SCREEN_KEYS, *self.app.BINDINGS])
        self.update(self._hints.words(keys), layout=False)


def keys_of(keymap: Mapping[str, str], bindings: Iterable[BindingType]) -> dict[str, str]:
    """Give the first key of each hinted action, or the one that users gave it in its place."""
    return {
        binding.id: key_name(keymap.get(binding.id, binding.key).partition(",")[0])
        for binding in bindings
        if isinstance(binding, Binding) and binding.id in WORDS
    }


def _file() -> Path:
    return user_state_path("tcpladder", appauthor=False) / "hints.json"
