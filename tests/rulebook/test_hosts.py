"""Connections of a host or a port, taken together."""

import pytest

from tcpladder.rulebook.hosts import by_client, by_client_and_service, by_service, is_in, most_at_once
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Rule
from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.endings import Ending
from tests.building import analysed
from tests.rulebook.test_judging import judged

TEXT = """
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    c = 192.0.2.11:40001
    six = [2001:db8::2]:443
    d = [2001:db8::1]:40001
    a > responder  SYN
    b > responder  SYN
    c > responder  SYN
    a < responder  RST,ACK seq=0
    b < responder  RST,ACK seq=0
    d > six  SYN
    ... +60s
    """


def surveyed(text: str) -> Survey:
    seen: list[Survey] = []
    watching = Rule(
        id="diag-watching",
        level=Level.NOTE,
        category=Category.DIAGNOSIS,
        sources=(),
        manual="Watches.",
        survey=lambda survey: seen.append(survey) or (),  # type: ignore[func-returns-value]
    )
    judged(analysed(text), watching)
    return seen[0]


def test_connections_are_grouped_by_who_talks_to_what() -> None:
    survey = surveyed(TEXT)
    assert {group.name: group.numbers() for group in by_service(survey)} == {
        "198.51.100.20:443": (1, 2, 3),
        "[2001:db8::2]:443": (4,),
    }
    assert [group.name for group in by_client(survey)] == ["192.0.2.10", "192.0.2.11", "2001:db8::1"]
    assert [len(group) for group in by_client_and_service(survey)] == [2, 1, 1]


def test_only_groups_with_enough_connections_of_a_kind_are_given() -> None:
    survey, is_refused = surveyed(TEXT), is_in(frozenset({Ending.REFUSED}))
    assert [group.name for group in by_service(survey, of=is_refused)] == ["198.51.100.20:443"]
    assert [group.numbers() for group in by_client(survey, least=2)] == [(1, 2)]
    assert [group.numbers() for group in by_client_and_service(survey, least=2, of=is_refused)] == [(1, 2)]
    assert not list(by_service(survey, least=3, of=is_refused))


def test_a_group_tells_how_its_connections_ended_the_most_frequent_first() -> None:
    group = next(iter(by_service(surveyed(TEXT))))
    assert group.endings() == "refused ×2, handshake-timeout"
    assert group.only(is_in(frozenset({Ending.REFUSED}))).numbers() == (1, 2)
    assert group.frames() == (1, 2, 3)


@pytest.mark.parametrize(
    ("spans", "most"),
    [([], 0), ([(0, 5)], 1), ([(0, 5), (5, 9)], 2), ([(0, 5), (6, 9)], 1), ([(0, 9), (1, 2), (3, 4), (3, 5)], 3)],
)
def test_how_many_spans_overlap_at_most(spans: list[tuple[int, int]], most: int) -> None:
    assert most_at_once(spans) == most
