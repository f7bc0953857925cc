"""The sockets at a time as a table, for the screen, as text and as JSON Lines."""

import json
from collections.abc import Iterator
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from rich.cells import cell_len

from tcpladder.ladder.glyphs import PHASES
from tcpladder.ladder.layout import Line, Span
from tcpladder.ladder.notation import endpoint, named, seconds, state_word
from tcpladder.packets.addresses import AddressBook
from tcpladder.report.address_order import places
from tcpladder.report.sockets import Sockets
from tcpladder.report.table_rows import RowNumbers, TableColumn
from tcpladder.rulebook.lingering import USUAL_TIME_WAIT
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tcp.states import Basis, State

ANY_PORT = 0
ANYBODY = "*"
HIGHEST_PORT = 65535
TIME_WIDTH = 8
MOST_HOSTS = 4
NS = 1_000_000_000
REMARK = "TIME-WAIT is inferred: for 240 s (RFC 9293 §3.4.2); on Linux 60 s."

COLUMNS = (
    TableColumn(key="state", heading="state", is_number=False),
    TableColumn(key="local", heading="socket", is_number=False, is_elastic=True),
    TableColumn(key="peer", heading="peer", is_number=False, is_elastic=True),
    TableColumn(
        key="basis", heading="basis", is_number=False, from_width=70, about="seen: its own segments prove the state"
    ),
    TableColumn(key="since", heading="for s", about="how long it had been in the state"),
    TableColumn(key="connection", heading="#", about="number of its connection"),
)
BY_STATE = "state"


class SocketListing:
    """The rows of a table of sockets, in words a row at a time; endpoints by their `names`."""

    columns = COLUMNS

    def __init__(self, sockets: Sockets, addresses: AddressBook, names: Names = NO_NAMES) -> None:
        self.sockets = sockets
        self._addresses = addresses
        self._names = names

    def __len__(self) -> int:
        return len(self.sockets)

    @cached_property
    def _order_of_addresses(self) -> pl.Series:
        return pl.Series(places(self._addresses.texts()), dtype=pl.UInt32)

    def order(self, key: str, *, is_descending: bool) -> RowNumbers:
        """Give the rows by a column, equal ones by socket and peer; what is null comes last."""
        table = self.sockets.table
        local, peer = (
            pl.Series(name, self._order_of_addresses.gather(table[name]), dtype=pl.UInt32)
            for name in ("address", "peer")
        )
        ranks: dict[str, list[pl.Series]] = {
            "local": [local, table["port"]],
            "peer": [peer, table["peer_port"]],
            "since": [-table["since"]],
        }
        chosen = ranks.get(key) or [table[key]]
        columns = [*chosen, *ranks["local"], *ranks["peer"]]
        names = [f"by_{place}" for place in range(len(columns))]
        order = pl.DataFrame([rank.alias(name) for rank, name in zip(columns, names, strict=True)]).select(
            pl.arg_sort_by(
                *names,
                descending=[is_descending] * len(chosen) + [False] * (len(names) - len(chosen)),
                nulls_last=True,
                maintain_order=True,
            ).alias("row")
        )
        return order["row"].cast(pl.UInt32).to_numpy()

    def token(self, at: int, key: str) -> str:
        """Name what colours an entry: the phase of its state, or nothing."""
        return PHASES[State(self.sockets.table["state"][at])] if key == "state" else ""

    def text(self, at: int, key: str) -> str:
        """Write an entry of a row."""
        row = self.sockets.table.row(at, named=True)
        match key:
            case "state":
                return state_word(State(row["state"]))
            case "local":
                return self._endpoint(row["address"], row["port"])
            case "peer":
                return ANYBODY if row["peer"] is None else self._endpoint(row["peer"], row["peer_port"])
            case "basis":
                return Basis(row["basis"]).word
            case "since":
                return seconds(self.sockets.time - row["since"], TIME_WIDTH)
            case _:
                return "" if row["connection"] is None else str(row["connection"])

    def _endpoint(self, address: int, port: int) -> str:
        text = self._addresses[address]
        return named(self._names.host(text, port), endpoint(text, port), port)

    def longest(self, key: str) -> int:
        """Tell how many cells the longest entry of a column takes; endpoints as if each had the highest port."""
        table = self.sockets.table
        match key:
            case "state":
                return max(len(state_word(state)) for state in State)
            case "basis":
                return max(len(basis.word) for basis in Basis)
            case "local" | "peer":
                return self._longest_endpoint
            case "since":
                return TIME_WIDTH
            case _:
                return len(str(table["connection"].max() or ""))

    @cached_property
    def _longest_endpoint(self) -> int:
        table = self.sockets.table
        ids = pl.concat([table["address"], table["peer"]]).drop_nulls().unique()
        texts = pl.Series(self._addresses.texts(), dtype=pl.String).gather(ids)
        lengths = (
            texts.str.len_chars() + texts.str.contains(":", literal=True).cast(pl.UInt32) * 2 + len(f":{HIGHEST_PORT}")
        )
        longest = lengths.max()
        every = self._names.every if self._names.is_shown else ()
        named = (cell_len(one.name) + len(f":{HIGHEST_PORT}") for one in every if one.first == one.last)
        return max(longest if isinstance(longest, int) else 0, *named, 0)

    def connection(self, at: int) -> int | None:
        """Give the number of the connection that a row is of."""
        number: int | None = self.sockets.table["connection"][at]
        return number

    def summary(self) -> Iterator[Line]:
        """Count the sockets of the hosts with most of them, by state, a line a host."""
        counts = self.sockets.counts(MOST_HOSTS)
        for address, states in counts.items():
            text = self._addresses[address]
            told = (f"{number} {state_word(state)}" for state, number in states.items())
            yield Span(f"{self._names.host(text, ANY_PORT) or text}  ", "title"), Span(" · ".join(told))
        more = self.sockets.table["address"].n_unique() - len(counts)
        if more:
            yield (Span(f"and {more} more host{'s' * (more > 1)}", "note"),)
        if (self.sockets.table["state"] == int(State.TIME_WAIT)).any():
            yield (Span(f"{REMARK}{self._older()}", "note"),)
        if not counts:
            yield (Span("No socket is known of at this time.", "note"),)

    def _older(self) -> str:
        waiting = self.sockets.table.filter(pl.col("state") == int(State.TIME_WAIT))
        number = int((self.sockets.time - waiting["since"] >= USUAL_TIME_WAIT).sum())
        return f" {number} are older." if number else ""


