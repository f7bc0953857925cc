"""Given a capture, a filter gives these connections."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.filters.evaluation import kept
from tcpladder.filters.facts import Facts
from tcpladder.filters.parsing import parse
from tcpladder.filters.tokens import TOKENS
from tcpladder.filters.tree import Problem
from tcpladder.settings.names import Names
from tests.building import analysed
from tests.samples import sample

ALL = set(range(1, 25))
IPV6 = {24}


def numbers(line: str, facts: Facts) -> set[int]:
    tree = parse(line)
    assert not isinstance(tree, Problem)
    return set((np.flatnonzero(kept(tree, facts)) + 1).tolist())


@pytest.fixture(scope="module")
def facts() -> Facts:
    analysis = sample("showcase")
    return Facts(analysis, analysis.judgement)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", ALL),
        ("host:192.0.2.10", ALL - IPV6),
        ("host:192.0.0.0/16", ALL - IPV6),
        ("host:192.0.*", ALL - IPV6),
        ("host:10.0.0.0/8", set()),
        ("host:2001:db8::10", IPV6),
        ("host:2001:DB8::/32", IPV6),
        ("host:::/0,10.0.0.1", IPV6),
        ("src:192.0.2.10 dst:198.51.100.20", ALL - IPV6),
        ("dst:192.0.2.10", set()),
        ("port:8080", {11, 12, 13, 14}),
        ("port:5000-5001,8443", {6, 10}),
        ("port!=80", {6, 9, 10, 11, 12, 13, 14}),
        ("responder_port>8080", {9, 10}),
        ("initiator_port:49152", {21, 22}),
        ("class:refused", {9}),
        ("class:abort-*,refused", {7, 9, 14}),
        ("class!=graceful-4way", {3, 4, 5, 7, 8, 9, 10, 14, 23}),
        ("level:deviation", {14}),
        ("level>=note", {4, 5, 6, 7, 8, 9, 10, 14, 16, 17, 18, 19, 20, 22}),
        ("level:none", {1, 2, 3, 11, 12, 13, 15, 21, 23, 24}),
        ("level<deviation", ALL - {14}),
        ("rule:td-rst-reply-to-fin", {8}),
        ("rule:td-*", {4, 5, 8, 19, 20, 22}),
        ("findings>=2", {14}),
        ("state:SYN_SENT", {10}),
        ("-state:time-wait", {7, 8, 9, 10, 14}),
        ("initiator_state:CLOSED responder_state:CLOSED", {7, 8, 9, 14}),
        ("rtt<15ms", ALL - {9, 10}),
        ("-rtt>0", {9, 10}),
        ("duration>1s", {10, 11, 12, 13, 14, 15}),
        ("start:10s-27631178us", {11, 12, 13, 14}),
        ("segments:2", {9}),
        ("segments:8-10", {3, 7}),
        ("segments>45 segments<=49", {16, 17}),
        ("bytes:0", {8, 9, 10, 11, 12, 13}),
        ("responder_bytes>=10k", {16, 17, 18}),
        ("tag:port-reused", {22}),
        ("tag:fin-*", {19, 20}),
        ("conn_state:rej", {9}),
        ("history:*R", {7}),
        ("history:*r", {8, 9, 14}),
        ("closed_first:responder", {2, 16, 17, 18, 21, 22}),
        ("closed_first:nobody", {7, 9, 10, 14}),
        ("reset_by:initiator", {7}),
        ("timestamps:unknown", {9, 10}),
        ("connection:10-12", {10, 11, 12}),
        ("8080", {11, 12, 13, 14}),
        ("192.0.2.10:404", {5}),
        ("20:808", {9, 11, 12, 13, 14}),
        ("2001", IPV6),
        ("2001:DB8::/32", IPV6),
        ("[2001:db8::10]:41950", IPV6),
        ("[2001:db8::10]:", IPV6),
        ("REFUSED", {9}),
        ("fin-unacked", {19, 20}),
        ("half_close", {4}),
        ("port:80 (class:half-close OR segments>45) -connection:17", {4, 16, 18}),
        ("nothing-has-this", set()),
        ('"\\""', set()),
    ],
)
def test_what_a_filter_keeps(facts: Facts, line: str, found: set[int]) -> None:
    assert numbers(line, facts) == found


def test_a_rule_about_a_host_concerns_the_connections_that_it_rests_on(facts: Facts) -> None:
    assert numbers("rule:diag-path-loss-reorder", facts) == {14, 16, 17, 18}
    assert numbers("rule:diag-path-loss-reorder level:none", facts) == set()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("port:8080", {11, 12, 13, 14}),
        ("duration>1s -port:8080", {10, 15}),
        ("class:refused", set()),
        ("rule:*", set()),
        ("state:TIME_WAIT", set()),
        ("rtt>0", set()),
        ("closed_first:nobody", set()),
        ("8443", {10}),
    ],
)
def test_before_a_capture_is_judged_only_what_is_known_counts(line: str, found: set[int]) -> None:
    assert numbers(line, Facts(sample("showcase"))) == found


def test_a_capture_without_connections() -> None:
    analysis = analysed("")
    for token in TOKENS:
        assert numbers(token.example, Facts(analysis, analysis.judgement)) == set()
    assert numbers("text", Facts(analysis)) == set()


@given(st.integers(0, 60), st.integers(0, 60))
def test_comparisons_of_numbers_are_those_of_the_rows(facts: Facts, low: int, high: int) -> None:
    segments = dict(enumerate(sample("showcase").connections.table["segments"].to_list(), start=1))
    assert numbers(f"segments>{low}", facts) == {number for number, count in segments.items() if count > low}
    assert numbers(f"segments<={low}", facts) == ALL - numbers(f"segments>{low}", facts)
    assert numbers(f"segments>={low}", facts) == {number for number, count in segments.items() if count >= low}
    if low <= high:
        within = {number for number, count in segments.items() if low <= count <= high}
        assert numbers(f"segments:{low}-{high}", facts) == within
        assert numbers(f"segments!={low}-{high}", facts) == ALL - within


NAMES = Names(
    {
        "192.0.2.10": "laptop",
        "198.51.100.20:8080": "Web_Server",
        "198.51.100.0/24": "data centre",
        "2001:db8::/32": "documents",
        "0.0.0.5": "five",
        "::c000:20a": "not the laptop",
    }
)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("host:laptop", ALL - IPV6),
        ("src:laptop", ALL - IPV6),
        ("dst:laptop", set()),
        ("host!=laptop", IPV6),
        ("host:web-server", {11, 12, 13, 14}),
        ("host:web*", {11, 12, 13, 14}),
        ("host:web", set()),
        ('host:"data centre"', ALL - IPV6),
        ("dst:documents,nobody", IPV6),
        ("host:five", set()),
        ("centre", ALL - IPV6),
        ("webserver", set()),
        ("web_", {11, 12, 13, 14}),
    ],
)
def test_endpoints_are_found_by_their_names(line: str, found: set[int]) -> None:
    analysis = sample("showcase")
    assert numbers(line, Facts(analysis, analysis.judgement, NAMES)) == found


def test_the_highest_ids_and_strange_addresses_do_no_harm() -> None:
    analysis = analysed("a = 10.0.0.1:65535\nb = 1.2.3:0\na > b SYN\nb < a RST,ACK")
    facts = Facts(analysis, analysis.judgement)
    assert numbers("port:65535", facts) == numbers("65535", facts) == numbers("host:1.2.*", facts) == {1}
    assert numbers("host:0.0.0.0/0 -src:10.0.0.1", facts) == set()
