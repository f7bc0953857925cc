"""Each host of a capture, and each port that it serves, in figures: how busy it is, what it uses again and refuses.

All is reckoned by column. What a capture can't show, such as how long a host really keeps TIME-WAIT, is reckoned as RFC
9293 §3.4.2 has it, and as Linux does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.roles import RoleBasis
from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.report.port_reuse import Reuse, reuse
from tcpladder.rulebook.findings import Finding, concerned
from tcpladder.rulebook.hosts import SECOND
from tcpladder.rulebook.lingering import TWICE_MSL, USUAL_TIME_WAIT
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.labels import Label
from tcpladder.tcp.states import Endpoint, State

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis
    from tcpladder.rulebook.judging import Judgement

BoolArray = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]

HOSTS: dict[str, pl.DataType] = {
    "address": pl.UInt32(),  # its id
    "port": pl.UInt16(),  # of what it serves; null for the host as a whole
    "connections": pl.UInt32(),
    "opened": pl.UInt32(),  # by it
    "accepted": pl.UInt32(),  # at it: those that others opened
    "sent": pl.UInt32(),  # segments
    "peak": pl.UInt32(),  # connections that began within a second, at most
    "ports": pl.UInt32(),  # different local ports of connections that it opened
    "lowest_port": pl.UInt16(),  # of these; null where it opened none
    "highest_port": pl.UInt16(),
    "tuple_gap": pl.Int64(),  # ns from a connection's end to its SYN between the same addresses and ports, at least
    "port_gap": pl.Int64(),  # ns from a connection's end to its SYN from the same local port, at least
    "reused": pl.UInt32(),  # connections that it opened on the same addresses and ports less than 2 MSL after the last
    "reused_waiting": pl.UInt32(),  # of these those whose last one an end still had in TIME-WAIT by then
    "by_timestamp": pl.UInt32(),  # of these those that a newer timestamp makes legal (RFC 6191 §2)
    "by_number": pl.UInt32(),  # or else a higher sequence number (RFC 9293 §3.6.1)
    "by_neither": pl.UInt32(),  # neither does
    "held": pl.UInt32(),  # local ports in use at once towards one server's port, at most, with those kept for 60 s
    "time_wait": pl.UInt32(),  # connections that it has in TIME-WAIT at once, at most, were each kept for 240 s
    "time_wait_usual": pl.UInt32(),  # for 60 s
    "unanswered": pl.UInt32(),  # connections to it whose SYN nobody answered
    "in_vain": pl.UInt32(),  # connections that it opened, likewise
    "repeated": pl.UInt32(),  # connections in which it sent its SYN-ACK again
    "half_open": pl.UInt32(),  # connections to it whose SYN was answered, and whose handshake was not seen to end
    "resets": pl.UInt32(),  # connections in which it sent an RST, or somebody in its name
    "findings": pl.UInt32(),  # about its end, or about no end in particular, of its connections
    "level": pl.UInt8(),  # of the gravest of them (rulebook.levels), 0 without any
}
"""The table of hosts: one row a host, and one a port that it serves."""

HALF_OPEN = (Ending.HALF_OPEN_SERVER.value, Ending.HALF_OPEN_CLIENT.value)
FURTHEST = 1 << 61
"""In ns: times beyond are taken to be this, so that reckoning with them does not overflow."""


@dataclass(frozen=True, kw_only=True)
class Hosts:
    """What is known of the hosts of a capture.

    `table` has the columns of HOSTS: the hosts by their address ids, then what they serve. `texts` are the addresses,
    at the places of their ids. `surveyed` are the findings about hosts, by the row that each is about. `span` (ns) is
    how long the capture lasted.
    """

    table: pl.DataFrame
    texts: Sequence[str]
    surveyed: Mapping[int, tuple[Finding, ...]]
    span: int

    def __len__(self) -> int:
        return len(self.table)

    @cached_property
    def silent(self) -> frozenset[int]:
        """The ids of the addresses from which nothing was captured."""
        return frozenset(self.table.filter(pl.col("port").is_null() & (pl.col("sent") == 0))["address"].to_list())

    @cached_property
    def served(self) -> Mapping[int, tuple[int, ...]]:
        """The rows of what a host serves, by its address id; only of those that something was found about."""
        found: dict[int, tuple[int, ...]] = {}
        for row in sorted(self.surveyed):
            address, port = self.table.row(row)[:2]
            if port is not None:
                found[address] = (*found.get(address, ()), row)
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The rows of the table that connections belong to: int64, one entry a connection.

    `ends` has an array for each end: the row of the host there. `service` is that of the port that it was opened to.
    """

    ends: tuple[Int64Array, Int64Array]
    service: Int64Array
    count: int

    def of(self, endpoint: Endpoint) -> tuple[Int64Array, ...]:
        """Give the rows that what one end does counts for."""
        return (self.ends[endpoint],) if endpoint is Endpoint.INITIATOR else (self.ends[endpoint], self.service)

    def counted(self, endpoint: Endpoint, is_meant: BoolArray | Int64Array) -> Int64Array:
        """Count, or sum, over the connections at whose end something is so; per row."""
        weights = is_meant.astype(np.float64)
        parts = (np.bincount(rows, weights, self.count) for rows in self.of(endpoint))
        return np.rint(sum(parts)).astype(np.int64)


