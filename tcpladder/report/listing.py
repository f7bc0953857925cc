"""The connection list: one small table of numbers, put into words a row at a time when a row is looked at."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.ladder.glyphs import UNICODE
from tcpladder.ladder.notation import elided, endpoint, seconds, state_word
from tcpladder.report.address_order import places
from tcpladder.report.columns import COLUMNS, Column
from tcpladder.rulebook.levels import Level
from tcpladder.tcp.states import State

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis
    from tcpladder.rulebook.judging import Judgement
    from tcpladder.tcp.timeline import StateArray

TIME_WIDTH = 10
ENDPOINTS = ("initiator", "responder")
STATES = ("initiator_state", "responder_state")
STATE = 10  # cells
LONGEST_WORD = 32  # cells: longer entries are cut
HIGHEST_PORT = 65535
KEPT_ORDERS = 8
CLEAN = 9
"""The gravity of connections without findings: they come last."""

Rows = npt.NDArray[np.uint32]


class Listing:
    """The connections of an analysis, sortable by any column; `table` has a row a connection, in order of number.

    Without a judgement, while the capture is being read, nothing is known of endings and findings. What takes longest
    is worked out when it is first asked for; `make_ready` asks for it in good time.
    """

    def __init__(
        self, analysis: "Analysis", judgement: "Judgement | None" = None, signs: Mapping[str, str] | None = None
    ) -> None:
        """List an analysis; `signs` are what levels are marked with (`ladder.glyphs`)."""
        self._signs = UNICODE.levels if signs is None else signs
        self.kept: Rows | None = None  # None: all
        self._orders: dict[tuple[str, bool], Rows] = {}
        self._longest: dict[str, int] = {}
        self.is_judged = judgement is not None
        self.whole = self
        self.addresses = analysis.addresses.texts()
        connections = analysis.connections.table
        initiator_states, responder_states = _last_states(len(analysis.connections), judgement)
        first = connections["start"].min() if len(connections) else 0
        self.table = connections.select(
            "connection",
            "initiator",
            "initiator_port",
            "responder",
            "responder_port",
            "segments",
            "first_frame",
            start=pl.col("start") - first,
            duration=pl.col("end") - pl.col("start"),
            bytes=pl.col("initiator_bytes") + pl.col("responder_bytes"),
            initiator_state=pl.Series(initiator_states, dtype=pl.UInt8),
            responder_state=pl.Series(responder_states, dtype=pl.UInt8),
            **_judged(len(connections), judgement),
        )

    def __len__(self) -> int:
        return len(self.table) if self.kept is None else len(self.kept)

    def make_ready(self) -> None:
        """Work out what takes longest where there are very many connections, before anybody waits for it."""
        for column in COLUMNS:
            self.longest(column)
        self.order("level" if self.is_judged else "connection", is_descending=False)

    def filtered(self, mask: npt.NDArray[np.bool_]) -> "Listing":
        """Give the listing of the connections that a mask, an entry a connection, keeps; `whole` is this one."""
        kept = copy.copy(self)
        kept.kept = np.flatnonzero(mask).astype(np.uint32)
        return kept

    def order(self, key: str, *, is_descending: bool) -> Rows:
        """Give the rows of `table` that are kept, sorted by a column; equals stay in order of their numbers.

        Rows of which the column says nothing come last.
        """
        order = self._order_of_all(key, is_descending=is_descending)
        if self.kept is None:
            return order
        iskept = np.zeros(len(self.table), np.bool_)
        iskept[self.kept] = True
        return order[iskept[order]]

    def _order_of_all(self, key: str, *, is_descending: bool) -> Rows:
        order = self._orders.get((key, is_descending))
        if order is None:
            while len(self._orders) >= KEPT_ORDERS:
                self._orders.pop(next(iter(self._orders)))
            column = next(column for column in COLUMNS if column.key == key)
            ranks = self._ranks(column).to_frame("rank")
            order = ranks.select(
                pl.arg_sort_by("rank", descending=is_descending, nulls_last=True, maintain_order=True)
            )["rank"].to_numpy()
            self._orders[key, is_descending] = order
        return order

    def _ranks(self, column: Column) -> pl.Series:
        """Give each row a number by which it is sorted."""
        first, *others = (self._rank(name) for name in column.sorted_by)
        for other in others:  # they are ports, states and places of words, of less than 32 bits
            first = first.cast(pl.Int64) * (1 << 32) + other.cast(pl.Int64)
        return first

    def _rank(self, name: str) -> pl.Series:
        values = self.table[name]
        if name in ENDPOINTS:
            return self.whole.address_places.gather(values)
        if values.dtype == pl.String:
            words = values.unique().drop_nulls().sort()
            return values.cast(pl.Enum(words)).to_physical()
        return values

    @cached_property
    def address_places(self) -> pl.Series:
        """Each address' place in the order of addresses, at the place of its id."""
        return pl.Series(places(self.addresses))

    def longest(self, column: Column) -> int:
        """Tell how many cells the longest entry of a column takes, of all connections, filtered or not.

        So columns stay where they are while one filters. An endpoint's is that of its longest address with any port.
        """
        if column.key not in self._longest:
            self._longest[column.key] = self._measure(column)
        return self._longest[column.key]

    def _measure(self, column: Column) -> int:
        if column.key in ENDPOINTS:
            texts = pl.Series(self.addresses, dtype=pl.String)
            by_version = texts.str.len_bytes().filter(texts.str.contains(":", literal=True)), texts.str.len_bytes()
            brackets = len(endpoint(":", HIGHEST_PORT)) - 1, len(endpoint("", HIGHEST_PORT))
            return max(_most(lengths) + more for lengths, more in zip(by_version, brackets, strict=True))
        if column.key in STATES:
            return STATE
        if column.key == "level":
            return max(map(len, self._signs.values()))
        values = self.table[column.key]
        if values.dtype == pl.String:
            return min(_most(values.str.len_chars()), LONGEST_WORD)
        ends = ({column.key: end} for end in (values.min(), values.max()) if end is not None)
        return max((len(self._text(end, column.key)) for end in ends), default=0)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give the rows of `table` that are kept."""
        return (self.table if self.kept is None else self.table[self.kept]).iter_rows(named=True)

    def row(self, at: int) -> dict[str, Any]:
        """Give a row of `table`."""
        return self.table.row(at, named=True)

    def texts(self, row: Mapping[str, Any], columns: Sequence[Column], widths: Sequence[int] = ()) -> list[str]:
        """Put a row of `table` into words, a text for each column; where `widths` are given, endpoints fit theirs."""
        if not widths:
            return [self._text(row, column.key) for column in columns]
        return [
            elided(text, width, "…") if column.key in ENDPOINTS else text
            for text, column, width in zip(self.texts(row, columns), columns, widths, strict=True)
        ]

    def _text(self, row: Mapping[str, Any], key: str) -> str:
        match key:
            case "initiator" | "responder":
                return endpoint(self.addresses[row[key]], row[f"{key}_port"])
            case "initiator_state" | "responder_state":
                return state_word(State(row[key]), STATE) if self.is_judged else ""
            case "level":
                level = _LEVELS.get(row["gravity"])
                return self._signs[level.word] if level else ""
            case "start" | "duration":
                return seconds(row[key], TIME_WIDTH)
            case _:
                return "" if row[key] is None else str(row[key])


def _last_states(count: int, judgement: "Judgement | None") -> tuple["StateArray", "StateArray"]:
    if judgement is not None:
        return judgement.histories.last_states()
    unknown = np.full(count, State.UNKNOWN, np.uint8)
    return unknown, unknown


_LEVELS = {Level.VIOLATION - level: level for level in Level}


def _judged(count: int, judgement: "Judgement | None") -> dict[str, pl.Series]:
    """Give what the rules say of each connection: its gravity (0 is the gravest), its ending, its gravest finding."""
    if judgement is None:
        empty = pl.repeat("", count, dtype=pl.String, eager=True)
        return {
            "gravity": pl.repeat(CLEAN, count, dtype=pl.UInt8, eager=True),
            "ending": empty,
            "history": empty,
            "finding": empty,
        }
    own = [finding for finding in reversed(judgement.findings) if finding.connection is not None]
    rows = np.array([finding.connection for finding in own], np.int64) - 1
    names = {name: place for place, name in enumerate(sorted({finding.rule for finding in own}), start=1)}
    gravity, rule = np.full(count, CLEAN, np.uint8), np.zeros(count, np.uint32)
    # Of several findings of a connection the gravest comes last, and stays.
    gravity[rows] = [Level.VIOLATION - finding.level for finding in own]
    rule[rows] = [names[finding.rule] for finding in own]
    return {
        "gravity": pl.Series(gravity, dtype=pl.UInt8),
        "ending": judgement.verdicts["ending"].fill_null(""),
        "history": judgement.verdicts["history"].fill_null(""),
        "finding": pl.Series(["", *names], dtype=pl.String).gather(rule),
    }


def _most(lengths: pl.Series) -> int:
    longest = lengths.max()
    return longest if isinstance(longest, int) else 0
