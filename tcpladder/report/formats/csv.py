"""Comma-separated values as RFC 4180 has them, for spreadsheets: UTF-8, a line of names, lines end in CR LF.

Times are written in UTC with nine decimals, as in `2023-11-14T22:13:20.000000001Z`; since most programs round such a
time when they read it, a column with `_ns` after its name has it as a whole number too: nanoseconds since 1970. An
empty cell is one without a value.

Texts may come from whoever sent the packets or wrote a note. What a spreadsheet would take for a formula has an
apostrophe before it, which makes it text; control characters and what reorders text are shown as escapes such as
`\\x1b`. Numbers are left as they are.
"""

import io
from collections.abc import Iterator
from typing import BinaryIO

import polars as pl

from tcpladder.printable import printable
from tcpladder.report.format import ONE_TABLE, Format
from tcpladder.report.frame_columns import TIME, schema
from tcpladder.report.model import Report
from tcpladder.report.tables import COLUMNS, parts

WHEN = "%Y-%m-%dT%H:%M:%S%.9fZ"
FORMULA = r"(?s)^[=+\-@\t\r\n＝＋－＠]."
"""What spreadsheets take for the beginning of a formula. A sign alone is none."""
AT_ONCE = 8_192  # rows
NOT_PLAIN = r"[^\x20-\x7e]"


def write(report: Report, out: BinaryIO) -> None:
    """Write the table that the report's contents ask for, in ASCII if they say so."""
    for lines in _lines(report):
        out.write(lines.decode().encode("ascii", "backslashreplace") if report.contents.is_ascii else lines)


def _lines(report: Report) -> Iterator[bytes]:
    yield _written(pl.DataFrame(schema=schema(COLUMNS[report.contents.table])), has_names=True)
    for part in parts(report):
        yield from map(_written, part.iter_slices(AT_ONCE))


def _written(rows: pl.DataFrame, *, has_names: bool = False) -> bytes:
    cells = []
    for column in rows:
        cells.append(inert(column) if column.dtype == pl.String else column)
        if column.dtype == TIME:
            cells.append(column.to_physical().alias(f"{column.name}_ns"))
    lines = io.BytesIO()  # what goes wrong with a file polars would tell in words only
    pl.DataFrame(cells).write_csv(lines, include_header=has_names, line_terminator="\r\n", datetime_format=WHEN)
    return lines.getvalue()


def inert(texts: pl.Series) -> pl.Series:
    """Give texts that no spreadsheet calculates with, and no terminal obeys."""
    if texts.str.contains(NOT_PLAIN).any():
        texts = pl.Series(texts.name, [None if text is None else printable(text) for text in texts], pl.String)
    return texts.to_frame().select(
        pl.when(pl.col(texts.name).str.contains(FORMULA))
        .then(pl.lit("'") + pl.col(texts.name))
        .otherwise(pl.col(texts.name))
        .alias(texts.name)
    )[texts.name]


FORMAT = Format(
    name="csv",
    title="CSV, for spreadsheets",
    suffixes=(".csv",),
    media_type="text/csv; charset=utf-8; header=present",
    write=write,
    heeds=ONE_TABLE | {"is_ascii"},
)
