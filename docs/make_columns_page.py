"""Writes docs/columns.md from the table of the data frames' columns."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from tcpladder.report.frame_columns import (
    CONNECTION_COLUMNS,
    FINDING_COLUMNS,
    SEGMENT_COLUMNS,
    STATE_COLUMNS,
    FrameColumn,
)

PAGE = Path(__file__).parent / "columns.md"


def page() -> str:
    """Give the page."""
    return "\n".join(
        [
            "# Columns",
            "",
            "What the data frames of [the library](library.md) and tcpladder's CSV and Parquet files",
            "([reports for programs](exports.md)) have.",
            "They stand in this order. Null says that a thing is not there, or not known.",
            "",
            *_table("Connections", "A row a connection, in order of their numbers.", CONNECTION_COLUMNS),
            *_table("Segments", "A row a segment: connection by connection, in frame order.", SEGMENT_COLUMNS),
            *_table("Findings", "A row a finding, the gravest first.", FINDING_COLUMNS),
            *_table(
                "States",
                "A row for each state that an endpoint was in: connection by connection, first the initiator's.",
                STATE_COLUMNS,
            ),
        ]
    )


def _table(heading: str, about: str, columns: Mapping[str, FrameColumn]) -> Iterator[str]:
    yield from (f"## {heading}", "", about, "", "| column | type | meaning |", "| --- | --- | --- |")
    for name, column in columns.items():
        yield f"| `{name}` | {_type(column.dtype)} | {column.about} |"
    yield ""


def _type(dtype: pl.DataType) -> str:
    match dtype:
        case pl.Enum():
            return f"Enum: {', '.join(f'`{word}`' for word in dtype.categories)}"
        case pl.Datetime():
            return f"Datetime, {dtype.time_unit}, {dtype.time_zone}"
        case _:
            return str(dtype)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
