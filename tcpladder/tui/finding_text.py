"""Finding on a screen that shows a list: a line to type in, a search in a thread, and the way from match to match.

What is searched are sources: each gives the items that hold a pattern. Of an item that several sources give, the first
one is named.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from textual.binding import Binding
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget

from tcpladder.errors import TcpladderError
from tcpladder.tui.widgets.find_line import FindLine, place_words

if TYPE_CHECKING:
    from tcpladder.stream.search import Pattern

Items = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something that can be searched. `find` runs in a thread, until the event is set; may raise TcpladderError."""

    name: str
    find: "Callable[[Pattern, threading.Event], Items]"


def find_bindings(screen: str, what: str) -> tuple[Binding, ...]:
    """Give the bindings of a screen with a find line: its name among the actions, and what is found there."""
    return (
        Binding("ctrl+f", "find", "Find", tooltip=f"Find {what}", show=False, id=f"{screen}.find"),
        Binding("n", "find_next(1)", "Next match", show=False, id=f"{screen}.next_match"),
        Binding("N", "find_next(-1)", "Previous match", show=False, id=f"{screen}.previous_match"),
        Binding("escape", "close_find", "Close the find line", show=False, id=f"{screen}.close_find"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What some sources gave: the items, each once, and which source gave it. `left` is being searched."""

    pattern: "Pattern"
    items: Items
    given_by: Items
    names: Sequence[str]
    left: str
    trouble: str


class MatchesFound(Message):
    """One more source has been searched."""

    def __init__(self, found: Found) -> None:
        super().__init__()
        self.found = found


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What a screen shows, as its finder needs to know it.

    `view` has the focus beside the find line. `sources` gives what to search; `places` where items stand, -1 for those
    that are not shown; `here` the place of the cursor; `go` puts it on an item; `light` has what is looked for lit.
    """

    view: type[Widget]
    sources: Callable[[], Sequence[Source]]
    places: Callable[[Items], Items]
    here: Callable[[], int]
    go: Callable[[int], object]
    light: "Callable[[Pattern | None], object]" = lambda _: None


class TextFinder:
    """The finding of one screen, which has a FindLine."""

    def __init__(self, screen: Screen[Any], searched: Searched) -> None:
        self._screen = screen
        self._searched = searched
        self._searching = threading.Event()
        self._found: Found | None = None
        self._has_moved = False

    @property
    def _line(self) -> FindLine:
        return self._screen.query_one(FindLine)

    @property
    def is_open(self) -> bool:
        """Whether the find line is shown."""
        return self._screen.is_mounted and self._line.is_open

    def open(self) -> None:
        """Show the find line."""
        self._line.open()

    def close(self) -> None:
        """Find nothing any more."""
        self.stop()
        self._found = None
        self._searched.light(None)
        self._line.close()
        self._focus_view()
        self._screen.refresh_bindings()

    def _focus_view(self) -> None:
        self._screen.set_focus(self._screen.query_one(self._searched.view))

    def stop(self) -> None:
        """End a search that goes on."""
        self._searching.set()

    def search(self, pattern: "Pattern") -> None:
        """Begin to search, in a thread."""
        self.stop()
        self._searching = threading.Event()
        self._found, self._has_moved = None, False
        self._focus_view()
        self._line.tell("searching …")
        self._searched.light(pattern)
        self._screen.run_worker(
            partial(self._search, self._searched.sources(), pattern, self._searching),
            thread=True,
            group="finding",
            exit_on_error=False,
        )
        self._screen.refresh_bindings()

    def again(self) -> None:
        """Search again, where what is shown is another."""
        if self.is_open and self._line.pattern is not None:
            self.search(self._line.pattern)

    def _search(self, sources: Sequence[Source], pattern: "Pattern", stopped: threading.Event) -> None:
        """Run in a thread: touch no widget, only post."""
        items, given_by = np.empty(0, np.int64), np.empty(0, np.int64)
        trouble = ""
        for at, source in enumerate(sources):
            try:
                found = source.find(pattern, stopped)
            except TcpladderError as error:
                trouble = f"{source.name}: {error}"
                found = np.empty(0, np.int64)
            if stopped.is_set():
                return
            items, firsts = np.unique(np.concatenate([items, found]), return_index=True)
            given_by = np.concatenate([given_by, np.full(len(found), at)])[firsts]
            left = sources[at + 1].name if at + 1 < len(sources) else ""
            names = [each.name for each in sources]
            said = Found(pattern=pattern, items=items, given_by=given_by, names=names, left=left, trouble=trouble)
            self._screen.post_message(MatchesFound(said))

    def show(self, found: Found) -> None:
        """Take what was found; go to the first match from the cursor on."""
        if found.pattern is not self._line.pattern:
            return
        self._found = found
        if not self._has_moved and len(found.items):
            self._step(1, include_here=True)
        else:
            self._tell()

    def next(self, step: int) -> None:
        """Go to the next match, or to the one before; behind the last comes the first."""
        if self._found is None:
            self._line.open()
        else:
            self._step(step, include_here=False)

    def _ordered(self, found: Found) -> tuple[Items, Items]:
        """Give places and rows of what is shown of the matches, in the order of their places."""
        places = self._searched.places(found.items)
        rows = np.flatnonzero(places >= 0)
        rows = rows[np.argsort(places[rows], kind="stable")]
        return places[rows], rows

    def _step(self, step: int, *, include_here: bool) -> None:
        if self._found is None:
            return
        places, rows = self._ordered(self._found)
        if not len(rows):
            self._screen.app.bell()
            self._tell()
            return
        here = self._searched.here()
        if step > 0:
            at = int(np.searchsorted(places, here, side="left" if include_here else "right")) % len(rows)
        else:
            at = (int(np.searchsorted(places, here)) - 1) % len(rows)
        self._has_moved = True
        self._searched.go(int(self._found.items[rows[at]]))
        self._tell()

    def _tell(self) -> None:
        """Say which match the cursor is on, and of how many; or how many there are."""
        found = self._found
        if found is None:
            return
        places, rows = self._ordered(found)
        at = int(np.searchsorted(places, self._searched.here()))
        is_on_match = at < len(places) and int(places[at]) == self._searched.here()
        words = place_words(at if is_on_match else None, len(places))
        if is_on_match and len(found.names) > 1:
            words += f" in {found.names[int(found.given_by[rows[at]])]}"
        if len(rows) < len(found.items):
            words += f" ({len(found.items) - len(rows)} not shown)"
        words += f", searching {found.left} …" if found.left else ""
        words += f"; {found.trouble}" if found.trouble else ""
        self._line.tell(words, is_bad=not len(rows) and not found.left)


class Finds:
    """What a screen with a find line does: it has a `finder`, and `find_bindings` among its own."""

    finder: TextFinder

    def action_find(self) -> None:
        """Open the find line."""
        self.finder.open()

    def action_find_next(self, step: int) -> None:
        """Go to the next match, or to the one before."""
        self.finder.next(step)

    def action_close_find(self) -> None:
        """Close the find line."""
        self.finder.close()

    def on_find_line_asked(self, message: FindLine.Asked) -> None:
        """Search for what was typed."""
        self.finder.search(message.pattern)

    def on_find_line_left(self) -> None:
        """Close the find line."""
        self.finder.close()

    def on_matches_found(self, message: MatchesFound) -> None:
        """Go to what was found."""
        self.finder.show(message.found)
