"""`tcpladder hosts`: every host in figures."""

import json

from tests.cli.running import SAMPLES, tcpladder

REUSED = SAMPLES / "port-reuse.client.pcap"


def test_hosts_and_what_they_come_to_are_printed() -> None:
    ran = tcpladder("hosts", REUSED)
    assert (ran.code, ran.err) == (0, "")
    heading, *lines = ran.out.splitlines()
    assert heading.split()[:2] == ["host", "conns"]
    assert lines[1].split()[:3] == ["●", ":80", "2"]
    assert "1 by a newer timestamp, which is legal (RFC 6191 §2)" in lines[-1]


def test_each_host_is_an_object() -> None:
    hosts = [json.loads(line) for line in tcpladder("hosts", "--json", REUSED).out.splitlines()]
    assert [(host["host"], host["port"]) for host in hosts] == [
        ("192.0.2.10", None),
        ("198.51.100.20", None),
        ("198.51.100.20", 80),
    ]
