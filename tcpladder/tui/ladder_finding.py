"""Finding in a ladder: over the words of its rows, and over what the segments carry."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from textual.screen import Screen

from tcpladder.annotations.wording import plain
from tcpladder.ladder.rungs import Ladder
from tcpladder.ladder.search import rows_with
from tcpladder.stream.conversation import Conversation
from tcpladder.stream.search import Pattern
from tcpladder.stream.searching import search
from tcpladder.tcp.states import Endpoint
from tcpladder.tui.finding_text import Items, Searched, Source, TextFinder
from tcpladder.tui.widgets.ladder_view import LadderView

NOTHING: Items = np.empty(0, np.int64)

Follow = Callable[[int, threading.Event], Conversation | None]
"""Gives what a connection carried, None when the event was set. May raise a TcpladderError."""


class LadderSources:
    """What a ladder can be searched in; what its connection carried is read once, when it is searched."""

    def __init__(self, ladder: Callable[[], Ladder], follow: Follow | None) -> None:
        self._ladder = ladder
        self._follow = follow
        self._followed: tuple[int, Conversation] | None = None

    def __call__(self) -> Sequence[Source]:
        """Give the sources; their items are the ladder's segments, counted from 0."""
        ladder = self._ladder()
        words = Source(name="words", find=partial(self._in_words, ladder))
        notes = Source(name="notes", find=partial(self._in_notes, ladder))
        if self._follow is None:
            return (words, notes)
        return (
            words,
            notes,
            Source(name="payload", find=partial(self._in_payload, self._follow, ladder.heading.connection)),
        )

    def _in_words(self, ladder: Ladder, pattern: Pattern, stopped: threading.Event) -> Items:
        return rows_with(ladder, pattern.is_in, stopped.is_set) if pattern.is_text else NOTHING

    def _in_notes(self, ladder: Ladder, pattern: Pattern, _stopped: threading.Event) -> Items:
        found = (row for row, what in ladder.annotations.items() if pattern.is_in(plain(what)))
        return np.fromiter(found, np.int64) if pattern.is_text else NOTHING

    def _in_payload(self, follow: Follow, connection: int, pattern: Pattern, stopped: threading.Event) -> Items:
        conversation = self._conversation(follow, connection, stopped)
        if conversation is None:
            return NOTHING
        matches = search(conversation, pattern, stopped.is_set)
        if matches is None:
            return NOTHING
        rows = [conversation.rows_at(sender, matches.begins[sender]) for sender in Endpoint]
        return np.unique(np.concatenate(rows))

    def _conversation(self, follow: Follow, connection: int, stopped: threading.Event) -> Conversation | None:
        if self._followed is not None and self._followed[0] == connection:
            return self._followed[1]
        conversation = follow(connection, stopped)
        if conversation is not None:
            self._followed = (connection, conversation)
        return conversation


def ladder_finder(screen: Screen[int], ladder: Callable[[], Ladder], follow: Follow | None) -> TextFinder:
    """Give the finder of a screen with a LadderView."""

    def view() -> LadderView:
        return screen.query_one(LadderView)

    def here() -> int:
        segment = view().segment
        return -1 if segment is None else segment

    searched = Searched(
        view=LadderView,
        sources=LadderSources(ladder, follow),
        places=lambda rows: rows,
        here=here,
        go=lambda row: view().go_to(row),
        light=lambda pattern: view().light(pattern),
    )
    return TextFinder(screen, searched)
