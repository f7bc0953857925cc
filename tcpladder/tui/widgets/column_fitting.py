"""Which columns of the connection list a screen has room for, and how many cells each of them gets."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tcpladder.report.columns import BY_KEY, OFFERED, Column, ColumnChoice, known

PADDING = 2  # a cell's, both sides together
SCROLL_BAR = 1
LEAST_ENDPOINT = 12
ENDPOINT = 21  # an IPv4 address and a port: further columns are not to cost an endpoint any of it
MARK = 1  # the triangle that shows which column is sorted by
ENDPOINTS = ("initiator", "responder")
LEAST_FINDING = 12  # cells for the rule of the gravest finding; it takes what is left over, up to its longest
WITH_WHOLE_FINDINGS = 150  # from this width on other columns go before a rule is cut

Longest = Callable[[Column], int]
"""Tells how many cells the longest entry of a column takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a column stands: its first cell, which is blank, and the cells for its entries after that one."""

    column: Column
    start: int
    width: int

    @property
    def end(self) -> int:
        """The first cell beyond it."""
        return self.start + self.width + PADDING


def placed(longest: Longest, width: int, chosen: tuple[ColumnChoice, ...] = ()) -> tuple[Place, ...]:
    """Place the columns that are chosen, or those that a screen of this width has room for.

    What is chosen is shown even where it goes over the edge: one can scroll. Else the least important are left out.
    """
    choices = known(chosen)
    if choices:
        return _as_chosen(choices, longest, width)
    shown = [column for column in OFFERED if column.from_width is not None and width >= column.from_width]
    while _room(shown, longest, width) < 2 * min(_longest_endpoint(longest), ENDPOINT):
        least = max(shown, key=lambda column: column.from_width or 0)
        if not least.from_width:
            break
        shown.remove(least)
    return _side_by_side(shown, _widths(shown, longest, width))


def _as_chosen(choices: tuple[ColumnChoice, ...], longest: Longest, width: int) -> tuple[Place, ...]:
    """Give each column its chosen cells, or as many as it needs; endpoints share what is left."""
    widths = [
        choice.width or (0 if choice.key in ENDPOINTS else _needed(BY_KEY[choice.key], longest)) for choice in choices
    ]
    room = width - SCROLL_BAR - sum(cells + PADDING for cells in widths)
    share = room // max(widths.count(0), 1)
    endpoint = min(max(share, LEAST_ENDPOINT), _longest_endpoint(longest))
    return _side_by_side([BY_KEY[choice.key] for choice in choices], [cells or endpoint for cells in widths])


def _side_by_side(columns: Iterable[Column], widths: Iterable[int]) -> tuple[Place, ...]:
    places: list[Place] = []
    for column, width in zip(columns, widths, strict=True):
        places.append(Place(column=column, start=places[-1].end if places else 0, width=width))
    return tuple(places)


def _widths(columns: Sequence[Column], longest: Longest, width: int) -> list[int]:
    """Give each column its cells; the endpoints share what is left, as far as they need it, then the rules."""
    room = _room(columns, longest, width)
    share = min(max(room // 2, LEAST_ENDPOINT), _longest_endpoint(longest))
    spare = max(room - 2 * share, 0)
    return [
        share
        if column.key in ENDPOINTS
        else min(_least(column, longest, width) + spare, _needed(column, longest))
        if column.key == "finding"
        else _least(column, longest, width)
        for column in columns
    ]


def _longest_endpoint(longest: Longest) -> int:
    return max(longest(column) for column in OFFERED if column.key in ENDPOINTS)


def _room(columns: Iterable[Column], longest: Longest, width: int) -> int:
    """Tell how many cells are left for both endpoints beside the other columns."""
    taken = sum(_least(column, longest, width) + PADDING for column in columns if column.key not in ENDPOINTS)
    return width - SCROLL_BAR - taken - len(ENDPOINTS) * PADDING


def _least(column: Column, longest: Longest, width: int) -> int:
    """Tell how many cells a column other than the endpoints has at least."""
    needed = _needed(column, longest)
    return min(needed, LEAST_FINDING) if column.key == "finding" and width < WITH_WHOLE_FINDINGS else needed


def _needed(column: Column, longest: Longest) -> int:
    return max(longest(column), len(column.heading) + MARK)
