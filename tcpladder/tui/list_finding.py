"""Finding in the connection list: over endpoints, ending, history and gravest finding, notes and names."""

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from textual.screen import Screen

from tcpladder.annotations.wording import plain
from tcpladder.filters.facts import Facts
from tcpladder.report.annotation_list import Noted
from tcpladder.report.listing import Listing
from tcpladder.tui.finding_text import Items, Searched, Source, TextFinder
from tcpladder.tui.widgets.connection_table import ConnectionTable

if TYPE_CHECKING:
    from tcpladder.stream.search import Pattern


def list_finder(
    screen: Screen[Any], written: Callable[[], Mapping[int, Sequence[Noted]]], facts: Callable[[], Facts | None]
) -> TextFinder:
    """Give the finder of a screen with a ConnectionTable; its items are the connections' numbers.

    `written` gives what users wrote, by connection; `facts` what has the names of endpoints.
    """

    def table() -> ConnectionTable:
        return screen.query_one(ConnectionTable)

    def sources() -> Sequence[Source]:
        listing = table().listing
        if listing is None:
            return ()
        found, notes, known = [Source(name="row", find=partial(_find, listing))], written(), facts()
        if notes:
            found.append(Source(name="notes", find=partial(_find_notes, notes)))
        if known is not None and known.names and known.names.is_shown:
            found.append(Source(name="names", find=partial(_find_names, known)))
        return found

    def places(numbers: Items) -> Items:
        shown = table().numbers().to_numpy()
        place = np.full(max(int(shown.max(initial=0)), int(numbers.max(initial=0))) + 1, -1, np.int64)
        place[shown] = np.arange(len(shown))
        return place[numbers]

    searched = Searched(
        view=ConnectionTable,
        sources=sources,
        places=places,
        here=lambda: table().cursor_row,
        go=lambda number: table().go_to(number),
    )
    return TextFinder(screen, searched)


def _find(listing: Listing, pattern: "Pattern", stopped: threading.Event) -> Items:
    from tcpladder.report.search import numbers_with

    return numbers_with(listing, pattern.is_in, stopped.is_set)


def _find_names(facts: Facts, pattern: "Pattern", _stopped: threading.Event) -> Items:
    from tcpladder.filters.evaluation import kept_by_name

    return np.flatnonzero(kept_by_name(pattern.is_in, facts)) + 1


def _find_notes(written: Mapping[int, Sequence[Noted]], pattern: "Pattern", _stopped: threading.Event) -> Items:
    found = (number for number, own in written.items() if any(pattern.is_in(plain(one.what)) for one in own))
    return np.fromiter(found, np.int64)
