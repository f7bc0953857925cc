"""A capture in a few figures."""

import numpy as np
import pytest

from tcpladder.filters.evaluation import kept
from tcpladder.filters.facts import Facts
from tcpladder.filters.parsing import parse
from tcpladder.filters.tree import Problem
from tcpladder.report.summary import Bar, Summary, shares, summarised
from tcpladder.rulebook.levels import Level
from tests.building import analysed
from tests.samples import sample


@pytest.fixture(scope="module")
def showcase() -> Summary:
    return summarised(sample("showcase"), sample("showcase").judgement)


def told(bars: tuple[Bar, ...]) -> list[tuple[str, str]]:
    return [(bar.name, bar.words) for bar in bars]


def test_facts(showcase: Summary) -> None:
    assert showcase.facts == (
        ("connections", "24"),
        ("segments", "366"),
        ("payload", "94.6 kB"),
        ("hosts", "4"),
        ("time", "38.416 s"),
    )


def test_endings_are_counted_the_most_frequent_first(showcase: Summary) -> None:
    assert told(showcase.endings)[:3] == [("graceful-4way", "15"), ("graceful-3way", "2"), ("abort-after-data", "1")]
    assert sum(bar.amount for bar in showcase.endings) == 24


def test_some_connections_are_summed_up_alone() -> None:
    analysis = sample("showcase")
    mask = np.zeros(24, np.bool_)
    mask[[6, 8]] = True  # numbers 7 and 9: aborted, and refused
    some = summarised(analysis, analysis.judgement, mask)
    assert dict(some.facts) == {
        "connections": "2",
        "segments": "10",
        "payload": "85 B",
        "hosts": "2",
        "time": "38.416 s",
    }
    assert told(some.endings) == [("abort-after-data", "1"), ("refused", "1")]
    assert {bar.name for bar in some.rules} == {"rst-abortive-close", "hs-refused"}
    assert told(some.by_connections) == [("192.0.2.10", "2"), ("198.51.100.20", "2")]
    assert some.resets.sum() == 2


def test_rules_come_by_gravity_then_by_number(showcase: Summary) -> None:
    assert [bar.level for bar in showcase.rules[:3]] == [Level.DEVIATION, Level.DEVIATION, Level.NOTE]
    assert told(showcase.rules)[2] == ("seq-loss-at-close", "3")
    assert sum(bar.amount for bar in showcase.rules) == 19


def test_talkers_are_those_at_either_end(showcase: Summary) -> None:
    assert told(showcase.by_bytes)[:3] == [
        ("192.0.2.10", "94.5 kB"),
        ("198.51.100.20", "94.5 kB"),
        ("2001:db8::10", "85 B"),
    ]
    assert told(showcase.by_connections)[0] == ("192.0.2.10", "23")


def test_resets_are_counted_over_the_time_of_the_capture(showcase: Summary) -> None:
    assert showcase.resets.sum() == 4
    assert showcase.resets[[11, 12, 13, 41]].tolist() == [1, 1, 1, 1]


@pytest.mark.parametrize("chart", ["endings", "by_connections"])
def test_a_bar_leads_to_just_the_connections_that_it_counts(showcase: Summary, chart: str) -> None:
    facts = Facts(sample("showcase"), sample("showcase").judgement)
    for bar in getattr(showcase, chart):
        node = parse(bar.filter)
        assert not isinstance(node, Problem)
        assert kept(node, facts).sum() == bar.amount


def test_every_rule_leads_to_connections(showcase: Summary) -> None:
    facts = Facts(sample("showcase"), sample("showcase").judgement)
    for bar in showcase.rules:
        node = parse(bar.filter)
        assert not isinstance(node, Problem)
        assert kept(node, facts).any()


def test_nothing_is_said_of_what_is_not_judged() -> None:
    found = summarised(sample("showcase"))
    assert (found.endings, found.rules, found.health) == ((), (), ())
    assert found.by_bytes


def test_what_the_capture_lacks_is_said() -> None:
    analysis = sample("never-closed.client")
    notes = summarised(analysis, analysis.judgement).health
    assert list(notes) == [note.sentence for note in analysis.judgement.health]


def test_an_empty_capture_has_nothing_but_zeros() -> None:
    found = summarised(analysed(""))
    assert found.facts == (("connections", "0"), ("segments", "0"), ("payload", "0 B"), ("hosts", "0"))
    assert (found.by_bytes, found.by_connections, found.resets.sum()) == ((), (), 0)


def test_the_greatest_bar_has_all_cells_and_the_least_one() -> None:
    bars = [Bar(name="", amount=amount, words="", filter="") for amount in (1000, 500, 1)]
    assert shares(bars, 40) == [40, 20, 1]
    assert shares([], 40) == []


def test_what_a_host_sends_to_itself_counts_once() -> None:
    text = """
        one = 10.0.0.1:1000
        other = 10.0.0.1:80
        one > other  SYN
        one < other  SYN,ACK
        one > other  ACK len=500
        """
    found = summarised(analysed(text))
    assert found.facts == (
        ("connection", "1"),
        ("segments", "3"),
        ("payload", "500 B"),
        ("host", "1"),
        ("time", "0.020 s"),
    )
    assert (told(found.by_bytes), told(found.by_connections)) == ([("10.0.0.1", "500 B")], [("10.0.0.1", "1")])
