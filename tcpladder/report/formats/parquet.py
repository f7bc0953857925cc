"""Parquet, for data frames and SQL: the columns of the data frames with their types, exact to the nanosecond.

Texts are as they are, whoever wrote them.
"""

import io
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import polars as pl
from polars.io.plugins import register_io_source

from tcpladder.report.format import ONE_TABLE, Format
from tcpladder.report.frame_columns import schema
from tcpladder.report.model import Report
from tcpladder.report.segment_frames import SEGMENTS_AT_ONCE
from tcpladder.report.tables import COLUMNS, parts

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def write(report: Report, out: BinaryIO) -> None:
    """Write the table that the report's contents ask for, a row group at a time."""
    through = _Through(report, out)
    rows = register_io_source(through.rows, schema=schema(COLUMNS[report.contents.table]))
    try:
        rows.sink_parquet(cast("IO[bytes]", through), row_group_size=SEGMENTS_AT_ONCE)
    except pl.exceptions.PolarsError as error:
        raise through.error or error from None


class _Through(io.RawIOBase):
    """What polars reads rows from and writes bytes to. Polars tells of an error in words only; it is kept here."""

    def __init__(self, report: Report, out: BinaryIO) -> None:
        super().__init__()
        self.error: Exception | None = None
        self._report, self._out = report, out

    def rows(
        self, with_columns: list[str] | None, predicate: pl.Expr | None, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        """Give all rows, a part at a time; nothing less is ever asked for."""
        del with_columns, predicate, n_rows, batch_size
        try:
            yield from parts(self._report)
        except Exception as error:
            self.error = error
            raise

    def writable(self) -> bool:
        """Tell that bytes can be written."""
        return True

    def write(self, data: "ReadableBuffer") -> int:
        """Write bytes."""
        try:
            return self._out.write(data)
        except Exception as error:
            self.error = error
            raise


FORMAT = Format(
    name="parquet",
    title="Parquet, for data frames and SQL",
    suffixes=(".parquet",),
    media_type="application/vnd.apache.parquet",
    write=write,
    is_text=False,
    heeds=ONE_TABLE,
)
