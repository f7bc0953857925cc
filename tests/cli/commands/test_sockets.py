"""`tcpladder sockets`: who had which at a time."""

import json

from tests.cli.running import SHOWCASE, tcpladder


def test_sockets_are_printed_at_the_end_or_at_another_time() -> None:
    ran = tcpladder("sockets", SHOWCASE)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("192.0.2.10  12 TIME-WAIT · 1 SYN-SENT\n")
    lines = tcpladder("sockets", SHOWCASE, "--at", "0.03", "--json").out.splitlines()
    assert {json.loads(line)["state"] for line in lines} == {"ESTABLISHED", "LISTEN"}
