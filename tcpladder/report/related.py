"""Which other connections of a capture have to do with one, and why: only what the capture shows is said."""

import enum
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.ladder.layout import Line, Span
from tcpladder.ladder.notation import endpoint, named, seconds
from tcpladder.packets.checksums import MODULUS
from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.rulebook.hosts import SECOND
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tcp.labels import Label

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis
    from tcpladder.rulebook.judging import Judgement

BoolArray = npt.NDArray[np.bool_]
Int64Array = npt.NDArray[np.int64]

NEAR = 60 * SECOND
TRANSIT = SECOND  # no NAT keeps a SYN for longer
MOST_NEAR = 10  # connections of a pair of hosts, and on either side of one between the same ports
MOST_COMPARED = 100  # connections whose payload is compared with another's
LEAST_PAYLOAD = 32  # bytes either way: less is alike too often
TIME_WIDTH = 16
ENDS = ("initiator", "initiator_port", "responder", "responder_port")
NOT_IN_ORDER = (
    Label.RETRANSMISSION
    | Label.FAST_RETRANSMISSION
    | Label.SPURIOUS_RETRANSMISSION
    | Label.OUT_OF_ORDER
    | Label.PREVIOUS_SEGMENT_NOT_CAPTURED
    | Label.ACKED_UNSEEN_SEGMENT
)


class Relation(enum.StrEnum):
    """How a connection has to do with another one; the values are stable: they appear in JSON output."""

    TRANSLATED = "translated"  # the same connection, captured beyond a NAT: both ISNs are the same
    FORWARDED = (
        "forwarded"  # the other side of a proxy: the same payload both ways at the same time, and no other has it
    )
    INCARNATION = "incarnation"  # the same addresses and ports, before or after
    SAME_PORT = "same-port"  # the same client address and port, to another server
    SAME_PAIR = "same-pair"  # the same client and server address, near in time


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """A connection that has to do with the one that was asked about, and `why`, in words."""

    connection: int
    relation: Relation
    why: str


def related(analysis: "Analysis", number: int, judgement: "Judgement | None" = None) -> tuple[Related, ...]:
    """Give the connections that have to do with one: those that are the same beyond a doubt, then the nearest in time.

    Without a `judgement`, payload is not compared. Raises UsageError when there is no such connection.
    """
    analysis.segments_of(number)
    table, place = analysis.connections.table, number - 1
    found: dict[int, Related] = {}
    ways = (
        _translated(analysis, place),
        _forwarded(analysis, judgement, place) if judgement is not None else iter(()),
        _incarnations(table, place),
        _same_port(table, place),
        _same_pair(table, place),
    )
    for relation, way in zip(Relation, ways, strict=True):
        for other, why in way:
            if other != place:
                found.setdefault(other, Related(connection=other + 1, relation=relation, why=why))
    return tuple(found.values())


def _translated(analysis: "Analysis", place: int) -> Iterator[tuple[int, str]]:
    """Find the connections whose SYN and SYN-ACK have the ISNs of this one: 64 bits that no other has by chance."""
    segments, offsets = analysis.connections.segments, analysis.connections.offsets
    own = segments[analysis.connections.order[offsets[place] : offsets[place + 1]]]
    is_syn = (pl.col("flags") & (SYN | ACK | RST)) == SYN
    is_answer = (pl.col("flags") & (SYN | ACK | RST)) == SYN | ACK
    syn, answer = (own.filter(what)["seq"] for what in (is_syn, is_answer))
    if syn.is_empty() or answer.is_empty():
        return
    with_isns = [
        segments.lazy().filter(what & (pl.col("seq") == isn)).select("connection").collect()["connection"].to_list()
        for what, isn in ((is_syn, syn[0]), (is_answer, answer[0]))
    ]
    table = analysis.connections.table
    ends = table.select(ENDS).row(place)
    for other in sorted(set(with_isns[0]) & set(with_isns[1])):
        later = table["start"][other - 1] - table["start"][place]
        if table.select(ENDS).row(other - 1) != ends and abs(later) < TRANSIT:
            when = _when(later)
            yield other - 1, f"both ISNs are the same: beyond a NAT or balancer, opened {when}"