def hosts_of(analysis: "Analysis", judgement: "Judgement") -> Hosts:
    """Reckon the figures of every host of a capture that is judged."""
    table = analysis.connections.table
    rows, keys = _rows(table)
    columns = keys | _busyness(table, rows) | _ports(table, rows) | _reuse(reuse(judgement), rows)
    columns |= _kept(judgement, rows) | _backlog(judgement, rows) | _sent(judgement, rows)
    surveyed, found = _findings(judgement, rows)
    columns |= found
    begin, end = table["start"].min(), table["end"].max()
    return Hosts(
        table=pl.DataFrame([pl.Series(name, columns[name], strict=False).cast(kind) for name, kind in HOSTS.items()]),
        texts=analysis.addresses.texts(),
        surveyed=surveyed,
        span=end - begin if isinstance(begin, int) and isinstance(end, int) else 0,
    )


def _rows(table: pl.DataFrame) -> tuple[_Rows, dict[str, pl.Series]]:
    ends = [table[end].cast(pl.Int64).to_numpy() for end in ("initiator", "responder")]
    addresses, places = np.unique(np.concatenate(ends), return_inverse=True)
    service = (ends[1] << 16) | table["responder_port"].cast(pl.Int64).to_numpy()
    services, own = np.unique(service, return_inverse=True)
    rows = _Rows(
        ends=(places[: len(table)], places[len(table) :]),
        service=own + len(addresses),
        count=len(addresses) + len(services),
    )
    port = pl.concat([pl.repeat(None, len(addresses), dtype=pl.Int64, eager=True), pl.Series(services & 0xFFFF)])
    return rows, {"address": pl.Series(np.concatenate([addresses, services >> 16])), "port": port}


def _busyness(table: pl.DataFrame, rows: _Rows) -> dict[str, pl.Series]:
    every = np.ones(len(table), np.bool_)
    opened, accepted = rows.counted(Endpoint.INITIATOR, every), rows.counted(Endpoint.RESPONDER, every)
    is_own = rows.ends[0] == rows.ends[1]  # what a host opens to itself counts once
    start = _bounded(table["start"].to_numpy())
    own = np.concatenate([rows.ends[0][~is_own], rows.ends[1], rows.service])
    starts = np.concatenate([start[~is_own], start, start])
    return {
        "opened": pl.Series(opened),
        "accepted": pl.Series(accepted),
        "connections": pl.Series(opened + accepted - np.bincount(rows.ends[0][is_own], minlength=rows.count)),
        "peak": pl.Series(most_at_once(own, starts, starts + SECOND, rows.count)),
    }


def _ports(table: pl.DataFrame, rows: _Rows) -> dict[str, pl.Series]:
    port = table["initiator_port"].cast(pl.Int64).to_numpy()
    used = np.unique((rows.ends[0] << 16) | port)
    found = (
        pl.DataFrame({"row": used >> 16, "port": used & 0xFFFF})
        .group_by("row")
        .agg(ports=pl.len(), lowest_port=pl.col("port").min(), highest_port=pl.col("port").max())
    )
    whole = pl.DataFrame({"row": np.arange(rows.count)}).join(found, on="row", how="left", maintain_order="left")
    return {
        "ports": whole["ports"].fill_null(0),
        "lowest_port": whole["lowest_port"],
        "highest_port": whole["highest_port"],
        "port_gap": _least(rows, *_port_gaps(table)),
    }


def _port_gaps(table: pl.DataFrame) -> tuple[Int64Array, Int64Array]:
    """Give connections by their places, and for each the ns since the last one from the same address and port ended."""
    found = (
        table.lazy()
        .select("initiator", "initiator_port", "start", "end", "role_basis", place=pl.int_range(pl.len()))
        .sort("start", "place")
        .with_columns(ended=pl.col("end").cum_max().shift(1).over("initiator", "initiator_port"))
        .filter((pl.col("role_basis") == RoleBasis.SYN.value) & (pl.col("start") >= pl.col("ended")))
        .select("place", gap=pl.col("start") - pl.col("ended"))
        .collect()
    )
    return found["place"].cast(pl.Int64).to_numpy(), found["gap"].to_numpy()


