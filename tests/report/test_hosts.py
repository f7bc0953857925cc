"""The figures of hosts."""

from typing import Any

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.report.hosts import HOSTS, Hosts, hosts_of, most_at_once
from tests.building import analysed
from tests.report.test_port_reuse import closed
from tests.samples import sample


def rows(hosts: Hosts) -> dict[str, dict[str, Any]]:
    """Give the rows by their addresses, `:port` behind for what is served."""
    return {
        hosts.texts[row["address"]] + (f":{row['port']}" if row["port"] is not None else ""): row
        for row in hosts.table.iter_rows(named=True)
    }


def reckoned(text: str) -> dict[str, dict[str, Any]]:
    analysis = analysed(text)
    return rows(hosts_of(analysis, analysis.judgement))


CLIENT, SERVER = "192.0.2.10", "198.51.100.20"


def test_a_host_has_a_row_and_each_port_that_it_serves_another() -> None:
    found = rows(hosts_of(sample("showcase"), sample("showcase").judgement))
    assert set(found) == {
        *(CLIENT, SERVER, "2001:db8::10", "2001:db8::20", "2001:db8::20:80"),
        *(f"{SERVER}:{port}" for port in (80, 5000, 8080, 8081, 8443)),
    }
    server = [row for name, row in found.items() if name.startswith(f"{SERVER}:")]
    for figure in ("connections", "accepted", "sent", "unanswered", "repeated", "half_open", "resets"):
        assert sum(row[figure] for row in server) == found[SERVER][figure]
    assert (found[CLIENT]["opened"], found[CLIENT]["accepted"]) == (23, 0)
    assert (found[CLIENT]["ports"], found[CLIENT]["lowest_port"], found[CLIENT]["highest_port"]) == (22, 5000, 49152)


def test_what_agrees_with_the_connection_list() -> None:
    analysis = sample("showcase")
    table = hosts_of(analysis, analysis.judgement).table
    hosts = table.filter(pl.col("port").is_null())
    assert hosts["opened"].sum() == hosts["accepted"].sum() == len(analysis.connections)
    assert hosts["sent"].sum() == len(analysis.connections.segments)
    assert dict(table.schema) == HOSTS


def test_ports_that_come_again_are_counted_by_who_used_them() -> None:
    text = closed(1_000, tsval=100) + "\n    initiator > responder  SYN isn=500 tsval=900 tsecr=0 kinds=0 +2s\n... +60s"
    found = reckoned(text)
    client = found[CLIENT]
    assert client["tuple_gap"] == client["port_gap"] == 2_000_000_000
    assert [client[name] for name in ("reused", "reused_waiting", "by_timestamp", "by_neither")] == [1, 1, 1, 0]
    assert found[SERVER]["tuple_gap"] is None
    assert found[SERVER]["reused"] == 0


def test_the_same_port_to_another_address_is_no_4_tuple() -> None:
    other = closed(1_000).replace("responder", "other")
    found = reckoned(f"{closed(1_000)}\nother = 203.0.113.1:443\n    other = 203.0.113.1:443\n{other}\n... +60s")
    assert found[CLIENT]["tuple_gap"] is None
    assert found[CLIENT]["port_gap"] == 10_000_000


def test_time_wait_ends_after_2msl_or_when_the_port_is_used_again() -> None:
    ends = "\n".join(f"c{n} = 192.0.2.10:{40000 + n}" for n in range(3))
    parts = [closed(1_000, closer=">").replace("initiator", f"c{n}") for n in range(3)]
    together = reckoned(f"{ends}\n{''.join(parts)}... +60s")
    assert (together[CLIENT]["time_wait"], together[CLIENT]["time_wait_usual"]) == (3, 3)
    assert together[SERVER]["time_wait"] == 0
    assert together[CLIENT]["held"] == 3
    apart = reckoned(f"{ends}\n{'... +100s'.join(parts)}... +60s")
    assert (apart[CLIENT]["time_wait"], apart[CLIENT]["time_wait_usual"]) == (3, 1)
    assert apart[CLIENT]["held"] == 1
    reused = reckoned(f"{closed(1_000, closer='>')}{closed(90_000, closer='>')}... +60s")
    assert (reused[CLIENT]["time_wait"], reused[CLIENT]["held"]) == (1, 1)


def test_ports_are_held_towards_one_server_at_a_time() -> None:
    other = closed(1_000).replace("responder", "other").replace("initiator", "b")
    ends = "other = 203.0.113.1:443\nb = 192.0.2.10:40001\n"
    found = reckoned(f"{ends}{closed(1_000)}{other}... +60s")
    assert (found[CLIENT]["ports"], found[CLIENT]["held"]) == (2, 1)
    assert found[SERVER]["held"] == 0


def test_signs_of_a_full_backlog() -> None:
    found = reckoned(
        """
        a = 192.0.2.10:1001
        b = 192.0.2.10:1002
        a > responder  SYN
        a > responder  SYN seq=0 +1s
        a > responder  SYN seq=0 +2s
        b > responder  SYN
        b < responder  SYN,ACK
        b < responder  SYN,ACK seq=0 +1s
        b > responder  ACK
        b < responder  RST,ACK
        ... +60s
        """
    )
    server = found[f"{SERVER}:443"]
    assert [server[name] for name in ("accepted", "unanswered", "repeated", "resets")] == [2, 1, 1, 1]
    assert [found[CLIENT][name] for name in ("in_vain", "unanswered", "resets", "repeated")] == [1, 0, 0, 0]


def test_the_only_syn_ack_of_a_simultaneous_open_came_once() -> None:
    found = rows(hosts_of(sample("showcase"), sample("showcase").judgement))
    assert found[f"{SERVER}:5000"]["repeated"] == 0


def test_findings_count_for_the_end_that_they_are_about() -> None:
    analysis = sample("showcase")
    hosts = hosts_of(analysis, analysis.judgement)
    listener = next(at for at, name in enumerate(rows(hosts)) if name == f"{SERVER}:8080")
    assert "diag-accept-queue-overflow" in {finding.rule for finding in hosts.surveyed[listener]}
    client = next(at for at, name in enumerate(rows(hosts)) if name == CLIENT)
    assert "diag-accept-queue-overflow" not in {finding.rule for finding in hosts.surveyed[client]}


def test_a_host_that_talks_to_itself_counts_each_connection_once() -> None:
    text = "c = 127.0.0.1:4000\ns = 127.0.0.1:80\nc > s  SYN\nc < s  SYN,ACK\nc > s  ACK\n... +60s"
    found = reckoned(text)
    assert [found["127.0.0.1"][name] for name in ("connections", "opened", "accepted", "sent", "peak")] == [
        1,
        1,
        1,
        3,
        1,
    ]


def test_a_capture_without_connections_has_no_hosts() -> None:
    assert reckoned("") == {}


SPANS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9), st.integers(0, 5)), max_size=12)


@given(SPANS)
@settings(max_examples=30)
def test_most_at_once_is_the_most_of_any_moment(spans: list[tuple[int, int, int]]) -> None:
    columns = [np.array(column, np.int64) for column in zip(*spans, strict=True)] if spans else [np.empty(0, int)] * 3
    owner, begin, length = columns
    found = most_at_once(owner, begin, begin + length, 3)
    for row in range(3):
        there = [sum(o == row and b <= at < b + n for o, b, n in spans) for at in range(15)]
        assert found[row] == max(there)
