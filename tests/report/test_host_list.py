"""The list of hosts: orders, entries, and the filters that rows lead to."""

import json

import pytest

from tcpladder.filters.evaluation import kept
from tcpladder.filters.facts import Facts
from tcpladder.filters.parsing import parse
from tcpladder.filters.tree import Problem
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.report.host_list import COLUMNS, HostListing, host_details, host_json_lines, host_lines
from tcpladder.report.hosts import hosts_of
from tcpladder.settings.names import Names
from tests.building import analysed
from tests.samples import sample

NAMES = Names({"198.51.100.20": "shop", "198.51.100.20:8080": "shop api"})


@pytest.fixture(scope="module")
def listing() -> HostListing:
    return HostListing(hosts_of(sample("showcase"), sample("showcase").judgement), UNICODE.levels)


def shown(listing: HostListing, key: str, *, is_descending: bool = True) -> list[str]:
    return [listing.text(at, "host") for at in listing.order(key, is_descending=is_descending).tolist()]


SERVED = ["  :80", "  :8080", "  :5000", "  :8081", "  :8443"]


@pytest.mark.parametrize("column", [column.key for column in COLUMNS])
def test_whatever_hosts_serve_stands_below_them(listing: HostListing, column: str) -> None:
    for is_descending in (False, True):
        order = listing.order(column, is_descending=is_descending).tolist()
        assert sorted(order) == list(range(len(listing)))
        names = [listing.text(at, "host") for at in order]
        after = names[names.index("198.51.100.20") + 1 :][:5]
        assert sorted(after) == sorted(SERVED)


def test_the_gravest_come_first_then_those_of_most_connections(listing: HostListing) -> None:
    assert shown(listing, "level")[:3] == ["198.51.100.20", "  :8080", "  :80"]
    assert shown(listing, "level", is_descending=False)[:2] == ["2001:db8::10", "2001:db8::20"]


def test_addresses_are_in_order_and_ports_too(listing: HostListing) -> None:
    assert shown(listing, "host", is_descending=False) == [
        *("192.0.2.10", "198.51.100.20", "  :80", "  :5000", "  :8080", "  :8081", "  :8443"),
        *("2001:db8::10", "2001:db8::20", "  :80"),
    ]


def test_a_row_leads_to_just_the_connections_that_it_counts(listing: HostListing) -> None:
    facts = Facts(sample("showcase"), sample("showcase").judgement)
    for at in range(len(listing)):
        node = parse(listing.filter_of(at))
        assert node is not None
        assert not isinstance(node, Problem)
        assert kept(node, facts).sum() == listing.hosts.table["connections"][at]


def test_hosts_have_their_names(listing: HostListing) -> None:
    named = HostListing(listing.hosts, UNICODE.levels, NAMES)
    by_address = {listing.name(at): named.name(at) for at in range(len(listing))}
    assert by_address["198.51.100.20"] == "shop"
    assert by_address["198.51.100.20:8080"] == "shop api:8080"
    assert by_address["2001:db8::20"] == "2001:db8::20"
    assert named.longest("host") >= max(len(name) for name in by_address.values() if ":" not in name)
    at = next(at for at in range(len(named)) if named.name(at) == "shop")
    assert [span.text for span in next(host_details(named, at))] == ["shop  198.51.100.20"]


def test_only_who_opens_has_local_ports(listing: HostListing) -> None:
    by_name = {listing.name(at): at for at in range(len(listing))}
    assert listing.text(by_name["192.0.2.10"], "ports") == "22"
    assert listing.text(by_name["192.0.2.10"], "unanswered") == ""
    assert listing.text(by_name["198.51.100.20"], "ports") == ""
    assert listing.text(by_name["192.0.2.10"], "tuple_gap") == "0.090153"


def test_printed_lines_stand_in_columns_and_say_each_thing_once(listing: HostListing) -> None:
    lines = ["".join(span.text for span in line) for line in host_lines(listing.hosts, UNICODE.levels)]
    assert lines[0].split() == [
        *("host", "conns", "in", "1", "s", "ports", "again", "s"),
        *("TIME-WAIT", "no", "answer", "repeats", "RST", "found"),
    ]
    assert sum("accept queue was full" in line for line in lines) == 1
    assert "".join(lines).count("Nothing was found") == 0


def test_objects_for_programs_have_figures_and_verdicts(listing: HostListing) -> None:
    objects = [json.loads(line) for line in host_json_lines(listing.hosts)]
    assert len(objects) == len(listing)
    client = next(one for one in objects if (one["host"], one["port"]) == ("192.0.2.10", None))
    assert (client["connections"], client["tuple_gap"], client["by_timestamp"]) == (23, 0.090153267, 1)
    listener = next(one for one in objects if one["port"] == 8080)
    assert listener["verdicts"][0] == {
        "words": "The listener repeats its SYN-ACK (1), in 1 of 4 connections: its accept queue was full.",
        "confidence": "high",
        "level": "deviation",
        "rule": "diag-accept-queue-overflow",
    }


def test_nothing_is_listed_of_an_empty_capture() -> None:
    analysis = analysed("")
    hosts = hosts_of(analysis, analysis.judgement)
    assert len(list(host_lines(hosts, UNICODE.levels))) == 1
    assert not list(host_json_lines(hosts))
    empty = HostListing(hosts, UNICODE.levels)
    assert len(empty.order("level", is_descending=True)) == 0
    assert empty.longest("host") == 0
