"""The hosts of a capture as a list: its columns, orders and words, for the screen, as text and as JSON Lines."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl
from rich.cells import cell_len

from tcpladder.ladder.layout import Line, Span
from tcpladder.ladder.notation import endpoint, seconds
from tcpladder.printable import printable
from tcpladder.report.address_order import places
from tcpladder.report.host_words import Verdict, facts, verdicts
from tcpladder.report.hosts import HOSTS, Hosts
from tcpladder.report.table_rows import RowNumbers, TableColumn
from tcpladder.rulebook.levels import Level
from tcpladder.settings.names import NO_NAMES, Names

ANY_PORT = 0
GAP = 2  # cells between two columns
GAP_WIDTH = 8  # cells for a time
LONGEST_VERDICT = 120  # cells
MOST_VERDICTS = 20  # of one row
KEPT_ORDERS = 6
NS = 1_000_000_000


COLUMNS = (
    TableColumn(key="level", heading="", is_number=False),
    TableColumn(key="host", heading="host", is_number=False, is_elastic=True, about="and the ports that it serves"),
    TableColumn(key="connections", heading="conns", about="connections at either end"),
    TableColumn(key="peak", heading="in 1 s", about="connections that began within a second, at most"),
    TableColumn(key="ports", heading="ports", about="different local ports that it opened from"),
    TableColumn(key="tuple_gap", heading="again s", about="least time from a connection's end to its 4-tuple again"),
    TableColumn(key="time_wait", heading="TIME-WAIT", about="held at once at most, if for 240 s each: inferred"),
    TableColumn(key="unanswered", heading="no answer", about="connections to it whose SYN had none"),
    TableColumn(key="repeated", heading="repeats", from_width=110, about="connections in which its SYN-ACK came again"),
    TableColumn(key="resets", heading="RST", about="connections in which it sent an RST"),
    TableColumn(key="findings", heading="found", from_width=90, about="findings about its end of its connections"),
    TableColumn(
        key="verdict",
        heading="verdict",
        from_width=140,
        is_number=False,
        is_elastic=True,
        is_sentence=True,
        about="the gravest first",
    ),
)
"""The columns of the list of hosts; what the numbers are, `hosts.HOSTS` says."""
BY_GRAVITY = "level"


class HostListing:
    """The rows of a `Hosts` table in an order, in words a row at a time; endpoints by their `names`."""

    columns = COLUMNS

    def __init__(self, hosts: Hosts, signs: Mapping[str, str], names: Names = NO_NAMES) -> None:
        """List `hosts`; `signs` are what levels are marked with."""
        self.hosts = hosts
        self.names = names
        self.signs = signs
        self._orders: dict[tuple[str, bool], RowNumbers] = {}

    def __len__(self) -> int:
        return len(self.hosts)

    @cached_property
    def _order_of_addresses(self) -> pl.Series:
        return pl.Series(places(list(self.hosts.texts)))

    def order(self, key: str, *, is_descending: bool) -> RowNumbers:
        """Give the rows by a column: hosts, each with what it serves below it in the same order; what is null last."""
        wanted = (key, is_descending)
        if wanted not in self._orders:
            while len(self._orders) >= KEPT_ORDERS:
                self._orders.pop(next(iter(self._orders)))
            self._orders[wanted] = self._sorted(key, is_descending=is_descending)
        return self._orders[wanted]

    def _sorted(self, key: str, *, is_descending: bool) -> RowNumbers:
        if key in ("level", "verdict"):
            return self._by_gravity(is_descending=is_descending)
        rank = self.hosts.table["address" if key == "host" else key].cast(pl.Int64)
        is_service = self.hosts.table["port"].is_not_null()
        address = self.hosts.table["address"]
        if key == "host":
            rank = pl.select(
                pl.when(pl.lit(is_service))
                .then(pl.lit(self.hosts.table["port"]).cast(pl.Int64))
                .otherwise(pl.lit(self._order_of_addresses.gather(address)).cast(pl.Int64))
            ).to_series()
        table = pl.DataFrame({"row": np.arange(len(self)), "address": address, "is_service": is_service, "rank": rank})
        hosts = table.filter(~pl.col("is_service")).sort(
            "rank", descending=is_descending, nulls_last=True, maintain_order=True
        )
        ranked = hosts.select("address", place=pl.int_range(pl.len()))
        ordered = table.join(ranked, on="address", how="left", maintain_order="left").sort(
            "place",
            "is_service",
            "rank",
            descending=[False, False, is_descending],
            nulls_last=True,
            maintain_order=True,
        )
        return ordered["row"].cast(pl.UInt32).to_numpy()

    def _by_gravity(self, *, is_descending: bool) -> RowNumbers:
        """Give the rows with the gravest first, or last, and of equal ones those of most connections first."""
        by_connections = self.order("connections", is_descending=True)
        table = self.hosts.table[by_connections].select("address", "level", is_service=pl.col("port").is_not_null())
        ranked = (
            table.filter(~pl.col("is_service"))
            .sort("level", descending=is_descending, maintain_order=True)
            .select("address", place=pl.int_range(pl.len()))
        )
        ordered = (
            table.with_columns(row=pl.Series(by_connections))
            .join(ranked, on="address", how="left", maintain_order="left")
            .sort("place", "is_service", "level", descending=[False, False, is_descending], maintain_order=True)
        )
        return ordered["row"].to_numpy()

    def token(self, at: int, key: str) -> str:
        """Name what colours an entry: the level of a finding, or nothing."""
        level = self.hosts.table["level"][at]
        return Level(level).word if key == "level" and level else ""

    def text(self, at: int, key: str) -> str:
        """Write an entry of a row."""
        row = self.hosts.table.row(at, named=True)
        match key:
            case "level":
                return self.signs[Level(row["level"]).word] if row["level"] else ""
            case "host":
                return f"  :{row['port']}" if row["port"] is not None else self.name(at)
            case "tuple_gap":
                return "" if row["tuple_gap"] is None else seconds(row["tuple_gap"], GAP_WIDTH)
            case "verdict":
                return printable(str(verdicts(self.hosts, at)[0]))
            case "ports" | "unanswered" | "repeated" if not _can_have(row, key):
                return ""
            case _:
                return str(row[key])

    def name(self, at: int) -> str:
        """Give the name of a row's host, or its address; with the port that it serves where the row is about that."""
        row = self.hosts.table.row(at, named=True)
        address, port = self.hosts.texts[row["address"]], row["port"]
        known = self.names.host(address, ANY_PORT if port is None else port)
        if port is None:
            return known or printable(address)
        return f"{known}:{port}" if known else endpoint(printable(address), port)

    def longest(self, key: str) -> int:
        """Tell how many cells the longest entry of a column takes; that of verdicts as many as there are."""
        table = self.hosts.table
        match key:
            case "level":
                return max(map(len, self.signs.values()))
            case "host":
                return self._longest_host()
            case "tuple_gap":
                return GAP_WIDTH
            case "verdict":
                return LONGEST_VERDICT
            case _:
                return len(str(table[key].max() or 0))

    def _longest_host(self) -> int:
        """Measure names and addresses; a name is at most as long as the longest that there is for any."""
        texts = pl.Series(self.hosts.texts, dtype=pl.String).gather(self.hosts.table["address"].unique())
        longest = texts.str.len_chars().max()
        named = (cell_len(one.name) for one in self.names.every if one.first == one.last) if self.names.is_shown else ()
        return max(longest if isinstance(longest, int) else 0, *named, 0)

    def filter_of(self, at: int) -> str:
        """Give the filter that keeps the connections which a row counts."""
        row = self.hosts.table.row(at, named=True)
        address = self.hosts.texts[row["address"]]
        return f"host:{address}" if row["port"] is None else f"responder:{address} responder_port:{row['port']}"


