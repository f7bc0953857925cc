"""All connections of a capture as one table, and the rows of the segment table that belong to each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.grouping import BLOCK, Grouping, Int64Array, column, connections_of
from tcpladder.connections.roles import RoleBasis, roles

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

BYTES = ("initiator_bytes", "responder_bytes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Connections:
    """The connection table, the segment table with GROUPED columns, and which rows of it are whose.

    `order` (uint32, one entry a segment) lists the rows of `segments`, connection by connection, in frame order;
    those of connection n are `order[offsets[n - 1]:offsets[n]]`.
    """

    table: pl.DataFrame
    segments: pl.DataFrame
    order: npt.NDArray[np.uint32]
    offsets: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.table)

    def rows_of(self, connection: int) -> npt.NDArray[np.uint32]:
        """Give the rows of a connection in the segment table, in frame order."""
        return self.order[self.offsets[connection - 1] : self.offsets[connection]]

    def places_of(self, connections: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Give the places of several connections' rows in `order`, connection by connection."""
        begins, ends = self.offsets[connections - 1], self.offsets[connections]
        ahead = np.cumsum(ends - begins)
        places: npt.NDArray[np.int64] = np.repeat(ends - ahead, ends - begins)
        places += np.arange(len(places))
        return places

    def segments_of(self, connection: int) -> pl.DataFrame:
        """Give the segments of a connection, in frame order."""
        rows = self.rows_of(connection)
        if len(rows) and int(rows[-1]) - int(rows[0]) == len(rows) - 1:  # nothing lies between them: no copy is needed
            return self.segments.slice(int(rows[0]), len(rows))
        return self.segments[rows]

    def numbers_of(self, frames: npt.NDArray[np.integer]) -> npt.NDArray[np.uint32]:
        """Give the numbers of the connections that have any of the frames, each once, in order."""
        known = column(self.segments, "frame")  # they rise
        if not len(known):
            return np.empty(0, np.uint32)
        places = np.minimum(np.searchsorted(known, frames), len(known) - 1)
        rows = places[known[places] == frames]
        return np.unique(column(self.segments, "connection")[rows])


def group(captured: pl.DataFrame) -> Connections:
    """Group a table of `schema.CAPTURED` columns into connections."""
    grouping = connections_of(captured)
    order, offsets = grouping.order, grouping.offsets
    counts = np.diff(offsets)
    numbers = np.arange(1, len(counts) + 1, dtype=np.uint32)
    first = order[offsets[:-1]]
    ends = captured.select("frame", "source", "source_port", "destination", "destination_port")[first]
    is_low, basis = roles(grouping, ends["source_port"].to_numpy(), ends["destination_port"].to_numpy())
    sent = grouping.from_low == np.repeat(is_low, counts)
    connection, from_initiator = np.empty(len(order), np.uint32), np.empty(len(order), np.bool_)
    connection[order] = np.repeat(numbers, counts)
    from_initiator[order] = sent
    return Connections(
        table=_table(
            {"connection": numbers, "segments": counts, **_ends(ends, grouping.from_low[offsets[:-1]] == is_low)},
            basis,
            _sums(captured, grouping, sent) if len(order) else {},
        ),
        segments=captured.with_columns(
            connection=in_chunks(connection, captured), from_initiator=in_chunks(from_initiator, captured)
        ),
        order=order.astype(np.uint32),
        offsets=offsets,
    )


def in_chunks(values: npt.NDArray[np.generic], table: pl.DataFrame) -> pl.Series:
    """Make a column with the chunks of a table. Beside one with others, polars would copy the table to even them."""
    lengths = table.to_series(0).chunk_lengths() if table.width else []
    parts = np.split(values, np.cumsum(lengths)[:-1]) if lengths else [values]
    return pl.concat([pl.Series(part) for part in parts], rechunk=False)


def _ends(first: pl.DataFrame, is_first_sent: npt.NDArray[np.bool_]) -> dict[str, pl.Series]:
    """Give who is the initiator and who the responder from each connection's first segment."""
    sent = pl.lit(pl.Series(is_first_sent))
    ends = first.select(
        first_frame="frame",
        initiator=pl.when(sent).then("source").otherwise("destination"),
        initiator_port=pl.when(sent).then("source_port").otherwise("destination_port"),
        responder=pl.when(sent).then("destination").otherwise("source"),
        responder_port=pl.when(sent).then("destination_port").otherwise("source_port"),
    )
    return {column.name: column for column in ends}


def _sums(captured: pl.DataFrame, grouping: Grouping, sent: npt.NDArray[np.bool_]) -> dict[str, Int64Array]:
    """Give of each connection its earliest and latest time, and the payload that either endpoint sent."""
    offsets = grouping.offsets
    sums = {name: np.empty(len(offsets) - 1, np.int64) for name in ("start", "end", *BYTES)}
    time = column(captured, "time")
    for some, rows, starts in _parts(offsets):
        times = time[grouping.order[rows]]
        sums["start"][some] = np.minimum.reduceat(times, starts)
        sums["end"][some] = np.maximum.reduceat(times, starts)
    del time  # one column at a time
    payload = column(captured, "payload_length")
    for some, rows, starts in _parts(offsets):
        lengths = payload[grouping.order[rows]].astype(np.int64)
        for name, is_sent in zip(BYTES, (sent[rows], ~sent[rows]), strict=True):
            sums[name][some] = np.add.reduceat(lengths * is_sent, starts)
    return sums


def _parts(offsets: Int64Array) -> Iterator[tuple[slice, slice, Int64Array]]:
    """Part connections so that each part has about a block of rows.

    Gives the places of a part's connections, those of its rows, and where among these each connection begins.
    """
    ends = np.arange(BLOCK, offsets[-1] + BLOCK, BLOCK)
    bounds = np.unique(np.append(0, np.minimum(np.searchsorted(offsets, ends), len(offsets) - 1)))
    for some in map(slice, bounds[:-1].tolist(), bounds[1:].tolist()):
        first = int(offsets[some.start])
        yield some, slice(first, int(offsets[some.stop])), offsets[some] - first


def _table(
    counted: Mapping[str, npt.NDArray[np.integer] | pl.Series],
    basis: npt.NDArray[np.uint8],
    sums: Mapping[str, npt.NDArray[np.int64]],
) -> pl.DataFrame:
    words = pl.Series([basis.value for basis in RoleBasis])
    columns = {**counted, "role_basis": words.gather(basis), **sums}
    return pl.DataFrame(
        [pl.Series(name, columns.get(name, []), strict=False).cast(kind) for name, kind in CONNECTIONS.items()]
    )
