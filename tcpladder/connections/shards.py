"""Cuts a capture into parts that can be judged one by one, each small enough for a processor's cache."""

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.table import Connections

Int64Array = npt.NDArray[np.int64]

SHARD_SEGMENTS = 65_536
"""How many segments a shard has, about: a column of them fits the second-level cache of today's processors."""

_ENDS = ("initiator", "initiator_port", "responder", "responder_port")


def predecessors(table: pl.DataFrame) -> Int64Array:
    """Give for each connection the number of the one before it between the same addresses and ports; 0 for none."""
    first, second = (
        pl.col(end).cast(pl.Int64) * 65536 + pl.col(f"{end}_port").cast(pl.Int64) for end in ("initiator", "responder")
    )
    return (
        table.lazy()
        .select("connection", low=pl.min_horizontal(first, second), high=pl.max_horizontal(first, second))
        .select(pl.col("connection").cast(pl.Int64).shift(1).over("low", "high").fill_null(0))
        .collect()
        .to_series()
        .to_numpy()
    )


def shards(connections: Connections, before: Int64Array, size: int = SHARD_SEGMENTS) -> list[Int64Array]:
    """Part the connections' numbers, so that each part has `size` segments or few more, unless one connection has.

    Connections between the same addresses and ports, which `before` (see `predecessors`) tells, stay together. Numbers
    rise within a part; the parts come in the order of their first connections.
    """
    if not len(connections):
        return []
    leader = _leaders(before)
    order = np.argsort(leader, kind="stable")
    counts = np.diff(connections.offsets)[order]
    ahead = np.cumsum(counts) - counts  # segments before each connection, in that order
    is_leader = before[order] == 0
    part = np.maximum.accumulate(np.where(is_leader, ahead // size, 0))
    bounds = np.flatnonzero(np.diff(part)) + 1
    return [np.sort(numbers) for numbers in np.split(order + 1, bounds)]


def _leaders(before: Int64Array) -> Int64Array:
    """Give for each connection the place of the first one of its chain."""
    leader = np.where(before == 0, np.arange(len(before)), before - 1)
    while True:  # each turn doubles how far back it looks
        further = leader[leader]
        if np.array_equal(further, leader):
            return leader
        leader = further
