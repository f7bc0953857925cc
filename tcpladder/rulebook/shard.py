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
    initiator, of its responder; 0 where there was none before.
    """

    segments: pl.DataFrame
    offsets: Int64Array
    endings: UInt8Array
    lingering: UInt8Array
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

    def some(self, condition: pl.Expr) -> BoolArray:
        """Mark the connections that have a segment for which a condition over the columns of `segments` holds."""
        return self.having(self.segments.select(condition.fill_null(value=False)).to_series().to_numpy())

    def having(self, rows: BoolArray) -> BoolArray:
        """Mark the connections that have a marked segment."""
        return self.of(np.flatnonzero(rows))

    def of(self, rows: Int64Array) -> BoolArray:
        """Mark the connections to which some rows belong."""
        found = np.zeros(len(self), np.bool_)
        found[self.connection[rows]] = True
        return found
