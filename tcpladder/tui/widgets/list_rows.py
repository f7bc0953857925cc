"""Rows of the connection list as cells of text, each with what gives it its colour."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment

from tcpladder.ladder.glyphs import PHASES, Glyphs
from tcpladder.ladder.notation import elided, named
from tcpladder.report.listing import ENDPOINTS, STATES, Listing
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tcp.states import State
from tcpladder.tui.widgets.column_fitting import Place

LEVELS = ("violation", "deviation", "note")  # by gravity


def cells(
    listing: Listing, at: int, places: Sequence[Place], glyphs: Glyphs, names: Names = NO_NAMES
) -> Iterator[tuple[str, str]]:
    """Give for each place the text of a row of the listing's table, and the token of its colour.

    A text fills its place, with a blank on either side. An endpoint has its name where there is room for that.
    """
    row = listing.row(at)
    texts = listing.texts(row, [place.column for place in places])
    for text, place in zip(texts, places, strict=True):
        key, width = place.column.key, place.width
        if key in ENDPOINTS:
            name = names.host(listing.addresses[row[key]], row[f"{key}_port"])
            text = elided(named(name, text, row[f"{key}_port"], width), width, glyphs.ellipsis)
        elif key == "activity":
            text = "".join(glyphs.bars[height] for height in listing.activity(at, width))
        yield f" {fitted(text, width, glyphs.ellipsis, is_number=place.column.is_number)} ", _token(key, row)


def heading(place: Place, mark: str, glyphs: Glyphs) -> str:
    """Give the heading of a place; `mark` tells how it is sorted by it, if it is."""
    column = place.column
    return f" {fitted(f'{column.heading}{mark}', place.width, glyphs.ellipsis, is_number=column.is_number)} "


def fitted(text: str, width: int, ellipsis: str, *, is_number: bool) -> str:
    """Cut or fill a text to some cells, numbers from the left; what is cut off is told by an ellipsis."""
    if cell_len(text) > width:
        return set_cell_size(text, max(width - 1, 0)) + ellipsis[:width]
    return text.rjust(width) if is_number else set_cell_size(text, width)


def _token(key: str, row: Mapping[str, Any]) -> str:
    """Name what colours a cell: a phase of PHASES, a finding's level, or nothing."""
    if key in STATES:
        return PHASES[State(row[key])]
    if key in {"level", "finding"} and row["gravity"] < len(LEVELS):
        return LEVELS[row["gravity"]]
    return "activity" if key == "activity" else ""


def signed(segments: Sequence[Segment], sign: Segment, first: Place) -> list[Segment]:
    """Put a sign into a blank cell of a row: the one behind the sign of a finding, or else the one before all."""
    begin, *rest = segments
    if first.column.key == "level":
        return [Segment(begin.text[:-1], begin.style), sign, *rest]
    return [sign, Segment(begin.text[1:], begin.style), *rest]
