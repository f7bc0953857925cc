"""Phrases of messages."""

import pytest

from tcpladder.rulebook.wording import capitalised, intervals, name, often, seconds
from tcpladder.tcp.states import Endpoint


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "0.000 s"), (1_500_000, "0.002 s"), (9_999_000_000, "9.999 s"), (100_040_000_000, "100.0 s")],
)
def test_durations_are_told_as_exactly_as_is_of_use(nanoseconds: int, text: str) -> None:
    assert seconds(nanoseconds) == text


def test_endpoints_have_names_within_and_at_the_beginning_of_a_sentence() -> None:
    assert name(Endpoint.INITIATOR) == "initiator"
    assert capitalised(Endpoint.RESPONDER) == "The responder"


def test_once_is_not_1_times() -> None:
    assert [often(1), often(3)] == ["once", "3 times"]


def test_intervals_lie_between_times() -> None:
    assert intervals([0, 200_000_000, 600_000_000, 1_400_000_000]) == "0.2, 0.4, 0.8 s"
