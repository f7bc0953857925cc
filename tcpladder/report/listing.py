"""The connection list as a table of texts and numbers, a row a connection; the app and the command line show it."""

from dataclasses import dataclass

import polars as pl

from tcpladder.analysis import Analysis
from tcpladder.ladder.notation import state_word
from tcpladder.tcp.states import State

NS = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the list: its key in the table, its heading, and from which width of the screen on it is shown."""

    key: str
    heading: str
    from_width: int = 0
    is_number: bool = False


COLUMNS = (
    Column(key="connection", heading="#", is_number=True),
    Column(key="initiator", heading="initiator"),
    Column(key="responder", heading="responder"),
    Column(key="start", heading="start s", from_width=120, is_number=True),
    Column(key="initiator_state", heading="state"),
    Column(key="responder_state", heading="state"),
    Column(key="segments", heading="segs", is_number=True),
    Column(key="bytes", heading="bytes", is_number=True),
    Column(key="duration", heading="time s", is_number=True),
    Column(key="first_frame", heading="frame", from_width=120, is_number=True),
)


def listing(analysis: Analysis, *, state_width: int = 10) -> pl.DataFrame:
    """Give the list, a row a connection in order of their numbers, with a column for each of COLUMNS.

    Endpoints and last states are text; `start` (since the capture's first segment) and `duration` are seconds,
    Float64; `bytes` is the payload of both directions; the others are unsigned integers.
    """
    table = analysis.connections.table
    addresses = pl.Series("address", analysis.addresses.texts(), pl.String)
    words = pl.Series("word", [state_word(state, state_width) for state in State], pl.String)
    initiator_states, responder_states = analysis.histories.last_states()
    first = table["start"].min() if len(table) else 0
    return table.select(
        "connection",
        initiator=_endpoint(addresses, table["initiator"], table["initiator_port"]),
        responder=_endpoint(addresses, table["responder"], table["responder_port"]),
        start=(pl.col("start") - first) / NS,
        initiator_state=words.gather(pl.Series(initiator_states, dtype=pl.UInt32)),
        responder_state=words.gather(pl.Series(responder_states, dtype=pl.UInt32)),
        segments="segments",
        bytes=pl.col("initiator_bytes") + pl.col("responder_bytes"),
        duration=(pl.col("end") - pl.col("start")) / NS,
        first_frame="first_frame",
    ).select(column.key for column in COLUMNS)


def _endpoint(addresses: pl.Series, ids: pl.Series, ports: pl.Series) -> pl.Series:
    """Write address and port of each row; IPv6 addresses in brackets (RFC 5952 §6)."""
    pairs = pl.DataFrame({"address": addresses.gather(ids), "port": ports.cast(pl.String)})
    is_v6 = pl.col("address").str.contains(":", literal=True)
    bracketed = pl.when(is_v6).then(pl.format("[{}]", "address")).otherwise("address")
    return pairs.select(pl.format("{}:{}", bracketed, "port")).to_series()
