"""The connection list: one small table of numbers, put into words a row at a time when a row is looked at."""

import copy
import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.ladder.glyphs import UNICODE
from tcpladder.ladder.notation import endpoint, seconds, state_word
from tcpladder.report.activity import counted, heights
from tcpladder.report.address_order import places
from tcpladder.report.columns import BY_KEY, OFFERED, Column
from tcpladder.report.judged_columns import Found, judged_columns
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
ACTIVITY = 12  # cells
LONGEST_WORD = 32  # cells: longer entries are cut
HIGHEST_PORT = 65535
KEPT_ORDERS = 8
MOST_TIMES = 1 << 16  # of a connection with more segments some are left out of its activity, evenly
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)

Rows = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What the connections of a listing come to; `findings` by level, the gravest first, only those that there are."""

    connections: int
    segments: int
    bytes: int
    findings: Mapping[Level, int]


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
        self._connections = analysis.connections
        self._found = Found(judgement)
        connections = analysis.connections.table
        initiator_states, responder_states = _last_states(len(analysis.connections), judgement)
        begin, end = connections["start"].min(), connections["end"].max()
        self._begin, self._end = (at if isinstance(at, int) else 0 for at in (begin, end))
        self.table = connections.select(
            "connection",
            "initiator",
            "initiator_port",
            "responder",
            "responder_port",
            "segments",
            "first_frame",
            "initiator_bytes",
            "responder_bytes",
            start=pl.col("start") - self._begin,
            duration=pl.col("end") - pl.col("start"),
            bytes=pl.col("initiator_bytes") + pl.col("responder_bytes"),
            initiator_state=pl.Series(initiator_states, dtype=pl.UInt8),
            responder_state=pl.Series(responder_states, dtype=pl.UInt8),
            **judged_columns(len(connections), judgement, self._found),
        )

    def __len__(self) -> int:
        return len(self.table) if self.kept is None else len(self.kept)

    def make_ready(self) -> None:
        """Work out what takes longest where there are very many connections, before anybody waits for it."""
        for column in OFFERED:
            self.longest(column)
        self.order("level" if self.is_judged else "connection", is_descending=False)

    def filtered(self, mask: npt.NDArray[np.bool_]) -> "Listing":
        """Give the listing of the connections that a mask, an entry a connection, keeps; `whole` is this one."""
        kept = copy.copy(self)
        kept.kept = np.flatnonzero(mask).astype(np.uint32)
        return kept

    @property
    def _mask(self) -> npt.NDArray[np.bool_] | None:
        """Whether each row is kept; None where all are."""
        if self.kept is None:
            return None
        mask = np.zeros(len(self.table), np.bool_)
        mask[self.kept] = True
        return mask

    def totals(self) -> Totals:
        """Sum up the connections that are kept."""
        sums = (self.table[name] for name in ("segments", "bytes"))
        segments, payload = (int((part if self.kept is None else part.gather(self.kept)).sum()) for part in sums)
        return Totals(connections=len(self), segments=segments, bytes=payload, findings=self._found.counts(self._mask))

    # -- order ----------------------------------------------------------------------------------

    def order(self, key: str, *, is_descending: bool) -> Rows:
        """Give the rows of `table` that are kept, sorted by a column; equals stay in order of their numbers.

        Rows of which the column says nothing come last.
        """
        order, mask = self._order_of_all(key, is_descending=is_descending), self._mask
        return order if mask is None else order[mask[order]]

    def _order_of_all(self, key: str, *, is_descending: bool) -> Rows:
        order = self._orders.get((key, is_descending))
        if order is None:
            while len(self._orders) >= KEPT_ORDERS:
                self._orders.pop(next(iter(self._orders)))
            ranks = self._ranks(BY_KEY[key]).to_frame("rank")
            order = ranks.select(
                pl.arg_sort_by("rank", descending=is_descending, nulls_last=True, maintain_order=True)
            )["rank"].to_numpy()
            self._orders[key, is_descending] = order
        return order

    def _ranks(self, column: Column) -> pl.Series:
        """Give each row a number by which it is sorted."""
        first, *others = (self.rank(name) for name in column.sorted_by)
        for other in others:  # they are ports, states and places of words, of less than 32 bits
            first = first.cast(pl.Int64) * (1 << 32) + other.cast(pl.Int64)
        return first

    def rank(self, name: str) -> pl.Series:
        """Give for each row a number that tells where its entry in a column of `table` stands among all."""
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

    # -- words ----------------------------------------------------------------------------------

    def longest(self, column: Column) -> int:
        """Tell how many cells the longest entry of a column takes, of all connections, filtered or not.

        So columns stay where they are while one filters. An endpoint's is that of its longest address with any port.
        """
        if column.key not in self._longest:
            self._longest[column.key] = self._measure(column)
        return self._longest[column.key]

    def _measure(self, column: Column) -> int:
        match column.key:
            case "initiator" | "responder":
                texts = pl.Series(self.addresses, dtype=pl.String)
                by_version = texts.str.len_bytes().filter(texts.str.contains(":", literal=True)), texts.str.len_bytes()
                brackets = len(endpoint(":", HIGHEST_PORT)) - 1, len(endpoint("", HIGHEST_PORT))
                return max(_most(lengths) + more for lengths, more in zip(by_version, brackets, strict=True))
            case "initiator_state" | "responder_state":
                return STATE
            case "level":
                return max(map(len, self._signs.values()))
            case "activity":
                return ACTIVITY
            case "closed_first" | "reset_by":
                return max(map(len, ENDPOINTS))
        values = self.table["start" if column.key == "date" else column.key]
        if values.dtype == pl.String:
            return min(_most(values.str.len_chars()), LONGEST_WORD)
        ends = ({values.name: end} for end in (values.min(), values.max()) if end is not None)
        return max((len(self._text(end, column.key)) for end in ends), default=0)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Give the rows of `table` that are kept."""
        return (self.table if self.kept is None else self.table[self.kept]).iter_rows(named=True)

    def row(self, at: int) -> dict[str, Any]:
        """Give a row of `table`."""
        return self.table.row(at, named=True)

    def texts(self, row: Mapping[str, Any], columns: Sequence[Column]) -> list[str]:
        """Put a row of `table` into words, a text for each column; activity is no text."""
        return [self._text(row, column.key) for column in columns]

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
            case "date":
                return _date(self._begin + row["start"])
            case "activity":
                return ""
            case _ if row[key] is None:
                return ""
            case "irtt":
                return f"{row[key] / 1_000_000:.3f}"
            case "closed_first" | "reset_by":
                return ENDPOINTS[row[key]]
            case _:
                return str(row[key])

    def activity(self, at: int, bars: int) -> list[int]:
        """Give the heights of so many bars: when the connection in a row sent, over the time of the whole capture."""
        rows = self._connections.rows_of(at + 1)
        times = self._connections.segments["time"].gather(rows[:: len(rows) // MOST_TIMES + 1]).to_numpy()
        return heights(counted(times, self._begin, self._end, bars))


def _most(lengths: pl.Series) -> int:
    longest = lengths.max()
    return longest if isinstance(longest, int) else 0


def _date(nanoseconds: int) -> str:
    """Write a time (ns since 1970, UTC) to the millisecond."""
    moment = EPOCH + datetime.timedelta(microseconds=nanoseconds // 1000)
    return moment.isoformat(" ", "milliseconds").removesuffix("+00:00")


def _last_states(count: int, judgement: "Judgement | None") -> tuple["StateArray", "StateArray"]:
    if judgement is not None:
        return judgement.histories.last_states()
    unknown = np.full(count, State.UNKNOWN, np.uint8)
    return unknown, unknown


_LEVELS = {Level.VIOLATION - level: level for level in Level}
