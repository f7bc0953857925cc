"""Connections and ladders for programs: JSON Lines with keys that keep their names and their meaning.

A connection: `connection` (its number, from 1), `initiator` and `responder` (`address`, `port`), `role_basis` (what
the roles rest on: `syn`, `syn-ack` or `guessed`), `first_frame`, `start` (seconds since 1970), `duration` (seconds),
`segments`, `payload` (bytes sent by each endpoint), `states` (those that each endpoint went through, in order).

A segment of a ladder: `frame` (as Wireshark numbers it), `time` (seconds since 1970), `from`, `flags` (as in
`SYN,ACK`), `seq` and `ack` (relative, as Wireshark shows them), `seq_raw` and `ack_raw`, `len` (payload bytes),
`before` and `after` (each endpoint's state), `passed` (states that each went through in between, where two segments
took effect at once) and `basis` (what each endpoint's state after it rests on: `seen`, `inferred` or `unknown`).

States are written as RFC 9293 does, with underscores: `SYN_SENT`, `SYN_RCVD` (SYN-RECEIVED), `TIME_WAIT`; `UNKNOWN`
where one is not known. Times have nine decimals and are exact.
"""

import json
from collections.abc import Iterator

from tcpladder.analysis import Analysis
from tcpladder.ladder.rungs import Ladder, Rung
from tcpladder.packets.flags import flag_names
from tcpladder.tcp.states import Basis, Endpoint, State

Json = str | int | float | list["Json"] | dict[str, "Json"]
NS = 1_000_000_000


def connection_lines(analysis: Analysis) -> Iterator[str]:
    """Give a line for each connection."""
    for row in analysis.connections.table.iter_rows(named=True):
        number = row["connection"]
        initiator, responder = analysis.histories.of(number)
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
            },
        )


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
