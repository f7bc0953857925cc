"""A search through both sides of a conversation, and its matches in the order in which they are read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from tcpladder.stream.conversation import Conversation
from tcpladder.stream.page import Page
from tcpladder.stream.search import MOST_MATCHES, Pattern
from tcpladder.tcp.numbers import Int64Array
from tcpladder.tcp.states import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Where a pattern is: for each side where in its data matches begin and end. `is_cut` says that there are more."""

    pattern: Pattern
    begins: tuple[Int64Array, Int64Array]
    ends: tuple[Int64Array, Int64Array]
    is_cut: bool

    def __len__(self) -> int:
        return len(self.begins[0]) + len(self.begins[1])

    def within(self, sender: Endpoint, begin: int, end: int) -> Sequence[tuple[int, int]]:
        """Give the matches of a side that have any byte of a stretch of its data."""
        first = int(np.searchsorted(self.ends[sender], begin, side="right"))
        last = int(np.searchsorted(self.begins[sender], end))
        columns = (column[sender][first:last].tolist() for column in (self.begins, self.ends))
        return list(zip(*columns, strict=True))

    def on(self, page: Page) -> "Order":
        """Put the matches that a page shows in the order of its lines."""
        senders = np.repeat([0, 1], [len(begins) for begins in self.begins])
        places = np.concatenate(self.begins)
        lines = np.concatenate([page.lines_of(sender, self.begins[sender]) for sender in Endpoint])
        rows = np.flatnonzero(lines >= 0)
        rows = rows[np.lexsort((places[rows], lines[rows]))]
        return Order(senders=senders[rows], places=places[rows], lines=lines[rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Matches in the order of the lines in which they begin."""

    senders: Int64Array
    places: Int64Array
    lines: Int64Array

    def __len__(self) -> int:
        return len(self.lines)

    def next(self, line: int, at: int | None, step: int) -> int | None:
        """Give the number of the match that comes next, or with a step of -1 before.

        `at` is the one that was gone to, if the cursor is still on its line. Behind the last comes the first.
        """
        if not len(self.lines):
            return None
        if at is not None and at < len(self.lines) and int(self.lines[at]) == line:
            return (at + step) % len(self.lines)
        if step > 0:
            return int(np.searchsorted(self.lines, line)) % len(self.lines)
        return (int(np.searchsorted(self.lines, line, side="right")) - 1) % len(self.lines)


def search(conversation: Conversation, pattern: Pattern, is_stopped: Callable[[], bool]) -> Matches | None:
    """Find a pattern in both streams; a match never spans a hole. None when stopped. Raises SearchTooLongError."""
    begins: list[Int64Array] = []
    ends: list[Int64Array] = []
    left = MOST_MATCHES
    for sender in Endpoint:
        found: list[tuple[int, int]] = []
        data = conversation.stream(sender).data
        for begin, end in conversation.runs(sender):
            for match in pattern.matches_in(data, begin, end, is_stopped):
                found.append(match)
                if len(found) > left:
                    break
            if is_stopped():
                return None
            if len(found) > left:
                break
        is_cut = len(found) > left
        found = found[:left]
        left -= len(found)
        columns = np.array(found, np.int64).reshape(-1, 2)
        begins.append(columns[:, 0])
        ends.append(columns[:, 1])
        if is_cut:
            break
    while len(begins) < 2:
        begins.append(np.empty(0, np.int64))
        ends.append(np.empty(0, np.int64))
    return Matches(pattern=pattern, begins=(begins[0], begins[1]), ends=(ends[0], ends[1]), is_cut=is_cut)
