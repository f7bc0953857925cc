"""The connection list: one small table of numbers, put into words a row at a time when a row is looked at."""

import copy
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.ladder.glyphs import UNICODE
from tcpladder.ladder.notation import elided, endpoint, seconds, state_word
from tcpladder.rulebook.levels import Level
from tcpladder.tcp.states import State

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis
    from tcpladder.rulebook.judging import Judgement
    from tcpladder.tcp.timeline import StateArray

TIME_WIDTH = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of the list, and by which columns of `Listing.table` it is sorted.

    `from_width` is the width of the screen from which on there is room for it.
    """

    key: str
    heading: str
    sorted_by: tuple[str, ...]
    from_width: int = 0
    is_number: bool = False


COLUMNS = (
    Column(key="level", heading="", sorted_by=("gravity", "connection")),
    Column(key="connection", heading="#", sorted_by=("connection",), is_number=True),
    Column(key="initiator", heading="initiator", sorted_by=("initiator_rank", "initiator_port")),
    Column(key="responder", heading="responder", sorted_by=("responder_rank", "responder_port")),
    Column(key="start", heading="start s", sorted_by=("start",), from_width=160, is_number=True),
    Column(key="ending", heading="ended", sorted_by=("ending",)),
    Column(
        key="initiator_state", heading="init state", sorted_by=("initiator_state", "responder_state"), from_width=140
    ),
    Column(
        key="responder_state", heading="resp state", sorted_by=("responder_state", "initiator_state"), from_width=140
    ),
    Column(key="segments", heading="segs", sorted_by=("segments",), from_width=60, is_number=True),
    Column(key="bytes", heading="bytes", sorted_by=("bytes",), from_width=130, is_number=True),
    Column(key="duration", heading="time s", sorted_by=("duration",), from_width=120, is_number=True),
    Column(key="first_frame", heading="frame", sorted_by=("first_frame",), from_width=160, is_number=True),
    Column(key="history", heading="history", sorted_by=("history",), from_width=150),
    Column(key="finding", heading="finding", sorted_by=("gravity", "finding"), from_width=110),
)
"""All columns, in the order in which they stand. The states are the last that the capture shows.

`level` is the sign of the gravest finding; `history` is Zeek's; `finding` names the rule of the gravest finding.
"""
CLEAN = 9
"""The gravity of connections without findings: they come last."""


class Listing:
    """The connections of an analysis, sortable by any column; `table` has a row a connection.

    Without a judgement, while the capture is being read, nothing is known of endings and findings.
    """

    def __init__(
        self, analysis: "Analysis", judgement: "Judgement | None" = None, signs: Mapping[str, str] | None = None
    ) -> None:
        """List an analysis; `signs` are what levels are marked with (`ladder.glyphs`)."""
        self._signs = UNICODE.levels if signs is None else signs
        self.is_judged = judgement is not None
        self.whole = self
        self.addresses = analysis.addresses.texts()
        connections = analysis.connections.table
        initiator_states, responder_states = _last_states(len(analysis.connections), judgement)
        ranks = pl.Series(_ranks(self.addresses), dtype=pl.UInt32)
        first = connections["start"].min() if len(connections) else 0
        self.table = connections.select(
            "connection",
            "initiator",
            "initiator_port",
            "responder",
            "responder_port",
            "segments",
            "first_frame",
            initiator_rank=ranks.gather(connections["initiator"]),
            responder_rank=ranks.gather(connections["responder"]),
            start=pl.col("start") - first,
            duration=pl.col("end") - pl.col("start"),
            bytes=pl.col("initiator_bytes") + pl.col("responder_bytes"),
            initiator_state=pl.Series(initiator_states, dtype=pl.UInt8),
            responder_state=pl.Series(responder_states, dtype=pl.UInt8),
            **_judged(len(connections), judgement),
        )

    def __len__(self) -> int:
        return len(self.table)

    def filtered(self, mask: npt.NDArray[np.bool_]) -> "Listing":
        """Give the listing of the connections that a mask, an entry a connection, keeps; `whole` is this one."""
        kept = copy.copy(self)
        kept.whole = self.whole
        kept.table = self.table.filter(pl.Series(mask, dtype=pl.Boolean))
        return kept

    def sorted(self, key: str, *, is_descending: bool) -> pl.DataFrame:
        """Give `table` sorted by a column of COLUMNS; equals stay in order of their numbers."""
        column = next(column for column in COLUMNS if column.key == key)
        return self.table.sort(column.sorted_by, descending=is_descending, maintain_order=True)

    def texts(self, row: dict[str, Any], columns: Sequence[Column], endpoint_width: int = 0) -> list[str]:
        """Put a row of `table` into words, a text for each column; `endpoint_width` 0 leaves endpoints whole."""
        return [self._text(row, column.key, endpoint_width) for column in columns]

    def _text(self, row: dict[str, Any], key: str, endpoint_width: int) -> str:
        match key:
            case "initiator" | "responder":
                text = endpoint(self.addresses[row[key]], row[f"{key}_port"])
                return elided(text, endpoint_width, "…") if endpoint_width else text
            case "initiator_state" | "responder_state":
                return state_word(State(row[key]), 10) if self.is_judged else ""
            case "level":
                level = _LEVELS.get(row["gravity"])
                return self._signs[level.word] if level else ""
            case "start" | "duration":
                return seconds(row[key], TIME_WIDTH)
            case _:
                return str(row[key])


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


def _ranks(addresses: list[str]) -> list[int]:
    """Give each address its place in numeric order, IPv4 first."""
    order = sorted(range(len(addresses)), key=lambda at: _numeric(addresses[at]))
    ranks = [0] * len(addresses)
    for rank, at in enumerate(order):
        ranks[at] = rank
    return ranks


def _numeric(address: str) -> tuple[int, int, str]:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return (9, 0, address)
    return (parsed.version, int(parsed), address)
