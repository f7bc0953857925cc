"""What filters ask about comes from the connections, the verdicts and the findings, as far as they are there."""

from dataclasses import replace

import polars as pl
import pytest

from tcpladder.filters.facts import Facts
from tests.building import analysed
from tests.samples import sample


@pytest.fixture(scope="module")
def facts() -> Facts:
    analysis = sample("showcase")
    return Facts(analysis, analysis.judgement)


def test_verdicts_stand_beside_the_connections(facts: Facts) -> None:
    assert facts.table.row(8, named=True)["ending"] == "refused"
    assert facts.table["connection"].to_list() == list(range(1, 25))


def test_before_judging_verdicts_are_not_known() -> None:
    facts = Facts(sample("showcase"))
    assert facts.table["ending"].null_count() == 24
    assert facts.findings["findings"].sum() == 0
    assert facts.coded("rules").texts == []
    assert len(facts.coded("initiator_state").rows) == 0


def test_verdicts_of_some_connections_are_those_of_them() -> None:
    analysis = sample("showcase")
    some = replace(analysis.judgement, verdicts=analysis.judgement.verdicts.filter(pl.col("connection") > 8))
    facts = Facts(analysis, some)
    assert facts.table["ending"].null_count() == 8
    coded = facts.coded("conn_state")
    assert coded.rows.tolist() == list(range(8, 24))
    assert coded.texts[coded.codes[0]] == "REJ"


def test_a_connection_has_the_level_of_its_gravest_finding(facts: Facts) -> None:
    assert facts.findings.row(13, named=True) == {"level": 2, "findings": 2}
    assert facts.findings.row(0, named=True) == {"level": 0, "findings": 0}


def test_each_word_is_coded_once_and_the_most_frequent_comes_first(facts: Facts) -> None:
    assert facts.words("ending")[0] == "graceful-4way"
    assert len(facts.coded("ending").texts) == len(set(facts.coded("ending").texts))
    assert facts.words("tags")[:2] == ["client-first", "server-first"]
    assert facts.words("responder") == ["198.51.100.20", "2001:db8::20"]
    assert facts.usual_ports()[:2] == ["80", "8080"]


def test_addresses_are_numbers_of_their_version() -> None:
    facts = Facts(analysed("a = 0.0.1.2:1\nb = [::1:0]:2\na > responder SYN\nb > responder SYN"))
    ids = dict(zip(facts.addresses.to_list(), range(3), strict=True))
    assert facts.ipv4[ids["0.0.1.2"]] == 258
    assert facts.ipv4[ids["::1:0"]] is None
    assert facts.ipv6 == [(ids["::1:0"], 65536)]