def _can_have(row: Mapping[str, Any], key: str) -> bool:
    """Tell whether a row is about a host that can have such a thing: only who opens has local ports."""
    return bool(row["opened"] if key == "ports" else row["accepted"])


def host_details(listing: HostListing, at: int) -> Iterator[Line]:
    """Say all that is known of a row: what can be said of it, and what was counted."""
    name, address = listing.name(at), printable(listing.hosts.texts[listing.hosts.table["address"][at]])
    yield (Span(name if address in name else f"{name}  {address}", "title"),)
    yield from _lines_of(verdicts(listing.hosts, at), listing.signs)
    for what, how in facts(listing.hosts, at):
        yield Span(f"  {what:<12} ", "note"), Span(how)


def _lines_of(found: Sequence[Verdict], signs: Mapping[str, str]) -> Iterator[Line]:
    """Give a line for each of the gravest verdicts: somebody who scans a network has one for each host there."""
    yield from (_told(verdict, signs) for verdict in found[:MOST_VERDICTS])
    if len(found) > MOST_VERDICTS:
        yield (Span(f"  and {len(found) - MOST_VERDICTS} more", "note"),)


def _told(verdict: Verdict, signs: Mapping[str, str]) -> Line:
    sign = signs[verdict.level.word] if verdict.level else " "
    rule = f"  {verdict.rule}" if verdict.rule else ""
    return Span(f"{sign} ", f"level.{verdict.level.word}" if verdict.level else ""), Span(
        f"{printable(str(verdict))}{rule}"
    )


