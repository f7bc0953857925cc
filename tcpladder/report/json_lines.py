"""Connections and ladders for programs: JSON Lines with keys that keep their names and their meaning.

A connection: `connection` (its number, from 1), `initiator` and `responder` (`address`, `port`), `role_basis` (what
the roles rest on: `syn`, `syn-ack` or `guessed`), `first_frame`, `start` (seconds since 1970), `duration` (seconds),
`segments`, `payload` (bytes sent by each endpoint), `states` (those that each endpoint went through, in order),
`state_seconds` (how long each was in each of its states, as far as the capture shows), `class` (how it ended: one of
`tcp.teardown.Ending`), `closed_first` and `reset_by` (`initiator`, `responder` or null), `reset` (of the RST that ended
it: its `frame`, the frame that it `answers` or null, and the probable `reason` in words; or null), `tags`, `conn_state`
and `history` (as Zeek writes them), `timestamps` (`negotiated`: true, false, or null where that is not known; each
endpoint's `clock_hz`), `rtt` (milliseconds), `findings`.

A finding: `rule` (its id), `level` (`violation`, `deviation` or `note`), `confidence` (`high`, `medium` or `low`),
`endpoint` (the one at fault, or null), `frames` (its proof, the decisive one first), `message`, and `lacking` (what the
capture lacks, where that made the finding weaker). In the list of all findings it has `connection` (null for what
belongs to no single one), `connections` (those it rests on) and `about` (the host or port) before these.

A segment of a ladder: `frame` (as Wireshark numbers it), `time` (seconds since 1970), `from`, `flags` (as in
`SYN,ACK`), `seq` and `ack` (relative, as Wireshark shows them), `seq_raw` and `ack_raw`, `len` (payload bytes),
`before` and `after` (each endpoint's state), `passed` (states that each went through in between, where two segments
took effect at once), `basis` (what each endpoint's state after it rests on: `seen`, `inferred` or `unknown`), `labels`
(such as `retransmission`) and `findings` (those that it is a proof of).

States are written as RFC 9293 does, with underscores: `SYN_SENT`, `SYN_RCVD` (SYN-RECEIVED), `TIME_WAIT`; `UNKNOWN`
where one is not known. Times have nine decimals and are exact.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from tcpladder.analysis import Analysis
from tcpladder.ladder.rungs import Ladder, Rung
from tcpladder.packets.flags import flag_names
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Confidence, Level
from tcpladder.rulebook.manual import manual
from tcpladder.rulebook.rule import Rule
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
NS = 1_000_000_000


def connection_lines(analysis: Analysis) -> Iterator[str]:
    """Give a line for each connection."""
    judgement = analysis.judgement
    verdicts = judgement.verdicts.iter_rows(named=True)
    for row, verdict in zip(analysis.connections.table.iter_rows(named=True), verdicts, strict=True):
        number = row["connection"]
        initiator, responder = judgement.histories.of(number)
        yield _line(
            {
                "connection": number,
                "initiator": {"address": analysis.addresses[row["initiator"]], "port": row["initiator_port"]},
                "responder": {"address": analysis.addresses[row["responder"]], "port": row["responder_port"]},
                "role_basis": row["role_basis"],
                "first_frame": row["first_frame"],
            },
            {"start": row["start"], "duration": row["end"] - row["start"]},
            {
                "segments": row["segments"],
                "payload": {"initiator": row["initiator_bytes"], "responder": row["responder_bytes"]},
                "states": {
                    "initiator": [state.name for state in initiator.states],
                    "responder": [state.name for state in responder.states],
                },
                "state_seconds": _state_seconds(analysis, number),
                **_verdict(verdict),
                "findings": [_finding(finding) for finding in judgement.findings_of(number)],
            },
        )


def finding_lines(analysis: Analysis) -> Iterator[str]:
    """Give a line for each finding, the gravest first, after what is to be known about the capture itself."""
    for note in analysis.judgement.health:
        yield json.dumps(
            {
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
        )
    for finding in analysis.judgement.findings:
        place: dict[str, Json] = {
            "connection": finding.connection,
            "connections": list(finding.connections),
            "about": finding.about or None,
        }
        yield json.dumps(place | _finding(finding))


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


def _verdict(verdict: dict[str, Any]) -> dict[str, Json]:
    return {
        "class": verdict["ending"],
        "closed_first": _end_name(verdict["closed_first"]),
        "reset_by": _end_name(verdict["reset_by"]),
        "reset": _reset(verdict),
        "tags": verdict["tags"],
        "conn_state": verdict["conn_state"],
        "history": verdict["history"],
        "timestamps": {
            "negotiated": verdict["has_timestamps"],
            "clock_hz": {end.name.lower(): verdict[f"{end.name.lower()}_clock_hz"] for end in Endpoint},
        },
        "rtt": {words: _milliseconds(verdict[column]) for words, column in ROUND_TRIPS.items()},
    }


def _reset(verdict: dict[str, Any]) -> dict[str, Json] | None:
    if verdict["reset_frame"] is None:
        return None
    return {
        "frame": verdict["reset_frame"],
        "answers": verdict["reset_answers"],
        "reason": verdict["reset_reason"],
    }


def _finding(finding: Finding) -> dict[str, Json]:
    return {
        "rule": finding.rule,
        "level": finding.level.word,
        "confidence": finding.confidence.word,
        "endpoint": None if finding.endpoint is None else finding.endpoint.name.lower(),
        "frames": list(finding.frames),
        "message": finding.message,
        "lacking": list(finding.rests_on_missing),
    }


def _state_seconds(analysis: Analysis, number: int) -> dict[str, Json]:
    """Give for how long each endpoint was in each state between the connection's first segment and its last."""
    rows = analysis.connections.rows_of(number)
    times = analysis.connections.segments["time"].gather(rows).to_list()
    timeline = analysis.timeline(number)
    spent: dict[str, Json] = {}
    for end in Endpoint:
        marks = [(0, State(timeline.states[end, 0]))]
        marks += [(change.row, change.state) for change in timeline.changes if change.endpoint is end]
        sums: dict[str, float] = {}
        for (row, state), following in zip(marks, [row for row, _ in marks[1:]] + [len(times) - 1], strict=True):
            sums[state.name] = sums.get(state.name, 0) + max(times[following] - times[row], 0) / NS
        spent[end.name.lower()] = {name: round(seconds, 6) for name, seconds in sums.items()}
    return spent


