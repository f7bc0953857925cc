"""JSON Lines for programs: the keys and their order are a promise, and times are exact."""

import json
import re
from decimal import Decimal
from itertools import compress
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.ladder.rungs import ladder_of
from tcpladder.packets.flags import flag_names
from tcpladder.report import json_lines
from tcpladder.report.json_lines import connection_lines, finding_lines, ladder_lines
from tcpladder.tcp.states import State
from tests import samples
from tests.building import analysed, ladder
from tests.generating import maimed_lives

TEXT = """
    initiator = [2001:db8::1]:40000 isn=4294967295
    initiator > responder  SYN
    initiator < responder  SYN,ACK  +1ns
    initiator > responder  PSH,ACK len=10  +1s
    initiator < responder  RST,ACK
    """

CONNECTION = {
    "connection": 1,
    "initiator": {"address": "2001:db8::1", "port": 40000},
    "responder": {"address": "198.51.100.20", "port": 443},
    "role_basis": "syn",
    "first_frame": 1,
    "start": Decimal("1700000000.000000000"),
    "duration": Decimal("1.010000001"),
    "segments": 4,
    "payload": {"initiator": 10, "responder": 0},
    "states": {
        "initiator": ["CLOSED", "SYN_SENT", "ESTABLISHED", "CLOSED"],
        "responder": ["LISTEN", "SYN_RCVD", "ESTABLISHED", "CLOSED"],
    },
    "state_seconds": {
        "initiator": {"CLOSED": Decimal(0), "SYN_SENT": Decimal(0), "ESTABLISHED": Decimal("1.01")},
        "responder": {
            "LISTEN": Decimal(0),
            "SYN_RCVD": Decimal(1),
            "ESTABLISHED": Decimal("0.01"),
            "CLOSED": Decimal(0),
        },
    },
    "class": "abort-after-data",
    "closed_first": None,
    "reset_by": "responder",
    "reset": {"frame": 4, "answers": 3, "reason": "its application closed it by abort"},
    "tags": [],
    "conn_state": "RSTR",
    "history": "ShDr",
    "timestamps": {"negotiated": False, "clock_hz": {"initiator": None, "responder": None}},
    "rtt": {
        "handshake_initiator": Decimal(1000),
        "handshake_responder": Decimal(0),
        "timestamps_min": None,
        "timestamps_median": None,
        "acknowledgments_min": Decimal(1000),
        "acknowledgments_median": Decimal(1000),
    },
    "findings": [],
}
FINDING = {
    "rule": "rst-abortive-close",
    "level": "note",
    "confidence": "high",
    "endpoint": "responder",
    "frames": [4],
    "message": "",
    "lacking": [],
}
SEGMENT = {
    "frame": 2,
    "time": Decimal("1700000000.000000001"),
    "from": "responder",
    "flags": "SYN,ACK",
    "seq": 0,
    "ack": 1,
    "seq_raw": 5000,
    "ack_raw": 0,
    "len": 0,
    "before": {"initiator": "SYN_SENT", "responder": "LISTEN"},
    "after": {"initiator": "ESTABLISHED", "responder": "SYN_RCVD"},
    "passed": {"initiator": [], "responder": []},
    "basis": {"initiator": "seen", "responder": "seen"},
    "labels": [],
    "findings": [],
}


def parsed(line: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line, parse_float=Decimal)
    return found


def test_a_connection() -> None:
    (line,) = connection_lines(analysed(TEXT))
    found = parsed(line)
    assert list(found) == list(CONNECTION)
    assert found | {"findings": []} == CONNECTION
    assert '"start": 1700000000.000000000, "duration": 1.010000001' in line


SEVERAL = """
    initiator > responder  SYN
    other = 192.0.2.11:50000
    other > responder  SYN +1s
    initiator < responder  SYN,ACK +1s
    third = 192.0.2.12:50000
    third > responder  SYN
    third < responder  RST,ACK
    """


