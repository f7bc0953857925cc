"""Some of a capture's connections, with all their segments in one table: what screens look at."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

BoolArray = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]
UInt8Array = npt.NDArray[np.uint8]
Told = TypeVar("Told")

INITIATOR_LINGERS, RESPONDER_LINGERS = 1, 2
"""Bits of `Shard.lingering`."""


@dataclass(frozen=True, kw_only=True)
class Shard:
    """Some connections of a capture, counted from 0 here.

    `segments` holds their tracked segments, with `code` and `labels`, sorted by connection, then frame; those of
    connection n are rows `offsets[n]` to `offsets[n + 1]`. `endings` are places in `tuple(Ending)`. `lingering` tells
    which ends the connection before, between the same addresses and ports, left in TIME-WAIT: that of this one's
    initiator, of its responder; 0 where there was none before. `before` are the places of these connections, -1 without
    one here; `is_same_way` tells where this one's initiator was theirs.
    """

    segments: pl.DataFrame
    offsets: Int64Array
    endings: UInt8Array
    lingering: UInt8Array
    before: Int64Array
    is_same_way: BoolArray
    _columns: dict[str, Int64Array] = field(default_factory=dict, init=False, repr=False, compare=False)
    _told: dict[Callable[["Shard"], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.endings)

    def once(self, tell: Callable[["Shard"], Told]) -> Told:
        """Give what a function tells of this shard, which is worked out once for all screens that ask."""
        if tell not in self._told:
            self._told[tell] = tell(self)
        told: Told = self._told[tell]
        return told

    @cached_property
    def connection(self) -> Int64Array:
        """The connection of each segment."""
        return np.repeat(np.arange(len(self)), np.diff(self.offsets))

    @cached_property
    def from_initiator(self) -> BoolArray:
        """Who sent each segment."""
        return self.segments["from_initiator"].to_numpy()

    @cached_property
    def is_duplicate(self) -> BoolArray:
        """Whether each segment was captured before."""
        return self.segments["is_duplicate"].to_numpy()

    @cached_property
    def flags(self) -> npt.NDArray[np.uint16]:
        """The flags of each segment."""
        return self.segments["flags"].to_numpy()

    def column(self, name: str) -> Int64Array:
        """Give a column of numbers as int64, 0 where it is null."""
        if name not in self._columns:
            series = self.segments[name]
            known = series.fill_null(0) if series.null_count() else series
            self._columns[name] = known.to_numpy().astype(np.int64, copy=False)
        return self._columns[name]

    def has(self, flags: int) -> BoolArray:
        """Mark the segments that have one of some flags."""
        found: BoolArray = (self.flags & np.uint16(flags)) != 0
        return found

    def is_known(self, name: str) -> BoolArray:
        """Mark the segments for which a column is not null."""
        return self.segments[name].is_not_null().to_numpy()

    def where(self, condition: pl.Expr) -> BoolArray:
        """Mark the segments for which a condition over the columns of `segments` holds."""
        return self.segments.select(condition.fill_null(value=False)).to_series().to_numpy()

    def some(self, condition: pl.Expr) -> BoolArray:
        """Mark the connections that have a segment for which a condition over the columns of `segments` holds."""
        return self.having(self.where(condition))

    def having(self, segments: BoolArray) -> BoolArray:
        """Mark the connections that have a marked segment."""
        return self.of(np.flatnonzero(segments))

    def of(self, rows: Int64Array) -> BoolArray:
        """Mark the connections to which some segments belong, given as rows."""
        found = np.zeros(len(self), np.bool_)
        found[self.connection[rows]] = True
        return found

    def rows_of(self, places: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Give the rows of some connections, one after the other, and where in these each connection begins."""
        lengths = self.offsets[places + 1] - self.offsets[places]
        starts = np.cumsum(lengths) - lengths
        return np.arange(lengths.sum()) + np.repeat(self.offsets[places] - starts, lengths), starts

    def first_of(self, segments: BoolArray) -> tuple[Int64Array, Int64Array]:
        """Give for each connection the row of the first marked segment of its initiator, and of its responder.

        Where there is none, that is the number of all segments.
        """
        rows = np.flatnonzero(segments)[::-1]
        return self._by_connection(rows, len(self.flags))

    def last_of(self, segments: BoolArray) -> tuple[Int64Array, Int64Array]:
        """Give for each connection the row of the last marked segment of its initiator, and of its responder; -1."""
        return self._by_connection(np.flatnonzero(segments), -1)

    def _by_connection(self, rows: Int64Array, without: int) -> tuple[Int64Array, Int64Array]:
        is_of_initiator = self.from_initiator[rows]
        found = np.full((2, len(self)), without)
        for place, chosen in enumerate((rows[is_of_initiator], rows[~is_of_initiator])):
            found[place, self.connection[chosen]] = chosen  # the last one given stays
        return found[0], found[1]

    def sent(self, segments: BoolArray) -> "Sent":
        """Give marked segments as their senders sent them."""
        rows = np.concatenate(
            [np.flatnonzero(segments & self.from_initiator), np.flatnonzero(segments & ~self.from_initiator)]
        )
        return Sent(rows=rows, endpoint=self.connection[rows] + len(self) * ~self.from_initiator[rows])

    def peer_of(self, sent: "Sent") -> Int64Array:
        """Give for each of some segments the number of the other endpoint."""
        return np.where(sent.endpoint < len(self), sent.endpoint + len(self), sent.endpoint - len(self))


