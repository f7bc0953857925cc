"""What filters ask about: the connections with all that is known of them, as columns that are made when asked for."""

import functools
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.annotations.sidecar import Annotations
from tcpladder.filters.written import WRITTEN, written_words
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tcp.states import State

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis
    from tcpladder.rulebook.judging import Judgement

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

VERDICTS: dict[str, pl.DataType] = {
    "ending": pl.String(),
    "conn_state": pl.String(),
    "history": pl.String(),
    "tags": pl.List(pl.String()),
    "closed_first": pl.UInt8(),
    "reset_by": pl.UInt8(),
    "has_timestamps": pl.Boolean(),
    "handshake_rtt_initiator_ns": pl.Int64(),
    "handshake_rtt_responder_ns": pl.Int64(),
    "timestamp_rtt_min_ns": pl.Int64(),
    "ack_rtt_min_ns": pl.Int64(),
}
"""Columns of `Judgement.verdicts` that filters ask about: null for connections that are not judged yet."""
_ANSWERS = pl.when("has_timestamps").then(pl.lit("yes")).when(~pl.col("has_timestamps")).then(pl.lit("no"))
_DERIVED = {
    "timestamps": _ANSWERS.otherwise(pl.lit("unknown")),
    **{
        name: pl.when(pl.col(name) == 0)
        .then(pl.lit("initiator"))
        .when(pl.col(name) == 1)
        .then(pl.lit("responder"))
        .when(pl.col("ending").is_not_null())
        .then(pl.lit("nobody"))
        for name in ("closed_first", "reset_by")
    },
}
_STATES = ("initiator_state", "responder_state")
MOST_TEXTS = 200
"""So many different texts of a column are given for completion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A column of words: each different word once, and for each entry the connection's row and the place of its word.

    A connection may have several entries, or none.
    """

    texts: list[str]
    rows: IntArray
    codes: IntArray


