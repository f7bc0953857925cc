"""The connection list and the ladder as lines of spans, for a terminal or a file."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import Line, Span, draw_columns, draw_ghost, draw_initial, draw_rung, draw_title, layout
from tcpladder.ladder.rungs import Ladder
from tcpladder.report.columns import COLUMNS
from tcpladder.report.listing import Listing


def connection_list(
    analysis: Analysis, signs: Mapping[str, str] | None = None, kept: npt.NDArray[np.bool_] | None = None
) -> Iterator[Line]:
    """Give a heading and a line for each connection, or for those that are `kept`; columns fit their widest entry."""
    listing = Listing(analysis, analysis.judgement, signs)
    listing = listing if kept is None else listing.filtered(kept)
    rows = [listing.texts(row, COLUMNS) for row in listing.rows()]
    if not rows:
        return
    headings = [column.heading for column in COLUMNS]
    widths = [max(map(len, texts)) for texts in zip(headings, *rows, strict=True)]
    yield (Span(_aligned(headings, widths), "column"),)
    for row in rows:
        yield (Span(_aligned(row, widths)),)


def _aligned(cells: list[str], widths: list[int]) -> str:
    padded = (
        cell.rjust(width) if column.is_number else cell.ljust(width)
        for cell, width, column in zip(cells, widths, COLUMNS, strict=True)
    )
    return "  ".join(padded).rstrip()


def ladder_lines(ladder: Ladder, total: int, width: int, glyphs: Glyphs) -> Iterator[Line]:
    """Give a ladder with its headings, `width` cells wide; `total` is how many connections the capture has."""
    columns = layout(ladder, width, glyphs)
    yield draw_title(ladder.heading, total, width, glyphs)
    yield draw_columns(ladder.heading, columns)
    yield draw_initial(ladder, columns)
    for row in range(len(ladder)):
        yield draw_rung(ladder.rung(row), columns, is_partial=ladder.heading.is_partial)
    for ghost in ladder.ghosts:
        yield draw_ghost(ghost, columns)