@dataclass(frozen=True, kw_only=True)
class Sent:
    """Rows of a shard, one endpoint's after the other's, each endpoint's in frame order.

    `endpoint` numbers the endpoints: initiators as their connections, then responders in the same way.
    """

    rows: Int64Array
    endpoint: Int64Array

    def __len__(self) -> int:
        return len(self.rows)

    def only(self, kept: BoolArray) -> "Sent":
        """Leave out what is not marked."""
        return self if kept.all() else Sent(rows=self.rows[kept], endpoint=self.endpoint[kept])

    @cached_property
    def begins(self) -> BoolArray:
        """Where an endpoint's rows begin."""
        return changes(self.endpoint)

    @cached_property
    def first(self) -> Int64Array:
        """The places, in `rows`, of each endpoint's first row."""
        return np.flatnonzero(self.begins)

    @cached_property
    def last(self) -> Int64Array:
        """The places, in `rows`, of each endpoint's last row."""
        return np.append(self.first, len(self))[1:] - 1

    def steps(self, values: Int64Array) -> Int64Array:
        """Give how much values differ from that of the endpoint's row before; 0 for its first row."""
        found = np.diff(values, prepend=values[:1])
        found[self.first] = 0
        return found

    @cached_property
    def counts(self) -> Int64Array:
        """How many rows each endpoint has."""
        return np.diff(self.first, append=len(self))

    def highest_so_far(self, values: Int64Array) -> Int64Array:
        """Give the highest value of an endpoint up to each row."""
        if not len(self):
            return values
        shifts = np.repeat(self._shifts(values), self.counts)
        return np.maximum.accumulate(values + shifts) - shifts

    def find(self, values: Int64Array, endpoint: Int64Array, asked: Int64Array) -> Int64Array:
        """Give the places of the first rows at which some endpoints have the values that are asked for; -1."""
        if not len(self):
            return np.full(len(asked), -1)
        shifts = self._shifts(values)
        stacked = values + np.repeat(shifts, self.counts)
        run = np.minimum(np.searchsorted(self.endpoint[self.first], endpoint), len(self.first) - 1)
        order = np.argsort(stacked, kind="stable")
        place = order[np.minimum(np.searchsorted(stacked[order], asked + shifts[run]), len(order) - 1)]
        return np.where((values[place] == asked) & (self.endpoint[place] == endpoint), place, -1)

    def _shifts(self, values: Int64Array) -> Int64Array:
        """Give how far to move each endpoint's values so that they lie above all those of the one before."""
        lowest, highest = np.minimum.reduceat(values, self.first), np.maximum.reduceat(values, self.first)
        room = highest - lowest + 1
        shifts: Int64Array = np.cumsum(room) - room - lowest
        return shifts


def changes(values: Int64Array) -> BoolArray:
    """Mark the first value, and each one that is not the one before."""
    found = np.ones(len(values), np.bool_)
    found[1:] = values[1:] != values[:-1]
    return found
