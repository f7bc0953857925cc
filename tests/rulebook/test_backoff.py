"""How retransmission intervals grow, and what the patterns are called."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.rulebook.backoff import SECOND, SHOWN, Backoff, Growth, backoff


def sent_after(*intervals: float) -> Backoff:
    """Judge a segment that was sent once, and again after each of these intervals in seconds."""
    return backoff([round(time * SECOND) for time in accumulate((1_700_000_000, *intervals))])


@pytest.mark.parametrize(
    ("intervals", "growth"),
    [
        ((1, 2, 4, 8, 16), Growth.DOUBLING),
        ((1.04, 2.02, 4.26), Growth.DOUBLING),
        ((3, 6, 12), Growth.DOUBLING),
        ((0.3, 0.6), Growth.DOUBLING),
        ((16, 32, 60, 60), Growth.DOUBLING),
        ((1, 1), Growth.LINEAR),
        ((1.03, 1.03, 1.02, 1.03, 1.02), Growth.LINEAR),
        ((1.03, 1.03, 1.02, 1.03, 1.02, 2.02, 4.03, 8.2), Growth.LINEAR_THEN_DOUBLING),
        ((3, 3, 6, 12), Growth.LINEAR_THEN_DOUBLING),
        ((1, 1.5, 2.2), Growth.GROWING),
        ((1, 5, 25), Growth.GROWING),
        ((1,) * 7, Growth.CONSTANT),
        ((2, 1, 0.5), Growth.SHRINKING),
        ((1, 2, 1, 2), Growth.SHRINKING),
        ((1,), Growth.UNKNOWN),
        ((), Growth.UNKNOWN),
        ((1, -0.5, 2), Growth.UNKNOWN),
        ((1, 0, 2), Growth.UNKNOWN),
    ],
)
def test_growth(intervals: tuple[float, ...], growth: Growth) -> None:
    assert sent_after(*intervals).growth is growth


@pytest.mark.parametrize(
    ("intervals", "text"),
    [
        ((1, 2, 4), "1, 2, 4 s (doubling from 1 s, as RFC 6298 has it)"),
        ((3, 6), "3, 6 s (doubling from 3 s, as before RFC 6298)"),
        ((0.5, 1), "0.5, 1 s (doubling)"),
        ((1, 1, 1), "1, 1, 1 s (as Linux since 6.5, BSD and macOS begin)"),
        ((1, 1, 2.02, 8.2), "1, 1, 2, 8.2 s (growing by no known rule)"),
        ((1, 1, 2, 4.1), "1, 1, 2, 4.1 s (equal, then doubling, as Linux since 6.5, BSD and macOS do it)"),
        ((0.02, 0.01), "0.020, 0.010 s (some shorter than the one before)"),
        ((1,), "1 s"),
    ],
)
def test_a_pattern_is_told_with_its_name(intervals: tuple[float, ...], text: str) -> None:
    assert sent_after(*intervals).text == text


def test_of_very_many_intervals_the_first_are_told() -> None:
    assert sent_after(*[1] * (SHOWN + 1)).text == ", ".join(["1"] * SHOWN) + ", … s (all equal: it never backs off)"


@pytest.mark.parametrize("intervals", [(1, 2, 4), (1, 1, 1, 1, 1, 2), (1, 1.5, 2), (1,), ()])
def test_a_sender_backs_off(intervals: tuple[float, ...]) -> None:
    assert sent_after(*intervals).backs_off


@pytest.mark.parametrize("intervals", [(1,) * 7, (4, 2, 1), (1, 0.3, 1, 0.3), (8, 1, 1, 1), (1, 2, 4, 1, 2, 4)])
def test_a_sender_does_not_back_off(intervals: tuple[float, ...]) -> None:
    assert not sent_after(*intervals).backs_off


@pytest.mark.parametrize("intervals", [(1, 2, 4, 8, 16), (3, 6, 12), (1, 1, 1, 1, 1, 2, 4, 8)])
def test_where_one_transmission_was_not_captured_nothing_is_held_against_the_sender(
    intervals: tuple[float, ...],
) -> None:
    times = [round(time * SECOND) for time in accumulate((0, *intervals))]
    for missing in range(len(times)):
        assert backoff([*times[:missing], *times[missing + 1 :]]).backs_off


@pytest.mark.parametrize("intervals", [(1.9, 1.1, 4, 8, 16, 32), (1, 1.6, 0.4, 1, 1, 2), (1, 2, 7, 5, 16)])
def test_where_one_transmission_was_delayed_nothing_is_held_against_the_sender(intervals: tuple[float, ...]) -> None:
    assert sent_after(*intervals).backs_off


@given(st.lists(st.integers(-(10**12), 10**12)))
def test_any_times_are_told_in_some_words(times: list[int]) -> None:
    found = backoff(times)
    assert found.text.count("(") == (found.growth is not Growth.UNKNOWN)