def _end_name(number: int | None) -> str | None:
    return None if number is None else Endpoint(number).name.lower()


def _milliseconds(nanoseconds: float | None) -> float | None:
    return None if nanoseconds is None else round(nanoseconds / 1_000_000, 3)


def ladder_lines(ladder: Ladder) -> Iterator[str]:
    """Give a line for each segment of a connection."""
    for row in range(len(ladder)):
        rung = ladder.rung(row)
        yield _line({"frame": rung.frame}, {"time": rung.time}, _segment(rung, *ladder.raw_numbers(row)))


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
        "findings": [_finding(finding) for finding in rung.proves],
    }


def _pair(states: tuple[State, State]) -> dict[str, Json]:
    return {end.name.lower(): states[end].name for end in Endpoint}


def _line(before: dict[str, Json], times: dict[str, int], after: dict[str, Json]) -> str:
    """Write one object. Times come in ns: as a float a time since 1970 would lose the last digits."""
    exact = ", ".join(f'"{key}": {_seconds(nanoseconds)}' for key, nanoseconds in times.items())
    return f"{json.dumps(before)[:-1]}, {exact}, {json.dumps(after)[1:]}"


def _seconds(nanoseconds: int) -> str:
    sign = "-" if nanoseconds < 0 else ""
    whole, fraction = divmod(abs(nanoseconds), NS)
    return f"{sign}{whole}.{fraction:09d}"