def _least(rows: _Rows, places: Int64Array, values: Int64Array) -> pl.Series:
    """Give the least of some connections' values, by the host that opened them; null where it has none."""
    least = np.full(rows.count, np.iinfo(np.int64).max)
    np.minimum.at(least, rows.ends[0][places], values)
    return pl.Series(least).set(pl.Series(least == np.iinfo(np.int64).max), None)


def _reuse(found: Reuse, rows: _Rows) -> dict[str, pl.Series]:
    owner = rows.ends[0][found.place]
    kinds = {
        "reused": found.gap < TWICE_MSL,
        "reused_waiting": found.is_waiting,
        "by_timestamp": found.is_waiting & found.by_timestamp,
        "by_number": found.is_waiting & found.by_number & ~found.by_timestamp,
        "by_neither": found.is_waiting & found.by_neither,
    }
    counts = {name: pl.Series(np.bincount(owner[mask], minlength=rows.count)) for name, mask in kinds.items()}
    return {"tuple_gap": _least(rows, found.place, found.gap), **counts}


def _kept(judgement: "Judgement", rows: _Rows) -> dict[str, pl.Series]:
    """Count what each host has in TIME-WAIT at once, from when it entered it until it expires or the port is reused.

    Count likewise the local ports that it needs for one server's port: those of connections that last, or linger.
    """
    connections, before = judgement.capture.connections, judgement.capture.before - 1
    start, end = (_bounded(connections.table[name].to_numpy()) for name in ("start", "end"))
    again = np.full(len(start), FURTHEST)  # when the next connection between the same addresses and ports begins
    later = np.flatnonzero(before >= 0)
    again[before[later]] = start[later]
    entered = [_bounded(times) for times in _entered_time_wait(judgement)]
    owner, places, begins = [], [], []
    for side, times in zip(Endpoint, entered, strict=True):
        there = np.flatnonzero(times >= 0)
        for own in rows.of(side):
            owner.append(own[there])
            places.append(there)
            begins.append(times[there])
    rowed, place, begin = np.concatenate(owner), np.concatenate(places), np.concatenate(begins)
    held = {
        name: most_at_once(rowed, begin, np.maximum(np.minimum(begin + kept, again[place]), begin + 1), rows.count)
        for name, kept in (("time_wait", TWICE_MSL), ("time_wait_usual", USUAL_TIME_WAIT))
    }
    lingering = entered[Endpoint.INITIATOR]
    until = np.maximum(end, np.where(lingering >= 0, lingering + USUAL_TIME_WAIT, end)) + 1
    towards, which = np.unique(rows.ends[0] * rows.count + rows.service, return_inverse=True)
    most = np.zeros(rows.count, np.int64)
    at_once = most_at_once(which, start, np.maximum(np.minimum(until, again), start + 1), len(towards))
    np.maximum.at(most, towards // rows.count, at_once)
    return {name: pl.Series(values) for name, values in (*held.items(), ("held", most))}


def _entered_time_wait(judgement: "Judgement") -> tuple[Int64Array, Int64Array]:
    """Give, for each end, when (ns) each connection's came into TIME-WAIT where it is its last state; -1 elsewhere."""
    connections, histories = judgement.capture.connections, judgement.histories
    times = connections.segments["time"].to_numpy()
    begins = np.append(0, histories.ends[:-1]).astype(np.int64)
    found = []
    for end, last in zip(Endpoint, histories.last_states(), strict=True):
        rows = [pair[end].transitions[-1].row if pair[end].transitions else 0 for pair in histories.shapes]
        place = np.flatnonzero(last == State.TIME_WAIT)
        control = begins[place] + np.array(rows, np.int64)[histories.shape_of[place]]
        entered = np.full(len(connections), -1)
        entered[place] = times[connections.order[connections.offsets[place] + histories.control[control]]]
        found.append(entered)
    return found[0], found[1]


def _backlog(judgement: "Judgement", rows: _Rows) -> dict[str, pl.Series]:
    ending = judgement.verdicts["ending"]
    is_unanswered = (ending == Ending.HANDSHAKE_TIMEOUT.value).fill_null(value=False).to_numpy()
    return {
        "unanswered": pl.Series(rows.counted(Endpoint.RESPONDER, is_unanswered)),
        "in_vain": pl.Series(rows.counted(Endpoint.INITIATOR, is_unanswered)),
        "half_open": pl.Series(
            rows.counted(Endpoint.RESPONDER, ending.is_in(HALF_OPEN).fill_null(value=False).to_numpy())
        ),
    }


def _sent(judgement: "Judgement", rows: _Rows) -> dict[str, pl.Series]:
    """Count what hosts sent: segments, and the connections in which they reset, or sent their SYN-ACK again."""
    connections = judgement.capture.connections
    segments, order = connections.segments, connections.order
    connection = segments["connection"].to_numpy().astype(np.int64) - 1
    from_initiator, flags = segments["from_initiator"].to_numpy(), segments["flags"].to_numpy()
    labels = np.zeros(len(order), np.uint16)
    labels[order] = judgement.labels
    is_answer = ~from_initiator & ((flags & (SYN | ACK | RST)) == SYN | ACK)
    is_answer &= (labels & np.uint16(Label.CAPTURED_TWICE)) == 0
    is_again = is_answer & ((labels & np.uint16(Label.RETRANSMISSION)) != 0)
    is_reset = (flags & RST) != 0
    count = len(connections)
    # In a simultaneous open (RFC 9293 §3.5) the only SYN-ACK repeats a SYN.
    is_repeated = _marked(connection[is_again], count) & (np.bincount(connection[is_answer], minlength=count) > 1)
    sent, resets = np.zeros(rows.count, np.int64), np.zeros(rows.count, np.int64)
    for end in Endpoint:
        is_ends = from_initiator == (end is Endpoint.INITIATOR)
        sent += rows.counted(end, np.bincount(connection[is_ends], minlength=count))
        resets += rows.counted(end, _marked(connection[is_ends & is_reset], count))
    return {
        "sent": pl.Series(sent),
        "resets": pl.Series(resets),
        "repeated": pl.Series(rows.counted(Endpoint.RESPONDER, is_repeated)),
    }


def _marked(places: Int64Array, count: int) -> BoolArray:
    marked = np.zeros(count, np.bool_)
    marked[places] = True
    return marked


def _findings(judgement: "Judgement", rows: _Rows) -> tuple[dict[int, tuple[Finding, ...]], dict[str, pl.Series]]:
    """Count findings by the hosts that they are about, and give those about hosts as such by themselves."""
    findings = judgement.findings
    own = np.array([place for place, found in enumerate(findings) if found.connection is not None], np.int64)
    numbers = np.array([findings[place].connection for place in own.tolist()], np.int64) - 1
    is_about = {
        end: np.array([findings[place].endpoint in (end, None) for place in own.tolist()], np.bool_) for end in Endpoint
    }
    pairs = [np.stack([of[numbers[is_about[end]]], own[is_about[end]]]) for end in Endpoint for of in rows.of(end)]
    surveyed: dict[int, tuple[Finding, ...]] = {}
    for place, found in enumerate(findings):
        if found.connection is None and found.connections:
            about = _about(found, rows)
            pairs.append(np.stack([about, np.full(len(about), place)]))
            for row in about.tolist():
                surveyed[row] = (*surveyed.get(row, ()), found)
    rowed, found_at = np.concatenate(pairs, axis=1).astype(np.int64)
    # Each finding counts once for a row, however many of its connections and ends are there.
    row, at = np.divmod(np.unique(rowed * (len(findings) + 1) + found_at), len(findings) + 1)
    levels = np.array([found.level for found in findings], np.uint8)
    level = np.zeros(rows.count, np.uint8)
    np.maximum.at(level, row, levels[at])
    counts = np.bincount(row, minlength=rows.count)
    return surveyed, {"findings": pl.Series(counts), "level": pl.Series(level)}


def _about(found: Finding, rows: _Rows) -> Int64Array:
    """Give the rows that a finding from several connections is about: those that all of them share."""
    places = np.array(concerned(found), np.int64) - 1
    ends = Endpoint if found.endpoint is None else (found.endpoint,)
    shared = [np.unique(of[places]) for end in ends for of in rows.of(end)]
    one = [row for row in shared if len(row) == 1]
    return np.unique(np.concatenate(one)) if one else np.empty(0, np.int64)


def most_at_once(rows: Int64Array, begins: Int64Array, ends: Int64Array, count: int) -> Int64Array:
    """Give for each of `count` rows how many of its spans of time overlap at most; one ends where its end is."""
    highest = np.zeros(count, np.int64)
    if not len(rows):
        return highest
    owner, time = np.concatenate([rows, rows]), np.concatenate([begins, ends])
    step = np.repeat(np.array([1, -1]), len(rows))
    order = np.lexsort((step, time, owner))
    current = np.cumsum(step[order])  # each row's spans all end, so the next begins at zero
    starts = np.flatnonzero(np.diff(owner[order], prepend=-1))
    highest[owner[order][starts]] = np.maximum.reduceat(current, starts)
    return highest


def _bounded(times: Int64Array) -> Int64Array:
    return np.clip(times, -FURTHEST, FURTHEST)
