"""`tcpladder related`: what has to do with a connection."""

import json

from tests.cli.running import SAMPLES, tcpladder

REUSED = SAMPLES / "port-reuse.client.pcap"


def test_related_connections_are_printed() -> None:
    ran = tcpladder("related", REUSED, "1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.split("  ")[-1].strip() == "same addresses and ports, 0.090153 s after this one ended"
    (line,) = tcpladder("related", "--json", REUSED, "1").out.splitlines()
    assert json.loads(line)["relation"] == "incarnation"


def test_a_connection_that_is_not_there_is_told() -> None:
    assert tcpladder("related", REUSED, "3").code == 2
