"""The connection list and the ladder as lines of spans for a terminal or a file."""

from collections.abc import Iterator

import polars as pl

from tcpladder.analysis import Analysis
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import Line, Span, draw_columns, draw_initial, draw_rung, draw_title, layout
from tcpladder.ladder.notation import seconds
from tcpladder.ladder.rungs import Ladder
from tcpladder.report.listing import COLUMNS, NS, listing


def connection_list(analysis: Analysis) -> Iterator[Line]:
    """Give a heading and a line for each connection; columns are as wide as their widest entry."""
    if not len(analysis.connections):
        return
    table = listing(analysis, state_width=12).with_columns(
        pl.Series(name, [seconds(round(value * NS), 20) for value in listing(analysis)[name]])
        for name in ("start", "duration")
    )
    texts = table.select(pl.all().cast(pl.String))
    longest = texts.select(pl.all().str.len_chars().max()).row(0)
    widths = [max(wide, len(column.heading)) for wide, column in zip(longest, COLUMNS, strict=True)]
    yield (Span(_aligned([column.heading for column in COLUMNS], widths), "column"),)
    for row in texts.iter_rows():
        yield (Span(_aligned(list(row), widths)),)


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
