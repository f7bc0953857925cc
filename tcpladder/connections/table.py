"""All connections of a capture as one table, and the rows of the segment table that belong to each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.grouping import connection_ids
from tcpladder.connections.roles import with_roles
from tcpladder.packets import schema

CONNECTIONS: dict[str, pl.DataType] = {
    "connection": pl.UInt32(),  # from 1, in order of the first frame
    "initiator": pl.UInt32(),  # address id
    "initiator_port": pl.UInt16(),
    "responder": pl.UInt32(),
    "responder_port": pl.UInt16(),
    "role_basis": pl.String(),  # roles.RoleBasis
    "first_frame": pl.UInt32(),
    "start": pl.Int64(),  # ns since 1970, of its earliest segment
    "end": pl.Int64(),  # ns since 1970, of its latest segment
    "segments": pl.UInt32(),
    "initiator_bytes": pl.UInt64(),  # payload sent, retransmissions counted again
    "responder_bytes": pl.UInt64(),
}
"""The connection table: one row a connection, in order of its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """The connection table, the segment table with GROUPED columns, and which rows of it are whose.

    `order` (int64, one entry a segment) lists the rows of `segments`, connection by connection, in frame order;
    those of connection n are `order[offsets[n - 1]:offsets[n]]`.
    """

    table: pl.DataFrame
    segments: pl.DataFrame
    order: npt.NDArray[np.int64]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.table)

    def rows_of(self, connection: int) -> npt.NDArray[np.int64]:
        """Give the rows of a connection in the segment table, in frame order."""
        return self.order[self.offsets[connection - 1] : self.offsets[connection]]

    def segments_of(self, connection: int) -> pl.DataFrame:
        """Give the segments of a connection, in frame order."""
        return self.segments[self.rows_of(connection)]


def group(captured: pl.DataFrame) -> Connections:
    """Group a table of `schema.CAPTURED` columns into connections."""
    numbers = connection_ids(captured)
    numbered = captured.with_columns(pl.Series("connection", numbers, schema.GROUPED["connection"]))
    segments = with_roles(numbered)
    counts = np.bincount(numbers, minlength=1)[1:] if len(numbers) else np.empty(0, np.int64)
    table = _table(segments)
    return Connections(
        table=table,
        segments=segments.drop("role_basis"),
        order=np.argsort(numbers, kind="stable"),
        offsets=np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)]),
    )


def _table(segments: pl.DataFrame) -> pl.DataFrame:
    sent = pl.col("from_initiator")
    payload = pl.col("payload_length").cast(pl.UInt64)
    return (
        segments.group_by("connection", maintain_order=True)
        .agg(
            initiator=pl.when(sent).then("source").otherwise("destination").first(),
            initiator_port=pl.when(sent).then("source_port").otherwise("destination_port").first(),
            responder=pl.when(sent).then("destination").otherwise("source").first(),
            responder_port=pl.when(sent).then("destination_port").otherwise("source_port").first(),
            role_basis=pl.col("role_basis").first(),
            first_frame=pl.col("frame").first(),
            start=pl.col("time").min(),
            end=pl.col("time").max(),
            segments=pl.len(),
            initiator_bytes=payload.filter(sent).sum(),
            responder_bytes=payload.filter(~sent).sum(),
        )
        .sort("connection")
        .select(pl.col(name).cast(data_type) for name, data_type in CONNECTIONS.items())
    )