def _forwarded(analysis: "Analysis", judgement: "Judgement", place: int) -> Iterator[tuple[int, str]]:
    """Find the other side of a proxy: what it carried both ways is the same, at the same time, and that of no other."""
    table = analysis.connections.table
    row = table.row(place, named=True)
    if min(row["initiator_bytes"], row["responder_bytes"]) < LEAST_PAYLOAD:
        return
    is_alike = (pl.col("initiator_bytes") == row["initiator_bytes"]) & (
        pl.col("responder_bytes") == row["responder_bytes"]
    )
    alike = table.lazy().with_row_index("place").filter(is_alike).head(MOST_COMPARED + 1).collect()
    own = _payload(analysis, judgement, place)
    if len(alike) > MOST_COMPARED or own is None:
        return
    same = alike.filter(
        pl.Series([_payload(analysis, judgement, other) == own for other in alike["place"].to_list()], dtype=pl.Boolean)
    )
    behind = same.filter(
        (pl.col("initiator") == row["responder"]) & pl.col("start").is_between(row["start"], row["end"])
    )
    ahead = same.filter(
        (pl.col("responder") == row["initiator"]) & (pl.col("start") <= row["start"]) & (pl.col("end") >= row["start"])
    )
    for legs, host, side in ((behind, "responder", "behind"), (ahead, "initiator", "before")):
        # Of several that carried the same at once none can be told to be the one.
        rivals = same.filter(
            (pl.col(host) == row[host]) & (pl.col("start") <= row["end"]) & (pl.col("end") >= row["start"])
        )
        if len(legs) == 1 and len(rivals) == 1 and legs["place"][0] != place:
            when = _when(legs["start"][0] - row["start"])
            yield legs["place"][0], f"same payload both ways: as {side} a proxy, opened {when}"


def _payload(analysis: "Analysis", judgement: "Judgement", place: int) -> tuple[int, int] | None:
    """Give the sums of what either end sent (`packets.checksums`); None where it is not all there and in order."""
    connections = analysis.connections
    begin, end = (int(at) for at in connections.offsets[place : place + 2])
    labels = judgement.labels[begin:end]
    rows = connections.segments.select("from_initiator", "payload_length", "payload_sum")[connections.order[begin:end]]
    is_once = (labels & np.uint16(Label.CAPTURED_TWICE)) == 0
    rows = rows.filter(pl.Series(is_once) & (pl.col("payload_length") > 0))
    if (labels & np.uint16(NOT_IN_ORDER)).any() or rows["payload_sum"].has_nulls():
        return None
    sums = []
    for is_initiators in (True, False):
        sent = rows.filter(pl.col("from_initiator") == is_initiators)
        lengths = sent["payload_length"].cast(pl.Int64).to_numpy()
        # A segment that begins at an odd byte counts with its bytes exchanged (RFC 1071 §2).
        factor = np.where((np.cumsum(lengths) - lengths) % 2, 256, 1)
        sums.append(int((sent["payload_sum"].cast(pl.Int64).to_numpy() * factor % MODULUS).sum()) % MODULUS)
    return sums[0], sums[1]


def _incarnations(table: pl.DataFrame, place: int) -> Iterator[tuple[int, str]]:
    row = table.row(place, named=True)
    turned = {f"{end}{port}": f"{other}{port}" for end, other in (TURN, TURN[::-1]) for port in ("", "_port")}
    is_same = pl.all_horizontal(pl.col(name) == row[name] for name in ENDS)
    is_turned = pl.all_horizontal(pl.col(name) == row[turned[name]] for name in ENDS)
    found = np.array(_places(table, is_same | is_turned), np.int64)
    nearest = np.argsort(np.abs(found - place), kind="stable")[: 2 * MOST_NEAR + 1]  # they stand in order of time
    for other in np.sort(found[nearest]).tolist():
        is_after = other > place
        first, second = (row, table.row(other, named=True)) if is_after else (table.row(other, named=True), row)
        gap = second["start"] - first["end"]
        passed = f"{seconds(gap, TIME_WIDTH)} s" if gap >= 0 else "no time"
        side = "after this one ended" if is_after else "before this one began"
        yield other, f"same addresses and ports, {passed} {side}"


