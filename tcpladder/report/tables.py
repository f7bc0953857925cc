"""The table of a report, for formats that are one: a row a connection, a segment or a finding, a part at a time.

They are the data frames of `report.frames` and `report.segment_frames`.
"""

from collections.abc import Callable, Iterator

import polars as pl

from tcpladder.report.frame_columns import (
    CONNECTION_COLUMNS,
    FINDING_COLUMNS,
    SEGMENT_COLUMNS,
    FrameColumn,
)
from tcpladder.report.frames import connection_frame, finding_rows
from tcpladder.report.model import Report, Table
from tcpladder.report.segment_frames import segment_frames

AT_ONCE = 8_192
"""How many connections or findings a part has at most."""

COLUMNS: dict[Table, dict[str, FrameColumn]] = {
    Table.CONNECTIONS: CONNECTION_COLUMNS,
    Table.SEGMENTS: SEGMENT_COLUMNS,
    Table.FINDINGS: FINDING_COLUMNS,
}
"""The columns of each table."""


def parts(report: Report) -> Iterator[pl.DataFrame]:
    """Give the rows of the table that the report's contents ask for, a part at a time; all parts have its COLUMNS."""
    yield from _PARTS[report.contents.table](report)


def _connections(report: Report) -> Iterator[pl.DataFrame]:
    annotations = report.annotations if report.contents.has_notes else None
    for begin in range(0, len(report), AT_ONCE):
        yield connection_frame(report.analysis, report.numbers[begin : begin + AT_ONCE], annotations)


def _segments(report: Report) -> Iterator[pl.DataFrame]:
    annotations = report.annotations if report.contents.has_notes else None
    yield from segment_frames(report.analysis, report.numbers, annotations)


def _findings(report: Report) -> Iterator[pl.DataFrame]:
    for begin in range(0, len(report.findings), AT_ONCE):
        yield finding_rows(report.analysis, report.findings[begin : begin + AT_ONCE])


_PARTS: dict[Table, Callable[[Report], Iterator[pl.DataFrame]]] = {
    Table.CONNECTIONS: _connections,
    Table.SEGMENTS: _segments,
    Table.FINDINGS: _findings,
}
