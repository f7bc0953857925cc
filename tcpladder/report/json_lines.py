"""Connections and ladders for programs: JSON Lines with keys that keep their names and their meaning.

A connection: `connection` (its number, from 1), `initiator` and `responder` (`address`, `port`), `role_basis` (what
the roles rest on: `syn`, `syn-ack` or `guessed`), `first_frame`, `start` (seconds since 1970), `duration` (seconds),
`segments`, `payload` (bytes sent by each endpoint), `states` (those that each endpoint went through, in order),
`state_seconds` (how long each was in each of its states, as far as the capture shows), `class` (how it ended: one of
`tcp.teardown.Ending`), `closed_first` and `reset_by` (`initiator`, `responder` or null), `reset` (of the RST that ended
it: its `frame`, the frame that it `answers` or null, and the probable `reason` in words; or null), `tags`, `conn_state`
and `history` (as Zeek writes them), `timestamps` (`negotiated`: true, false, or null where that is not known; each
endpoint's `clock_hz`), `rtt` (milliseconds), `findings`, and where users wrote something about it or its packets
(docs/annotations.md) `mark` (a letter), `note` (text, as it was written) and `packets` (each with its `frame`, and
`mark`, `note` and `comment`, which is what the capture itself says of it, where it has them).

A finding: `rule` (its id), `level` (`violation`, `deviation` or `note`), `confidence` (`high`, `medium` or `low`),
`endpoint` (the one at fault, or null), `frames` (its proof, the decisive one first), `message`, and `lacking` (what the
capture lacks, where that made the finding weaker). In the list of all findings it has `connection` (null for what
belongs to no single one), `connections` (those it rests on) and `about` (the host or port) before these.

A segment of a ladder: `frame` (as Wireshark numbers it), `time` (seconds since 1970), `from`, `flags` (as in
`SYN,ACK`), `seq` and `ack` (relative, as Wireshark shows them), `seq_raw` and `ack_raw`, `len` (payload bytes),
`before` and `after` (each endpoint's state), `passed` (states that each went through in between, where two segments
took effect at once), `basis` (what each endpoint's state after it rests on: `seen`, `inferred` or `unknown`), `labels`
(such as `retransmission`), `findings` (those that it is a proof of), and `mark`, `note` and `comment` where it has
them.

States are written as RFC 9293 does, with underscores: `SYN_SENT`, `SYN_RCVD` (SYN-RECEIVED), `TIME_WAIT`; `UNKNOWN`
where one is not known. Times have nine decimals and are exact.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import compress, islice
from operator import sub
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Annotation
from tcpladder.annotations.sidecar import Annotations
from tcpladder.ladder.rungs import Ladder, Rung
from tcpladder.packets.flags import flag_names
from tcpladder.printable import encodable
from tcpladder.report.annotation_list import Noted, by_connection, noted
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Confidence, Level
from tcpladder.rulebook.manual import manual
from tcpladder.rulebook.rule import Rule
from tcpladder.tcp.health import HealthNote
from tcpladder.tcp.inference import History
from tcpladder.tcp.state_spans import state_spans
from tcpladder.tcp.states import Basis, Endpoint, State

ROUND_TRIPS = {
    "handshake_initiator": "handshake_rtt_initiator_ns",
    "handshake_responder": "handshake_rtt_responder_ns",
    "timestamps_min": "timestamp_rtt_min_ns",
    "timestamps_median": "timestamp_rtt_median_ns",
    "acknowledgments_min": "ack_rtt_min_ns",
    "acknowledgments_median": "ack_rtt_median_ns",
}
"""Round-trip times: what each is called for programs, and its column in `tcp.timestamps.measures`."""

Json = str | int | float | None | list["Json"] | dict[str, "Json"]
Columns: TypeAlias = "dict[str, Sequence[str | int] | Columns]"
"""Many objects with the same keys: of each key the values, as they are written, one an object."""

Table: TypeAlias = dict[str, list[Any]]
"""Values of columns, by their names."""

NULL = "null"
NS = 1_000_000_000
CHUNK = 8_192  # so many connections are written at once


def connection_lines(
    analysis: Analysis, annotations: Annotations | None = None, kept: npt.NDArray[np.bool_] | None = None
) -> Iterator[str]:
    """Give a line for each connection, or for those that are `kept`, with what users wrote about it."""
    written = {number: _written(own) for number, own in by_connection(noted(analysis, annotations)).items()}
    for number, line in _numbered_lines(analysis, kept):
        yield f"{line[:-1]}, {json.dumps(written[number])[1:]}" if number in written else line


def _numbered_lines(analysis: Analysis, kept: npt.NDArray[np.bool_] | None) -> Iterator[tuple[int, str]]:
    for begin in range(0, len(analysis.connections), CHUNK):
        chunk = slice(begin, begin + CHUNK)
        if kept is None or kept[chunk].any():
            columns = _connections(analysis, chunk)
            lines = enumerate(map(_template(columns).__mod__, zip(*_leaves(columns), strict=True)), start=begin + 1)
            yield from lines if kept is None else compress(lines, kept[chunk].tolist())


def _written(noted: Sequence[Noted]) -> dict[str, Json]:
    """Give what users wrote about a connection and its packets."""
    own: dict[str, Json] = {}
    packets: list[Json] = []
    for each in noted:
        if each.frame is None:
            own |= annotation_object(each.what)
        else:
            packets.append({"frame": each.frame, **annotation_object(each.what)})
    return {**own, "packets": packets} if packets else own


def annotation_object(what: Annotation | None) -> dict[str, Json]:
    """Give what is written of a mark, a note and a comment, where there are any."""
    pairs = {"mark": what.mark, "note": what.note, "comment": what.comment} if what else {}
    return {key: encodable(text) for key, text in pairs.items() if text}


def _template(columns: Columns) -> str:
    """Write an object with a place for each value."""
    members = (f'"{key}": {_template(value) if isinstance(value, dict) else "%s"}' for key, value in columns.items())
    return f"{{{', '.join(members)}}}"


def _leaves(columns: Columns) -> Iterator[Sequence[str | int]]:
    for value in columns.values():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield value


def _connections(analysis: Analysis, rows: slice) -> Columns:
    """Give what there is to say of some rows of the connection table."""
    table = analysis.connections.table[rows].to_dict(as_series=False)
    return {
        "connection": table["connection"],
        "initiator": _socket(analysis, table, "initiator"),
        "responder": _socket(analysis, table, "responder"),
        "role_basis": _each(table["role_basis"]),
        "first_frame": table["first_frame"],
        "start": list(map(exact_seconds, table["start"])),
        "duration": list(map(exact_seconds, map(sub, table["end"], table["start"]))),
        "segments": table["segments"],
        "payload": {"initiator": table["initiator_bytes"], "responder": table["responder_bytes"]},
        **_states(analysis, rows),
        **_verdicts(analysis.judgement.verdicts[rows].to_dict(as_series=False)),
        "findings": [_findings(analysis.judgement.findings_of(number)) for number in table["connection"]],
    }


def _socket(analysis: Analysis, table: Table, end: str) -> Columns:
    return {
        "address": _each(table[end], lambda number: json.dumps(analysis.addresses[number])),
        "port": table[f"{end}_port"],
    }


def _each(values: Iterable[Any], write: Callable[[Any], str] = json.dumps) -> list[str]:
    """Write values of one type, equal ones only once."""
    written: dict[Any, str] = {}
    return [written.get(value) or written.setdefault(value, write(value)) for value in values]


def _states(analysis: Analysis, rows: slice) -> Columns:
    """Give the states of both endpoints, and how long each was in each between the first segment and the last."""
    connections, histories = analysis.connections, analysis.judgement.histories.part(rows.start, rows.stop)
    offsets = connections.offsets[rows.start : rows.stop + 1]
    times = connections.segments["time"].gather(connections.order[offsets[0] : offsets[-1]]).to_numpy()
    spans = state_spans(histories, times, offsets[:-1] - offsets[0]).reshape(len(offsets) - 1, -1)
    shapes = histories.shape_of.tolist()
    written = {shape: _WrittenStates(histories.shapes[shape]) for shape in set(shapes)}
    cells = [written[shape].cells for shape in shapes]
    connection = np.repeat(np.arange(len(shapes)), list(map(len, cells)))
    seconds = iter(_each(spans[connection, np.concatenate(cells)].tolist(), _rounded_seconds))
    return {
        "states": [written[shape].states for shape in shapes],
        "state_seconds": [
            written[shape].seconds % tuple(islice(seconds, len(written[shape].cells))) for shape in shapes
        ],
    }


class _WrittenStates:
    """What is written of both endpoints' histories.

    `cells` are the places in a row of `state_spans` of the numbers that `seconds` has places for.
    """

    def __init__(self, histories: tuple[History, History]) -> None:
        ends = [end.name.lower() for end in Endpoint]
        names = [[state.name for state in history.states] for history in histories]
        self.states = json.dumps(dict(zip(ends, names, strict=True)))
        # Each state that an endpoint was in, once.
        found = [list(dict.fromkeys(history.states)) for history in histories]
        self.cells = [end * len(State) + state for end in Endpoint for state in found[end]]
        self.seconds = _template({end: {state.name: () for state in own} for end, own in zip(ends, found, strict=True)})


def _verdicts(verdicts: Table) -> Columns:
    return {
        "class": _each(verdicts["ending"]),
        "closed_first": _each(verdicts["closed_first"], _end_name),
        "reset_by": _each(verdicts["reset_by"], _end_name),
        "reset": list(map(_reset, *(verdicts[f"reset_{key}"] for key in ("frame", "answers", "reason")))),
        "tags": _each(map(tuple, verdicts["tags"])),
        "conn_state": _each(verdicts["conn_state"]),
        "history": _each(verdicts["history"]),
        "timestamps": {
            "negotiated": _each(verdicts["has_timestamps"]),
            "clock_hz": {
                "initiator": _each(verdicts["initiator_clock_hz"]),
                "responder": _each(verdicts["responder_clock_hz"]),
            },
        },
        "rtt": {words: _each(verdicts[column], _milliseconds) for words, column in ROUND_TRIPS.items()},
    }


def _end_name(number: int | None) -> str:
    return NULL if number is None else json.dumps(Endpoint(number).name.lower())


def _reset(frame: int | None, answers: int | None, reason: str | None) -> str:
    return NULL if frame is None else json.dumps({"frame": frame, "answers": answers, "reason": reason})


def _milliseconds(nanoseconds: int | None) -> str:
    return NULL if nanoseconds is None else repr(round(nanoseconds / 1_000_000, 3))


def _rounded_seconds(nanoseconds: int) -> str:
    return repr(round(nanoseconds / NS, 6))


def _findings(findings: Sequence[Finding]) -> str:
    return json.dumps(list(map(finding_object, findings))) if findings else "[]"


def finding_lines(analysis: Analysis) -> Iterator[str]:
    """Give a line for each finding, the gravest first, after what is to be known about the capture itself."""
    yield from map(json.dumps, map(health_object, analysis.judgement.health))
    yield from map(json.dumps, map(placed_object, analysis.judgement.findings))


def health_object(note: HealthNote) -> dict[str, Json]:
    """Give what is to be known about the capture itself as a finding."""
    return {
        "connection": None,
        "connections": list(note.connections),
        "about": "capture",
        "rule": f"capture-{note.kind.value}",
        "level": Level.NOTE.word,
        "confidence": Confidence.HIGH.word,
        "endpoint": None,
        "frames": list(note.frames),
        "message": note.sentence,
        "lacking": [],
    }


def placed_object(finding: Finding) -> dict[str, Json]:
    """Give a finding with what it is about."""
    place: dict[str, Json] = {
        "connection": finding.connection,
        "connections": list(finding.connections),
        "about": finding.about or None,
    }
    return place | finding_object(finding)


def rule_lines(rules: Iterable[Rule]) -> Iterator[str]:
    """Give a line for each rule: `rule`, `title`, `level`, `category` and `sources`."""
    for rule in rules:
        yield json.dumps(
            {
                "rule": rule.id,
                "title": manual(rule.manual).title,
                "level": rule.level.word,
                "category": rule.category.value,
                "sources": list(rule.sources),
            }
        )


def finding_object(finding: Finding) -> dict[str, Json]:
    """Give a finding as it stands with its connection."""
    return {
        "rule": finding.rule,
        "level": finding.level.word,
        "confidence": finding.confidence.word,
        "endpoint": None if finding.endpoint is None else finding.endpoint.name.lower(),
        "frames": list(finding.frames),
        "message": finding.message,
        "lacking": list(finding.rests_on_missing),
    }


def ladder_lines(ladder: Ladder) -> Iterator[str]:
    """Give a line for each segment of a connection."""
    for row in range(len(ladder)):
        rung = ladder.rung(row)
        written = annotation_object(ladder.annotations.get(row))
        segment = _segment(rung, *ladder.raw_numbers(row)) | written
        yield _line({"frame": rung.frame}, {"time": rung.time}, segment)


def _segment(rung: Rung, seq_raw: int, ack_raw: int) -> dict[str, Json]:
    return {
        "from": rung.sender.name.lower(),
        "flags": flag_names(rung.words.flags),
        "seq": rung.words.seq,
        "ack": rung.words.ack,
        "seq_raw": seq_raw,
        "ack_raw": ack_raw,
        "len": rung.words.payload_length,
        "before": _pair(rung.before),
        "after": _pair(rung.after),
        "passed": {end.name.lower(): [state.name for state in rung.passed[end]] for end in Endpoint},
        "basis": {end.name.lower(): Basis(rung.bases[end]).word for end in Endpoint},
        "labels": list(rung.labels),
        "findings": [finding_object(finding) for finding in rung.proves],
    }


def _pair(states: tuple[State, State]) -> dict[str, Json]:
    return {end.name.lower(): states[end].name for end in Endpoint}


def _line(before: dict[str, Json], times: dict[str, int], after: dict[str, Json]) -> str:
    """Write one object. Times come in ns: as a float a time since 1970 would lose the last digits."""
    exact = ", ".join(f'"{key}": {exact_seconds(nanoseconds)}' for key, nanoseconds in times.items())
    return f"{json.dumps(before)[:-1]}, {exact}, {json.dumps(after)[1:]}"


def exact_seconds(nanoseconds: int) -> str:
    """Write a time in ns as seconds with nine decimals."""
    sign = "-" if nanoseconds < 0 else ""
    whole, fraction = divmod(abs(nanoseconds), NS)
    return f"{sign}{whole}.{fraction:09d}"