class Facts:
    """The connections of an analysis, judged or not: all that a filter can ask about them.

    Endpoints are found by their `names` too.
    """

    FOUND = ("level", "findings")

    def __init__(self, analysis: "Analysis", judgement: "Judgement | None" = None, names: Names = NO_NAMES) -> None:
        self.names = names
        self._analysis = analysis
        self._judgement = judgement
        self._coded: dict[str, Coded] = {}
        self._annotations: Annotations | None = None

    def annotate(self, annotations: Annotations | None) -> None:
        """Have connections found by what is written about them and their packets by now."""
        self._annotations = annotations
        for name in WRITTEN:
            self._coded.pop(name, None)

    def __len__(self) -> int:
        return len(self._analysis.connections)

    def make_ready(self) -> None:
        """Work out what takes longest where there are very many findings, before anybody waits for it."""
        for name in ("rules", "ending"):
            self.coded(name)
        self.findings.is_empty()

    @functools.cached_property
    def table(self) -> pl.DataFrame:
        """The connection table with the VERDICTS columns."""
        connections = self._analysis.connections.table
        judgement = self._judgement
        if judgement is None:
            return connections.with_columns(pl.lit(None, dtype).alias(name) for name, dtype in VERDICTS.items())
        verdicts = judgement.verdicts.select("connection", *VERDICTS)
        if len(verdicts) == len(connections):
            return connections.hstack(verdicts.drop("connection"))
        return connections.join(verdicts, on="connection", how="left", maintain_order="left")

    @functools.cached_property
    def findings(self) -> pl.DataFrame:
        """For each connection its own findings: `level`, that of the gravest, 0 for none; `findings`, how many."""
        own = self._judgement.findings if self._judgement else ()
        connections = np.array([finding.connection or 0 for finding in own], np.int64)
        gravity = np.zeros(len(self) + 1, np.uint8)
        np.maximum.at(gravity, connections, np.array([finding.level for finding in own], np.uint8))
        counts = np.bincount(connections, minlength=len(self) + 1)
        return pl.DataFrame({"level": gravity[1:], "findings": counts[1:]})

    def select(self, condition: pl.Expr) -> BoolArray:
        """Give where a condition over `table`, or over `findings`, holds; where it can't be told, it does not."""
        is_found = set(condition.meta.root_names()) <= set(self.FOUND)
        table = self.findings if is_found else self.table
        return table.select(condition.fill_null(value=False).alias("kept"))["kept"].to_numpy()

    @functools.cached_property
    def addresses(self) -> pl.Series:
        """The text of each address, at the place of its id."""
        return pl.Series(self._analysis.addresses.texts(), dtype=pl.String)

    def address_ids(self, end: str) -> IntArray:
        """Give the address of `initiator` or `responder` of each connection."""
        return self._analysis.connections.table[end].cast(pl.Int64).to_numpy()

    def ports(self, end: str) -> IntArray:
        """Give the port of `initiator` or `responder` of each connection."""
        return self._analysis.connections.table[f"{end}_port"].cast(pl.Int64).to_numpy()

    @functools.cached_property
    def ipv4(self) -> pl.Series:
        """Each address as a number; null where it is not one of IPv4."""
        parts = self.addresses.str.split_exact(".", 3).struct.unnest()
        numbers = [parts[name].cast(pl.Int64, strict=False) for name in parts.columns]
        return ((numbers[0] * 256 + numbers[1]) * 256 + numbers[2]) * 256 + numbers[3]

    @functools.cached_property
    def ipv6(self) -> list[tuple[int, int]]:
        """The IPv6 addresses: (id, number)."""
        ids = self.addresses.str.contains(":", literal=True).arg_true()
        found = []
        for address_id, text in zip(ids.to_list(), self.addresses.gather(ids).to_list(), strict=True):
            number = _ipv6_number(text)
            if number is not None:
                found.append((address_id, number))
        return found

    def coded(self, name: str) -> Coded:
        """Give a column of words: of `table`, or derived from it, or the last states, or the `rules` that found it."""
        if name not in self._coded:
            self._coded[name] = self._code(name)
        return self._coded[name]

    def _code(self, name: str) -> Coded:
        if name in _STATES:
            return self._code_states(_STATES.index(name))
        if name == "rules":
            return self._code_rules()
        if name in WRITTEN:
            return self._code_written(name)
        column = self.table.select(_DERIVED.get(name, pl.col(name)).alias("word"), row=pl.Series(np.arange(len(self))))
        is_list = column.schema["word"] == pl.List
        entries = (column.explode("word", empty_as_null=False, keep_nulls=False) if is_list else column).drop_nulls()
        words = entries["word"].cast(pl.String)
        texts = words.unique(maintain_order=True)
        codes = words.replace_strict(texts, pl.Series(np.arange(len(texts))), default=0, return_dtype=pl.Int64)
        return Coded(texts=texts.to_list(), rows=entries["row"].to_numpy(), codes=codes.to_numpy())

    def _code_states(self, end: int) -> Coded:
        texts = [state.name for state in State]
        states = self._judgement.histories.last_states()[end] if self._judgement else np.empty(0, np.uint8)
        return Coded(texts=texts, rows=np.arange(len(states)), codes=np.asarray(states, np.int64))

    def _code_rules(self) -> Coded:
        """Tell which rules found something in each connection, or in several of which it is one."""
        places: dict[str, int] = {}
        rows: list[int] = []
        codes: list[int] = []
        for finding in self._judgement.findings if self._judgement else ():
            code = places.setdefault(finding.rule, len(places))
            concerned = finding.connections if finding.connection is None else (finding.connection,)
            rows += concerned
            codes += [code] * len(concerned)
        return Coded(texts=list(places), rows=np.array(rows, np.int64) - 1, codes=np.array(codes, np.int64))

    def _code_written(self, name: str) -> Coded:
        if self._annotations is None:
            return Coded(texts=[], rows=np.empty(0, np.int64), codes=np.empty(0, np.int64))
        texts, rows = written_words(self._analysis.connections, self._annotations, name)
        return Coded(texts=texts, rows=rows, codes=np.arange(len(texts)))

    def words(self, name: str) -> list[str]:
        """Give the different words of a column, the most frequent first."""
        if name in ("initiator", "responder"):
            ids = self.address_ids(name)
            counts, texts = np.bincount(ids, minlength=len(self.addresses)), self.addresses
            order = _most(counts)
            return texts.gather(order).to_list()
        coded = self.coded(name)
        return [coded.texts[at] for at in _most(np.bincount(coded.codes, minlength=len(coded.texts)))]

    def usual_ports(self) -> list[str]:
        """Give the ports that connections were opened to, the most frequent first."""
        return [str(port) for port in _most(np.bincount(self.ports("responder"), minlength=1))]


def _most(counts: npt.NDArray[np.int64]) -> list[int]:
    """Give the places of the highest counts, without those that are zero."""
    order = np.argsort(-counts, kind="stable")[:MOST_TEXTS]
    found: list[int] = order[counts[order] > 0].tolist()
    return found


def _ipv6_number(text: str) -> int | None:
    try:
        return int.from_bytes(socket.inet_pton(socket.AF_INET6, text))
    except (OSError, ValueError):
        return None
