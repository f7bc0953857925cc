"""What figures of hosts come to, in words."""

import pytest

from tcpladder.report.host_words import facts, verdicts
from tcpladder.report.hosts import Hosts, hosts_of
from tests.building import analysed
from tests.report.test_hosts import CLIENT, SERVER, rows
from tests.report.test_port_reuse import closed
from tests.samples import sample


def reckoned(text: str) -> Hosts:
    analysis = analysed(text)
    return hosts_of(analysis, analysis.judgement)


def at(hosts: Hosts, name: str) -> int:
    return list(rows(hosts)).index(name)


def said(hosts: Hosts, name: str) -> list[str]:
    return [str(verdict) for verdict in verdicts(hosts, at(hosts, name))]


@pytest.mark.parametrize(
    ("syn", "words"),
    [
        ("isn=500 tsval=900 tsecr=0", "1 by a newer timestamp, which is legal (RFC 6191 §2)"),
        ("isn=90000", "1 by a higher number alone, which may be accepted (RFC 9293 §3.6.1)"),
        ("isn=500", "1 by neither a newer timestamp nor a higher number: it may be dropped"),
    ],
)
def test_a_port_used_again_says_what_makes_it_legal(syn: str, words: str) -> None:
    text = f"{closed(1_000, tsval=100)}\n    initiator > responder  SYN {syn} kinds=0 +2s\n... +60s"
    assert said(reckoned(text), CLIENT) == [
        f"1 connection on a 4-tuple within 2MSL (240 s) of the last, after 2.000000 s; 1 in its TIME-WAIT: {words} "
        "(confidence medium)"
    ]


def test_a_short_capture_does_not_say_that_no_port_comes_again() -> None:
    hosts = reckoned(f"{closed(1_000)}... +60s")
    told = dict(facts(hosts, at(hosts, CLIENT)))
    assert told["used again"] == "no port came again in 0 s, which is less than 2MSL (240 s): it says little"


def test_time_wait_is_told_as_inferred_and_for_both_times() -> None:
    hosts = reckoned(f"{closed(1_000, closer='>')}... +60s")
    told = dict(facts(hosts, at(hosts, CLIENT)))["TIME-WAIT"]
    assert "1 at once at most, were each held for 240 s (RFC 9293 §3.4.2)" in told
    assert told.endswith("1 if for 60 s, as on Linux: inferred")


def test_a_host_that_was_not_captured_is_not_accused() -> None:
    hosts = reckoned("initiator > responder  SYN\ninitiator > responder  SYN seq=0 +1s\n... +60s")
    assert said(hosts, f"{SERVER}:443") == [
        "Nothing from it was captured: whether it answers can't be told (confidence low)"
    ]


def test_a_full_accept_queue_is_told_once_and_by_its_rule() -> None:
    hosts = hosts_of(sample("showcase"), sample("showcase").judgement)
    first = verdicts(hosts, at(hosts, f"{SERVER}:8080"))[0]
    assert (first.rule, first.about) == ("diag-accept-queue-overflow", "")
    of_host = verdicts(hosts, at(hosts, SERVER))[0]
    assert (of_host.rule, of_host.about) == ("diag-accept-queue-overflow", f"{SERVER}:8080")
    assert not any("SYN-ACK again" in words for words in said(hosts, f"{SERVER}:8080"))
    assert not verdicts(hosts, at(hosts, SERVER), is_alone=False)


def test_a_host_of_which_nothing_is_to_be_said() -> None:
    hosts = hosts_of(sample("showcase"), sample("showcase").judgement)
    assert said(hosts, "2001:db8::20:80") == ["Nothing was found"]
    assert said(hosts, f"{SERVER}:8081") == ["1 finding about single connections, none about what it serves here"]


def test_what_is_said_of_a_port_is_not_said_again_of_its_host_where_both_stand() -> None:
    hosts = reckoned("initiator > responder  SYN\ninitiator < responder  SYN,ACK\n... +60s")
    words = "1 connection to it stayed half-open: the handshake was not seen to end (confidence medium)"
    assert said(hosts, f"{SERVER}:443") == [words]
    assert said(hosts, SERVER) == [words]
    assert verdicts(hosts, at(hosts, SERVER), is_alone=False) == ()
