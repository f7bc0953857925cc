"""Connections with other ports: who is whose connection stays, and who opened it."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.table import Connections, in_chunks

Change = Callable[[npt.NDArray[np.uint32], npt.NDArray[np.uint16]], npt.NDArray[np.uint16]]
"""Gives other ports for those of hosts, which are given by their address ids."""


def with_ports(connections: Connections, change: Change) -> Connections:
    """Give connections other ports, one to one on each host."""
    table, segments = connections.table, connections.segments
    return replace(
        connections,
        table=_changed(table, ("initiator", "responder"), change),
        segments=_changed(segments, ("source", "destination"), change),
    )


def _changed(table: pl.DataFrame, hosts: tuple[str, str], change: Change) -> pl.DataFrame:
    """Change the ports that stand beside hosts, in chunks as the table has them."""
    found = {}
    for host in hosts:
        name = f"{host}_port"
        parts = [
            change(ids.to_numpy(), numbers.to_numpy())
            for ids, numbers in zip(_chunks(table, host), _chunks(table, name), strict=True)
        ]
        found[name] = in_chunks(np.concatenate([np.empty(0, np.uint16), *parts]), table)
    return table.with_columns(**found)


def _chunks(table: pl.DataFrame, name: str) -> list[pl.Series]:
    """Part a column as the table's first one is parted."""
    bounds = np.cumsum([0, *(table.to_series(0).chunk_lengths() if table.width else [])]).tolist()
    return [table[name].slice(begin, end - begin) for begin, end in pairwise(bounds)]
