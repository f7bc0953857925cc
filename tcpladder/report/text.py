"""The connection list and the ladder as lines of spans, for a terminal or a file."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.cells import cell_len

from tcpladder.analysis import Analysis
from tcpladder.annotations.sidecar import Annotations
from tcpladder.annotations.wording import in_words
from tcpladder.ladder.annotated import annotated
from tcpladder.ladder.folded_rows import DRAWN, draw_left_out
from tcpladder.ladder.folding import Kind, Row, folding
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import (
    Layout,
    Line,
    Span,
    draw_columns,
    draw_ghost,
    draw_initial,
    draw_rung,
    draw_title,
    layout,
)
from tcpladder.ladder.notation import named
from tcpladder.ladder.options import LadderOptions
from tcpladder.ladder.rungs import Ladder
from tcpladder.ladder.wording import STANDARD
from tcpladder.report.annotation_list import by_connection, in_short, noted
from tcpladder.report.columns import COLUMNS
from tcpladder.report.drawn import LeftOut
from tcpladder.report.listing import ENDPOINTS, Listing
from tcpladder.settings.names import NO_NAMES, Names

GAP = 2  # cells between two columns


def connection_list(
    analysis: Analysis,
    signs: Mapping[str, str] | None = None,
    kept: npt.NDArray[np.bool_] | None = None,
    annotations: Annotations | None = None,
    names: Names = NO_NAMES,
) -> Iterator[Line]:
    """Give a heading and a line for each connection, or for those that are `kept`; columns fit their widest entry.

    Endpoints have their `names`. What users wrote about a connection and its packets stands at the end of its line.
    """
    written = {number: in_short(own) for number, own in by_connection(noted(analysis, annotations)).items()}
    listing = Listing(analysis, analysis.judgement, signs)
    yield from listing_lines(listing if kept is None else listing.filtered(kept), written, names)


def listing_lines(
    listing: Listing, written: Mapping[int, str] | None = None, names: Names = NO_NAMES
) -> Iterator[Line]:
    """Give a heading and a line for each connection of a listing, at its end what is `written` about it."""
    written = written or {}
    found = list(listing.rows())
    rows = [_texts(listing, row, names) for row in found]
    if not rows:
        return
    headings = [column.heading for column in COLUMNS]
    widths = [max(map(cell_len, texts)) for texts in zip(headings, *rows, strict=True)]
    heading, whole = _aligned(headings, widths), sum(widths) + GAP * (len(widths) - 1)
    yield (Span(f"{heading:<{whole}}{' ' * GAP}note" if written else heading, "column"),)
    for row, texts in zip(found, rows, strict=True):
        line, own = _aligned(texts, widths), written.get(row["connection"])
        yield (Span(f"{line}{' ' * (whole - cell_len(line) + GAP)}"), Span(own, "mark")) if own else (Span(line),)


def _texts(listing: Listing, row: Mapping[str, Any], names: Names) -> list[str]:
    """Write a row, endpoints by the names that they have by themselves."""
    texts = listing.texts(row, COLUMNS)
    for place, column in enumerate(COLUMNS):
        if names and column.key in ENDPOINTS:
            address, port = listing.addresses[row[column.key]], row[f"{column.key}_port"]
            texts[place] = named(names.host(address, port), texts[place], port)
    return texts


def _aligned(cells: list[str], widths: list[int]) -> str:
    padded = (
        f"{' ' * (width - cell_len(cell))}{cell}" if column.is_number else f"{cell}{' ' * (width - cell_len(cell))}"
        for cell, width, column in zip(cells, widths, COLUMNS, strict=True)
    )
    return (" " * GAP).join(padded).rstrip()


def ladder_lines(  # noqa: PLR0913 - few give all of them
    ladder: Ladder,
    total: int,
    width: int,
    glyphs: Glyphs,
    rows: Iterable[Row | LeftOut] | None = None,
    options: LadderOptions = STANDARD,
) -> Iterator[Line]:
    """Give a ladder with its headings, `width` cells wide; `total` is how many connections the capture has.

    It has the `rows` that are given, or one for each segment. What users wrote follows in full.
    """
    columns = layout(ladder, width, glyphs, options)
    yield draw_title(ladder.heading, total, width, glyphs)
    yield draw_columns(ladder.heading, columns)
    yield annotated(draw_initial(ladder, columns), ladder.own_annotation, columns)
    for row in _every(ladder) if rows is None else rows:
        yield _ladder_row(ladder, row, columns)
    for ghost in ladder.ghosts:
        yield draw_ghost(ghost, columns)
    if ladder.own_annotation or ladder.annotations:
        yield (Span(""),)
    if ladder.own_annotation:
        yield Span("connection  ", "note"), Span(in_words(ladder.own_annotation), "mark")
    for at, what in sorted(ladder.annotations.items()):
        yield Span(f"no.{ladder.frames[at]}  ", "note"), Span(in_words(what), "mark")


def folded_rows(ladder: Ladder) -> Iterator[Row]:
    """Give the rows of a ladder with its runs folded, and with its idle gaps: no fold hides what is written."""
    shown = folding(ladder, folded=True, protected=ladder.annotations)
    return map(shown.row, range(len(shown)))


def _every(ladder: Ladder) -> Iterator[Row]:
    return (Row(kind=Kind.SEGMENT, first=row, last=row) for row in range(len(ladder)))


def _ladder_row(ladder: Ladder, row: Row | LeftOut, columns: Layout) -> Line:
    if isinstance(row, LeftOut):
        return draw_left_out(row.words, columns)
    if row.kind in DRAWN:
        return DRAWN[row.kind](ladder, row, columns)
    line = draw_rung(ladder.rung(row.first), columns, is_partial=ladder.heading.is_partial)
    return annotated(line, ladder.annotations.get(row.first), columns)