def host_lines(hosts: Hosts, signs: Mapping[str, str], names: Names = NO_NAMES) -> Iterator[Line]:
    """Give a heading, and for each host and each port that it serves a line of figures and one for each verdict."""
    listing = HostListing(hosts, signs, names)
    shown = [column for column in COLUMNS if column.key != "verdict"]
    order = listing.order(BY_GRAVITY, is_descending=True).tolist()
    rows = [[listing.text(at, column.key) for column in shown] for at in order]
    widths = [max(map(cell_len, texts)) for texts in zip([column.heading for column in shown], *rows, strict=True)]
    yield (Span(_aligned([column.heading for column in shown], widths, shown), "column"),)
    for at, texts in zip(order, rows, strict=True):
        yield (Span(_aligned(texts, widths, shown)),)
        for line in _lines_of(verdicts(hosts, at, is_alone=False), signs):
            yield Span("      "), *line


def _aligned(cells: list[str], widths: list[int], columns: list[TableColumn]) -> str:
    padded = (
        f"{' ' * (width - cell_len(cell))}{cell}" if column.is_number else f"{cell}{' ' * (width - cell_len(cell))}"
        for cell, width, column in zip(cells, widths, columns, strict=True)
    )
    return (" " * GAP).join(padded).rstrip()


def host_json_lines(hosts: Hosts) -> Iterator[str]:
    """Give an object for each host, and for each port that it serves.

    `host` is the address, `port` null for the host as a whole; `tuple_gap` and `port_gap` are in seconds; `level` is
    that of the gravest finding, or null; `facts` has what the screen says, and each of `verdicts` its `words`,
    `confidence`, and for those of a rule their `level` and `rule`.
    """
    for at, row in enumerate(hosts.table.iter_rows(named=True)):
        told = {name: row[name] for name in HOSTS if name != "address"}
        for name in ("tuple_gap", "port_gap"):
            told[name] = None if told[name] is None else round(told[name] / NS, 9)
        told["level"] = Level(row["level"]).word if row["level"] else None
        yield json.dumps(
            {
                "host": hosts.texts[row["address"]],
                **told,
                "facts": dict(facts(hosts, at)),
                "verdicts": [
                    {
                        "words": one.words,
                        "confidence": one.confidence.word if one.confidence else None,
                        "level": one.level.word if one.level else None,
                        "rule": one.rule or None,
                    }
                    for one in verdicts(hosts, at)
                ],
            }
        )