def time_words(sockets: Sockets, begin: int, end: int) -> str:
    """Say at which time of the capture the sockets were there."""
    return f"{seconds(sockets.time - begin, 16)} of {seconds(end - begin, 16)} s"


def socket_lines(listing: SocketListing) -> Iterator[Line]:
    """Give the counts by host, and a line for each socket."""
    yield from listing.summary()
    if not len(listing):
        return
    order = listing.order(BY_STATE, is_descending=False).tolist()
    rows = [[listing.text(at, column.key) for column in COLUMNS] for at in order]
    headings = [column.heading for column in COLUMNS]
    widths = [max(map(cell_len, texts)) for texts in zip(headings, *rows, strict=True)]
    yield (Span(""),)
    yield (Span(_aligned(headings, widths), "column"),)
    for texts in rows:
        yield (Span(_aligned(texts, widths)),)


def _aligned(cells: list[str], widths: list[int]) -> str:
    padded = (
        f"{' ' * (width - cell_len(cell))}{cell}" if column.is_number else f"{cell}{' ' * (width - cell_len(cell))}"
        for cell, width, column in zip(cells, widths, COLUMNS, strict=True)
    )
    return "  ".join(padded).rstrip()


def socket_json_lines(sockets: Sockets, addresses: AddressBook) -> Iterator[str]:
    """Give an object for each socket.

    `connection` (null for one that listens), `local` and `peer` (`address`, `port`; `peer` is null for one that
    listens), `state`, `basis` (`seen`, `inferred` or `unknown`) and `seconds` in the state.
    """
    for row in sockets.table.iter_rows(named=True):
        yield json.dumps(
            {
                "connection": row["connection"],
                "local": _json_end(addresses, row["address"], row["port"]),
                "peer": None if row["peer"] is None else _json_end(addresses, row["peer"], row["peer_port"]),
                "state": State(row["state"]).name,
                "basis": Basis(row["basis"]).word,
                "seconds": round((sockets.time - row["since"]) / NS, 9),
            }
        )


def _json_end(addresses: AddressBook, address: int, port: int) -> dict[str, Any]:
    return {"address": addresses[address], "port": port}


def nearest_time(text_seconds: float, begin: int) -> int:
    """Give the time (ns since 1970) that is so many seconds after the beginning."""
    return begin + int(np.clip(text_seconds * NS, -(1 << 62), 1 << 62))
