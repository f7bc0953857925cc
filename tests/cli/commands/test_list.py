"""`tcpladder list`: a line a connection, or an object a connection."""

import json

from tests.cli.running import SHOWCASE, tcpladder


def test_each_connection_is_a_line_below_the_headings() -> None:
    ran = tcpladder("list", SHOWCASE)
    assert (ran.code, ran.err) == (0, "")
    headings, *lines = ran.out.splitlines()
    assert headings.split()[:3] == ["#", "initiator", "responder"]
    assert [int(line.strip("■▲● ").split()[0]) for line in lines] == list(range(1, 25))
    assert "192.0.2.10:5000" in lines[5]
    assert "handshake-timeout   SYN-SENT    ?" in lines[9]
    assert lines[13].startswith("▲  14")
    assert lines[13].endswith("hs-synack-after-ack")


def test_each_connection_is_an_object() -> None:
    ran = tcpladder("list", SHOWCASE, "--json")
    connections = [json.loads(line) for line in ran.out.splitlines()]
    assert [connection["connection"] for connection in connections] == list(range(1, 25))
    refused = connections[8]
    assert refused["initiator"] == {"address": "192.0.2.10", "port": refused["initiator"]["port"]}
    assert refused["responder"] == {"address": "198.51.100.20", "port": 8081}
    assert refused["segments"] == 2
    assert refused["class"] == "refused"
    assert refused["conn_state"] == "REJ"
    assert refused["findings"][0]["rule"] == "hs-refused"
    assert refused["states"] == {"initiator": ["CLOSED", "SYN_SENT", "CLOSED"], "responder": ["CLOSED"]}