@pytest.mark.parametrize("chunk", [1, 2, 3])
def test_how_many_connections_are_written_at_once_is_all_the_same(chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = analysed(SEVERAL)
    at_once = list(connection_lines(analysis))
    monkeypatch.setattr(json_lines, "CHUNK", chunk)
    assert list(connection_lines(analysis)) == at_once
    assert [parsed(line)["connection"] for line in at_once] == [1, 2, 3]
    assert parsed(at_once[0])["state_seconds"]["initiator"] == {"CLOSED": 0, "SYN_SENT": 2, "ESTABLISHED": 0}


@pytest.mark.parametrize("kept", [[True, False, True], [False, False, True], [False, False, False]])
def test_only_those_that_are_kept_have_a_line(kept: list[bool], monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = analysed(SEVERAL)
    expected = list(compress(connection_lines(analysis), kept))
    monkeypatch.setattr(json_lines, "CHUNK", 2)
    assert list(connection_lines(analysis, kept=np.array(kept))) == expected


def test_no_connections_have_no_lines() -> None:
    assert list(connection_lines(analysed([]))) == []


def test_a_segment() -> None:
    line = list(ladder_lines(ladder(TEXT)))[1]
    found = parsed(line)
    assert found == SEGMENT
    assert list(found) == list(SEGMENT)


def test_findings_stand_with_their_connection_their_segments_and_by_themselves() -> None:
    analysis = analysed(TEXT)
    (line,) = connection_lines(analysis)
    found = {finding["rule"]: finding for finding in parsed(line)["findings"]}["rst-abortive-close"]
    assert set(found) == set(FINDING)
    assert {key: found[key] for key in FINDING if key != "message"} | {"message": ""} == FINDING
    segments = [parsed(segment) for segment in ladder_lines(ladder_of(analysis, 1, analysis.judgement))]
    assert found in segments[3]["findings"]
    alone = [parsed(line) for line in finding_lines(analysis)]
    assert {"connection": 1, "connections": [], "about": None} | found in alone


@pytest.mark.parametrize("keys", [CONNECTION, SEGMENT, FINDING], ids=["connection", "segment", "finding"])
def test_every_key_is_documented(keys: dict[str, Any]) -> None:
    documented = set(re.findall(r"`(\w+)`", json_lines.__doc__ or ""))
    assert set(keys) - documented == set()


def test_every_state_is_documented_or_spelt_as_in_rfc_9293() -> None:
    documented = set(re.findall(r"`([A-Z_]+)`", json_lines.__doc__ or ""))
    assert documented <= {state.name for state in State}
    assert {"SYN_RCVD", "UNKNOWN"} <= documented


@given(maimed_lives(), st.integers(0, 2**62))
def test_every_line_is_json_of_one_line_with_all_keys_and_exact_times(rows: list[Any], offset: int) -> None:
    analysis = analysed(rows)
    connections = list(connection_lines(analysis))
    assert len(connections) == len(analysis.connections)
    for number, line in enumerate(connections, start=1):
        found = parsed(line)
        assert "\n" not in line
        assert set(found) == set(CONNECTION)
        table = analysis.connections.table.row(number - 1, named=True)
        assert found["start"] * 10**9 == table["start"]
        assert found["duration"] * 10**9 == table["end"] - table["start"]
        segments = analysis.segments_of(number)
        for segment, row in zip(
            map(parsed, ladder_lines(ladder_of(analysis, number))), segments.iter_rows(named=True), strict=True
        ):
            assert set(segment) == set(SEGMENT)
            assert segment["time"] * 10**9 == row["time"]
            numbers = ("frame", "seq_raw", "ack_raw", "len", "flags")
            expected = (row["frame"], row["seq"], row["ack"], row["payload_length"], flag_names(row["flags"]))
            assert tuple(segment[name] for name in numbers) == expected


@pytest.mark.parametrize(
    ("nanoseconds", "written"),
    [
        (0, "0.000000000"),
        (1, "0.000000001"),
        (-1, "-0.000000001"),
        (-1_000_000_001, "-1.000000001"),
        (1_700_000_000_123_456_789, "1700000000.123456789"),
        (2**63 - 1, "9223372036.854775807"),
    ],
)
def test_times_have_nine_decimals_and_are_exact(nanoseconds: int, written: str) -> None:
    assert json_lines.exact_seconds(nanoseconds) == written


def test_times_that_run_backwards_give_no_negative_duration() -> None:
    (line,) = connection_lines(analysed("initiator > responder  SYN\n initiator < responder  SYN,ACK -5s"))
    found = parsed(line)
    assert found["duration"] == 5
    assert found["start"] == Decimal(1_700_000_000) - 5


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_states_of_list_and_ladder_agree(path: Any) -> None:
    analysis = samples.analysis_of(path)
    for found in map(parsed, connection_lines(analysis)):
        rows = [parsed(line) for line in ladder_lines(ladder_of(analysis, found["connection"]))]
        for end in ("initiator", "responder"):
            states = [rows[0]["before"][end]]
            for row in rows:
                states += row["passed"][end]
                states += [row["after"][end]] if row["after"][end] != states[-1] else []
            assert states == found["states"][end]
