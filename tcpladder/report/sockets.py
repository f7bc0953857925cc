"""The sockets that hosts must have had at a time, by what their connections show: states, and what these rest on.

An endpoint is in a state from the segment that brings it about to the next that changes it. After a connection's last
segment its states are inferred: nothing is known to have changed them. TIME-WAIT is taken to end after 2 MSL, 240 s
(RFC 9293 §3.4.2), though many hosts keep it for 60 s; and any socket when its addresses and ports come again. Who never
sent anything has no socket that is known of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.rulebook.lingering import TWICE_MSL
from tcpladder.tcp.state_columns import stays
from tcpladder.tcp.states import Basis, Endpoint, State

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis
    from tcpladder.connections.table import Connections
    from tcpladder.rulebook.judging import Judgement

Int64Array = npt.NDArray[np.int64]

SOCKETS: dict[str, pl.DataType] = {
    "connection": pl.UInt32(),  # its number; null for a socket that listens
    "address": pl.UInt32(),  # id of the host that has the socket
    "port": pl.UInt16(),
    "peer": pl.UInt32(),  # likewise of the other side; null for a socket that listens
    "peer_port": pl.UInt16(),
    "state": pl.UInt8(),  # tcp.states.State
    "basis": pl.UInt8(),  # tcp.states.Basis
    "since": pl.Int64(),  # ns since 1970: when it came into the state
}
"""The table of sockets."""

NO_SOCKET = (State.CLOSED, State.LISTEN)
FURTHEST = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, kw_only=True)
class Sockets:
    """The sockets at a `time` (ns since 1970); `table` has the columns of SOCKETS."""

    time: int
    table: pl.DataFrame

    def __len__(self) -> int:
        return len(self.table)

    def counts(self, most: int) -> Mapping[int, Mapping[State, int]]:
        """Count the sockets of the hosts that have most, by state: the states with most first."""
        hosts = self.table["address"].value_counts(sort=True).head(most)["address"]
        counted = self.table.filter(pl.col("address").is_in(hosts.to_list())).group_by("address", "state").len()
        found: dict[int, dict[State, int]] = {address: {} for address in hosts.to_list()}
        for address, state, number in counted.sort("len", "state", descending=[True, False]).iter_rows():
            found[address][State(state)] = number
        return found


class SocketHistory:
    """All states of all endpoints of a capture, over time. `begin` and `end` (ns since 1970) are the capture's."""

    def __init__(self, analysis: "Analysis", judgement: "Judgement") -> None:
        """Take the states of a capture that is judged."""
        self._table = analysis.connections.table
        connections = analysis.connections
        times = connections.segments["time"].to_numpy()[connections.order]
        own = [stays(judgement.histories, connections.offsets[:-1], end) for end in Endpoint]
        # One entry a stay, end by end: the connection, from 0, and when (ns) the endpoint came into which state.
        self._connection = np.concatenate([found.connection for found in own])
        self._time = np.concatenate([times[found.row] for found in own])
        self._state = np.concatenate([found.state for found in own])
        self._basis = np.concatenate([found.basis for found in own])
        is_new = np.diff(self._connection, prepend=-1) != 0
        is_new[len(own[0].row) : len(own[0].row) + 1] = True  # the other end of the only connection
        self._runs = np.flatnonzero(is_new)
        self._run_end = np.repeat(np.array([int(end) for end in Endpoint]), len(self._table))
        self._has_sent = _has_sent(analysis.connections)
        self._again = _next_start(self._table, judgement.capture.before - 1)
        begin, end = self._table["start"].min(), self._table["end"].max()
        self.begin, self.end = (at if isinstance(at, int) else 0 for at in (begin, end))

    def hosts_of(self, connection: int) -> tuple[int, int]:
        """Give the address ids of a connection's ends."""
        initiator, responder = self._table.select("initiator", "responder").row(connection - 1)
        return initiator, responder

    def at(self, time: int, hosts: Sequence[int] | None = None) -> Sockets:
        """Give the sockets at a time, of all hosts or of some; none before the first segment of their connection."""
        if not len(self._runs):
            return Sockets(time=time, table=pl.DataFrame(schema=SOCKETS))
        reached = np.where(self._time <= time, np.arange(len(self._time)), -1)
        place = np.maximum.reduceat(reached, self._runs)
        place, ends = place[place >= 0], self._run_end[place >= 0]
        connection, state = self._connection[place], self._state[place]
        is_there = ~np.isin(state, NO_SOCKET) & (self._again[connection] > time)
        is_there &= (state != State.UNKNOWN) | self._has_sent[ends, connection]
        is_there &= (state != State.TIME_WAIT) | (time - self._time[place] < TWICE_MSL)
        place, ends, connection = place[is_there], ends[is_there], connection[is_there]
        basis = self._basis[place]
        # After the last segment nothing shows that the state is still the same.
        is_over = self._table["end"].to_numpy()[connection] < time
        found = self._rows(connection, ends).with_columns(
            state=pl.Series(self._state[place], dtype=pl.UInt8),
            basis=pl.Series(np.where(is_over, np.minimum(basis, Basis.INFERRED), basis), dtype=pl.UInt8),
            since=pl.Series(self._time[place]),
        )
        whole = pl.concat(
            [found.select(pl.col(name).cast(kind) for name, kind in SOCKETS.items()), self._listening(time)]
        )
        return Sockets(time=time, table=whole if hosts is None else whole.filter(pl.col("address").is_in(list(hosts))))

    def change(self, time: int, step: int, hosts: Sequence[int] | None = None) -> int | None:
        """Give the time of the next change of a state, or of the one before, of any host or of some; None without."""
        times = self._time
        if hosts is not None:
            ends = self._table.select("initiator", "responder").to_numpy()
            own = np.isin(ends, list(hosts))
            lengths = np.diff(np.append(self._runs, len(self._time)))
            end = np.repeat(self._run_end, lengths)
            times = times[own[self._connection, end]]
        ahead = times[times > time] if step > 0 else times[times < time]
        if not len(ahead):
            return None
        return int(ahead.min() if step > 0 else ahead.max())

    def _rows(self, connection: Int64Array, ends: Int64Array) -> pl.DataFrame:
        """Give whose sockets they are: those of one end each of some connections."""
        rows = self._table.select("connection", "initiator", "initiator_port", "responder", "responder_port")[
            connection
        ]
        is_initiators = pl.lit(pl.Series(ends == Endpoint.INITIATOR))
        pairs = {"address": "", "port": "_port"}
        own = {
            name: pl.when(is_initiators).then(f"initiator{part}").otherwise(f"responder{part}")
            for name, part in pairs.items()
        }
        others = {
            f"peer{part}": pl.when(is_initiators).then(f"responder{part}").otherwise(f"initiator{part}")
            for part in pairs.values()
        }
        return rows.select("connection", **own, **others)

    def _listening(self, time: int) -> pl.DataFrame:
        """Give the sockets that listened: those where a SYN was answered both before and after, or then."""
        is_answer = (self._state == State.SYN_RCVD) & (np.arange(len(self._state)) >= self._runs[len(self._table)])
        rows: pl.DataFrame = self._table.select(address="responder", port="responder_port")[self._connection[is_answer]]
        answered = rows.with_columns(at=pl.Series(self._time[is_answer], dtype=pl.Int64))
        found: pl.DataFrame = (
            answered.group_by("address", "port", maintain_order=True)
            .agg(since=pl.col("at").min(), last=pl.col("at").max())
            .filter((pl.col("since") <= time) & (pl.col("last") >= time))
        )
        columns: dict[str, pl.Expr | int | None] = {
            **dict.fromkeys(("connection", "peer", "peer_port"), None),
            **{name: pl.col(name) for name in ("address", "port", "since")},
            "state": int(State.LISTEN),
            "basis": int(Basis.INFERRED),
        }
        values = {name: one if isinstance(one, pl.Expr) else pl.lit(one) for name, one in columns.items()}
        return found.select(values[name].cast(kind).alias(name) for name, kind in SOCKETS.items())


def _has_sent(connections: "Connections") -> npt.NDArray[np.bool_]:
    """Tell of either end of each connection whether it sent a segment; shape (2, connections)."""
    found = np.zeros((len(Endpoint), len(connections)), np.bool_)
    place = connections.segments["connection"].to_numpy().astype(np.int64) - 1
    from_initiator = connections.segments["from_initiator"].to_numpy()
    found[Endpoint.INITIATOR, place[from_initiator]] = True
    found[Endpoint.RESPONDER, place[~from_initiator]] = True
    return found


def _next_start(table: pl.DataFrame, before: Int64Array) -> Int64Array:
    """Give when (ns) the next connection between the same addresses and ports began, very late where there is none."""
    found = np.full(len(table), FURTHEST)
    later = np.flatnonzero(before >= 0)
    found[before[later]] = table["start"].to_numpy()[later]
    return found
