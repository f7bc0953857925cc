"""Data frames of connections and findings: what JSON Lines say of the same, flat, in columns of the types promised."""

import json
from typing import Any

import numpy as np
import polars as pl
import pytest

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Annotation
from tcpladder.report.frame_columns import CONNECTION_COLUMNS, END_NAMES, FINDING_COLUMNS, schema
from tcpladder.report.frames import connection_frame, finding_frame
from tcpladder.report.json_lines import connection_lines, finding_lines
from tcpladder.report.limits import lacking, limits
from tests.annotating import annotations
from tests.building import analysed
from tests.samples import sample

NAMES = ("showcase", "ipv6.client", "simultaneous-open.server", "lost-data.client")


def found_in(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Give the rows without what is null."""
    return [{name: value for name, value in row.items() if value is not None} for row in frame.iter_rows(named=True)]


def told(connection: dict[str, Any]) -> dict[str, Any]:
    """Put what JSON Lines say of a connection as a row should say it."""
    row = {
        **{name: connection[name] for name in ("connection", "role_basis", "first_frame", "segments", "history")},
        **{name: connection[name] for name in ("conn_state", "closed_first", "reset_by")},
        "duration_s": connection["duration"],
        "ending": connection["class"],
        "findings": len(connection["findings"]),
        "rules": ";".join(dict.fromkeys(finding["rule"] for finding in connection["findings"])) or None,
        "level": connection["findings"][0]["level"] if connection["findings"] else None,
        "tags": ";".join(connection["tags"]) or None,
        "has_timestamps": connection["timestamps"]["negotiated"],
        **{f"reset_{key}": value for key, value in (connection["reset"] or {}).items()},
        **{f"rtt_{words}_ms": value for words, value in connection["rtt"].items()},
    }
    for end in END_NAMES:
        row[end], row[f"{end}_port"] = connection[end]["address"], connection[end]["port"]
        row[f"{end}_bytes"] = connection["payload"][end]
        row[f"{end}_states"] = ";".join(connection["states"][end])
        row[f"{end}_state"] = connection["states"][end][-1]
        row[f"{end}_clock_hz"] = connection["timestamps"]["clock_hz"][end]
        row |= {f"{end}_{state.lower()}_s": seconds for state, seconds in connection["state_seconds"][end].items()}
        row.pop(f"{end}_unknown_s", None)
    return {name: value for name, value in row.items() if value is not None}


@pytest.mark.parametrize("name", NAMES)
def test_a_row_says_what_a_json_line_says(name: str) -> None:
    analysis = sample(name)
    frame = connection_frame(analysis)
    assert dict(frame.schema) == schema(CONNECTION_COLUMNS)
    rows = found_in(frame)
    for row, line in zip(rows, connection_lines(analysis), strict=True):
        connection = json.loads(line)
        assert row["start"].timestamp() == pytest.approx(connection["start"], abs=1e-6)
        for key in ("start", "retransmissions", "rtt_handshake_ms"):
            row.pop(key, None)
        assert {
            name: pytest.approx(value, abs=1e-3 if name.endswith("_ms") else 1e-6)
            if isinstance(value, float)
            else value
            for name, value in told(connection).items()
        } == row


def test_times_are_exact_and_written_in_the_shortest_way() -> None:
    row = connection_frame(sample("showcase")).row(0, named=True)
    assert (row["duration_s"], row["rtt_handshake_ms"], row["initiator_syn_sent_s"]) == (
        0.236937878,
        10.348087,
        0.010300065,
    )


def test_levels_are_in_order_so_that_they_can_be_compared() -> None:
    findings = finding_frame(sample("showcase"))
    assert findings.filter(pl.col("level") >= "deviation")["rule"].to_list() == [
        "diag-accept-queue-overflow",
        "hs-synack-after-ack",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_findings_say_what_their_json_lines_say(name: str) -> None:
    analysis = sample(name)
    frame = finding_frame(analysis)
    assert dict(frame.schema) == schema(FINDING_COLUMNS)
    lines = [json.loads(line) for line in finding_lines(analysis)][len(analysis.judgement.health) :]
    connections = {row["connection"]: row for row in connection_frame(analysis).iter_rows(named=True)}
    times = dict(analysis.connections.segments.select("frame", pl.col("time").cast(frame.schema["time"])).iter_rows())
    for about, row, finding in zip(analysis.judgement.findings, frame.iter_rows(named=True), lines, strict=True):
        for key in ("rule", "level", "confidence", "connection", "endpoint", "about", "message"):
            assert row[key] == finding[key]
        for key in ("frames", "connections", "lacking"):
            assert row[key] == (";".join(map(str, finding[key])) or None)
        assert row["frame"] == next(iter(finding["frames"]), None)
        assert row["time"] == (None if row["frame"] is None else times[row["frame"]])
        found = limits(about, lacking(analysis.judgement, [about]))
        assert row["missing"] == (";".join(found.missing) or None)
        assert row["would_change"] == " ".join(found.would_change)
        ends = connections.get(row["connection"], {})
        for key in ("initiator", "initiator_port", "responder", "responder_port"):
            assert row[key] == ends.get(key)


def test_only_the_connections_that_are_asked_for() -> None:
    analysis = sample("showcase")
    numbers = np.array([4, 14, 24])
    whole = connection_frame(analysis)
    assert connection_frame(analysis, numbers).equals(whole[[3, 13, 23]])
    assert finding_frame(analysis, numbers)["rule"].to_list() == [
        finding.rule
        for finding in analysis.judgement.findings
        if finding.connection in (4, 14, 24) or {4, 14, 24} & set(finding.connections)
    ]


@pytest.mark.parametrize("analysis", [analysed(""), sample("showcase")])
def test_without_rows_there_are_the_same_columns(analysis: Analysis) -> None:
    nothing = np.empty(0, np.int64)
    assert dict(connection_frame(analysis, nothing).schema) == schema(CONNECTION_COLUMNS)
    assert dict(finding_frame(analysis, nothing).schema) == schema(FINDING_COLUMNS)
    assert len(connection_frame(analysis, nothing)) == len(finding_frame(analysis, nothing)) == 0


def test_what_users_wrote_stands_with_the_connection() -> None:
    note = Annotation(mark="a", note="the slow one;\nask them")
    frame = connection_frame(sample("showcase"), annotations=annotations(connections={12: note}))
    assert frame.select("mark", "note").row(1) == ("a", "the slow one;\nask them")
    assert frame["note"].null_count() == len(frame) - 1
