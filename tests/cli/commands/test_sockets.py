"""`tcpladder sockets`: who had which at a time."""

import json

from tests.cli.running import SHOWCASE, tcpladder


def test_sockets_are_printed_at_the_end_or_at_another_time() -> None:
    ran = tcpladder("sockets", SHOWCASE)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("192.0.2.10  12 TIME-WAIT · 1 SYN-SENT\n")
    lines = tcpladder("sockets", SHOWCASE, "--at", "0.03", "--json").out.splitlines()
    assert {json.loads(line)["state"] for line in lines} == {"ESTABLISHED", "LISTEN"}


def test_times_that_are_none_are_refused_and_those_beyond_the_capture_are_not() -> None:
    ran = tcpladder("sockets", SHOWCASE, "--at", "nan")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("tcpladder: --at nan is no time.")
    assert tcpladder("sockets", SHOWCASE, "--at", "-inf").out == "No socket is known of at this time.\n"
    assert tcpladder("sockets", SHOWCASE, "--at", "inf").code == 0
