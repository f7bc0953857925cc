"""`tcpladder ladder`: one connection, as wide as asked, or an object a segment."""

import json
from pathlib import Path

import pytest

from tests.cli.running import SAMPLES, SHOWCASE, tcpladder

CLOSE = SAMPLES / "simultaneous-close.client.pcap"


@pytest.mark.parametrize("width", [60, 80, 133])
def test_no_line_is_wider_than_asked(width: int) -> None:
    ran = tcpladder("ladder", CLOSE, "1", "--width", str(width))
    assert (ran.code, ran.err) == (0, "")
    assert max(map(len, ran.out.splitlines())) <= width
    assert len(ran.out.splitlines()) == 2 + 1 + 11  # headings, the states at first, segments


def test_a_file_gets_120_columns() -> None:
    assert max(map(len, tcpladder("ladder", CLOSE, "1").out.splitlines())) > 100


def test_ascii_is_ascii() -> None:
    assert tcpladder("ladder", CLOSE, "1", "--ascii").out.isascii()


def test_each_segment_is_an_object() -> None:
    ran = tcpladder("ladder", CLOSE, "1", "--json")
    segments = [json.loads(line) for line in ran.out.splitlines()]
    assert [segment["frame"] for segment in segments] == list(range(1, 12))
    syn = segments[0]
    assert (syn["from"], syn["flags"], syn["seq"], syn["len"]) == ("initiator", "SYN", 0, 0)
    assert syn["before"] == {"initiator": "CLOSED", "responder": "LISTEN"}
    assert syn["after"] == {"initiator": "SYN_SENT", "responder": "LISTEN"}
    assert segments[8]["after"] == {"initiator": "CLOSING", "responder": "FIN_WAIT_1"}
    assert segments[10]["basis"] == {"initiator": "inferred", "responder": "inferred"}
    assert segments[9]["passed"] == {"initiator": [], "responder": ["CLOSING"]}


def test_runs_are_folded_and_endpoints_named_where_that_is_wanted(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[names]\n"198.51.100.20" = "shop"\n')
    whole = tcpladder("ladder", SHOWCASE, "16", "--config", settings).out.splitlines()
    assert "shop 198.51.100.20:80" in whole[0]
    folded = tcpladder("ladder", SHOWCASE, "16", "--fold").out.splitlines()
    assert len(folded) < len(whole)
    assert any("8 segs 11.6 kB" in line for line in folded)