TURN = ("initiator", "responder")


def _same_port(table: pl.DataFrame, place: int) -> Iterator[tuple[int, str]]:
    row = table.row(place, named=True)
    is_same = (pl.col("initiator") == row["initiator"]) & (pl.col("initiator_port") == row["initiator_port"])
    for other in _nearest(table, is_same, place):
        yield other, f"same client address and port to another server, opened {_since(table, place, other)}"


def _same_pair(table: pl.DataFrame, place: int) -> Iterator[tuple[int, str]]:
    row = table.row(place, named=True)
    is_same = (pl.col("initiator") == row["initiator"]) & (pl.col("responder") == row["responder"])
    for other in _nearest(table, is_same, place):
        is_service = table["responder_port"][other] == row["responder_port"]
        other_port = "" if is_service else ", another port"
        yield other, f"same client and server{other_port}, opened {_since(table, place, other)}"


def _nearest(table: pl.DataFrame, condition: pl.Expr, place: int) -> Sequence[int]:
    """Give those of some connections that were opened nearest in time to one, within NEAR, by time."""
    places = _places(table, condition)
    away = np.abs(table["start"].gather(places).to_numpy() - table["start"][place])
    places_near = np.array(places, np.int64)[away < NEAR]
    nearest = places_near[np.argsort(away[away < NEAR], kind="stable")[: MOST_NEAR + 1]]
    found: list[int] = np.sort(nearest).tolist()
    return found


def _places(table: pl.DataFrame, condition: pl.Expr) -> list[int]:
    return table.lazy().with_row_index("place").filter(condition).select("place").collect()["place"].to_list()


def _since(table: pl.DataFrame, place: int, other: int) -> str:
    return _when(table["start"][other] - table["start"][place])


def _when(nanoseconds: int) -> str:
    if not nanoseconds:
        return "at the same time"
    return f"{seconds(abs(nanoseconds), TIME_WIDTH)} s {'later' if nanoseconds > 0 else 'earlier'}"


def pair_words(analysis: "Analysis", number: int, names: Names = NO_NAMES) -> str:
    """Write a connection's number and both endpoints, by their names where they have some."""
    row = analysis.connections.table.row(number - 1, named=True)
    ends = [(analysis.addresses[row[end]], row[f"{end}_port"]) for end in TURN]
    return f"#{number} " + " > ".join(named(names.host(*end), endpoint(*end), end[1]) for end in ends)


def related_lines(analysis: "Analysis", found: Sequence[Related], names: Names = NO_NAMES) -> Iterator[Line]:
    """Give a line for each related connection, or one that says that there is none."""
    words = [pair_words(analysis, one.connection, names) for one in found]
    width = max(map(len, words), default=0)
    for pair, one in zip(words, found, strict=True):
        yield Span(f"{pair:<{width}}  "), Span(one.why, "note")
    if not found:
        yield (Span(NONE_RELATED),)


NONE_RELATED = "No other connection is between the same hosts within 60 s, on the same port, or the same beyond a NAT."


def related_json_lines(analysis: "Analysis", found: Sequence[Related]) -> Iterator[str]:
    """Give an object for each related connection: `connection`, both ends, `relation` (of Relation) and `why`."""
    for one in found:
        row = analysis.connections.table.row(one.connection - 1, named=True)
        ends = {end: {"address": analysis.addresses[row[end]], "port": row[f"{end}_port"]} for end in TURN}
        yield json.dumps({"connection": one.connection, **ends, "relation": one.relation.value, "why": one.why})
