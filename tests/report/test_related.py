"""What has to do with a connection, and that nothing else is claimed to."""

import json

import pytest

from tcpladder.errors import UsageError
from tcpladder.report.related import NONE_RELATED, pair_words, related, related_json_lines, related_lines
from tcpladder.settings.names import Names
from tests.building import analysed
from tests.samples import sample


def relations(text: str, number: int = 1) -> list[tuple[int, str]]:
    analysis = analysed(text)
    return [(one.connection, one.relation.value) for one in related(analysis, number, analysis.judgement)]


def connection(client: str, server: str, isn: int, *, payload: str = "", gap: str = "") -> str:
    """Give a connection between two endpoints, with a request and an answer where `payload` gives their sums."""
    name = f"c{isn}"
    told = f"""
    {name} = {client} isn={isn}
    s{isn} = {server} isn={isn + 5}
    {name} > s{isn}  SYN {gap}
    {name} < s{isn}  SYN,ACK
    {name} > s{isn}  ACK
    """
    if payload:
        request, answer = payload.split("/")
        told += f"""
    {name} > s{isn}  PSH,ACK len=101 sum={request} check=1
    {name} > s{isn}  PSH,ACK len=99 sum=7 check=1
    {name} < s{isn}  PSH,ACK len=50 sum={answer} check=1
    {name} > s{isn}  ACK
    """
    return told


END = "... +60s"
CLIENT, PROXY, SERVER = "192.0.2.1:1000", "203.0.113.1", "198.51.100.1:80"


def test_the_same_ports_before_and_after() -> None:
    analysis = sample("port-reuse.client")
    (after,) = related(analysis, 1, analysis.judgement)
    (before,) = related(analysis, 2, analysis.judgement)
    assert (after.connection, after.why) == (2, "same addresses and ports, 0.090153 s after this one ended")
    assert (before.connection, before.why) == (1, "same addresses and ports, 0.090153 s before this one began")


def test_both_isns_prove_a_connection_beyond_a_nat() -> None:
    inside = connection(CLIENT, SERVER, 1_000)
    outside = connection("203.0.113.9:50000", SERVER, 1_000).replace("c1000", "n").replace("s1000", "t")
    assert relations(inside + outside + END) == [(2, "translated")]
    assert relations(inside + outside + END, 2) == [(1, "translated")]
    # The SYN-ACK's number is another one: a client may well use an ISN twice.
    assert relations(inside + outside.replace("isn=1005", "isn=1006") + END) == []
    # No NAT keeps a SYN for seconds.
    late = outside.replace("SYN ", "SYN +5s", 1)
    assert relations(inside + late + END) == []


def proxied(*payloads: str) -> str:
    """Give connections to a proxy and from it, in turns; each carries what its `payload` says."""
    ends = [(f"192.0.2.{n}:1000", f"{PROXY}:80") if n % 2 == 0 else (f"{PROXY}:{2000 + n}", SERVER) for n in range(9)]
    parts = (connection(*ends[n], 1_000 * (n + 1), payload=payload) for n, payload in enumerate(payloads))
    return "".join(parts)


def overlapping(text: str) -> str:
    """Have the first connection last until the end of all."""
    return f"{text}    c1000 > s1000  FIN,ACK\n{END}"


def test_equal_payload_both_ways_is_the_other_side_of_a_proxy() -> None:
    assert relations(overlapping(proxied("5/6", "5/6"))) == [(2, "forwarded")]
    assert relations(overlapping(proxied("5/6", "5/6")), 2) == [(1, "forwarded")]


@pytest.mark.parametrize("payloads", [("5/6", "5/8"), ("5/6", "9/6"), ("", "")])
def test_other_payload_or_none_proves_nothing(payloads: tuple[str, str]) -> None:
    assert relations(overlapping(proxied(*payloads))) == []


def test_of_several_with_the_same_payload_none_is_the_one() -> None:
    found = relations(overlapping(proxied("5/6", "5/6", "", "5/6")))
    assert found == []


def test_payload_that_came_twice_or_was_not_verified_proves_nothing() -> None:
    text = overlapping(proxied("5/6", "5/6"))
    again = "c2000 > s2000  PSH,ACK len=99 sum=7 check=1"
    assert relations(text.replace(f"    {again}", f"    {again}\n    {again} seq=102", 1)) == []
    assert relations(text.replace("sum=7", "", 1)) == []


def test_what_is_between_the_same_hosts_or_from_the_same_port_counts_while_it_is_near() -> None:
    text = connection(CLIENT, SERVER, 1_000) + connection("192.0.2.1:1001", SERVER, 2_000, gap="+2s")
    text += connection(CLIENT, "198.51.100.7:80", 3_000) + connection("192.0.2.1:1002", "198.51.100.1:443", 4_000)
    text += connection("192.0.2.1:1003", SERVER, 5_000, gap="+100s") + connection("192.0.2.9:1", SERVER, 6_000)
    analysis = analysed(text + END)
    found = {one.connection: one.why for one in related(analysis, 1, analysis.judgement)}
    assert set(found) == {2, 3, 4}
    assert found[2] == "same client and server, opened 2.020000 s later"
    assert found[3].startswith("same client address and port to another server, opened 2.0")
    assert found[4].startswith("same client and server, another port, opened 2.08")


def test_lines_and_objects() -> None:
    analysis = sample("showcase")
    found = related(analysis, 12, analysis.judgement)
    assert len(found) == 10  # the nearest
    names = Names({"198.51.100.20": "shop"})
    first = next(iter(related_lines(analysis, found, names)))
    assert first[0].text.startswith("#6 192.0.2.10:5000 > shop:5000")
    assert pair_words(analysis, 24) == "#24 [2001:db8::10]:41950 > [2001:db8::20]:80"
    told = json.loads(next(related_json_lines(analysis, found)))
    assert told["responder"] == {"address": "198.51.100.20", "port": 5000}
    assert told["relation"] == "same-pair"
    assert [span.text for line in related_lines(analysis, ()) for span in line] == [NONE_RELATED]


def test_there_has_to_be_such_a_connection() -> None:
    with pytest.raises(UsageError):
        related(sample("showcase"), 25)
