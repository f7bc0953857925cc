"""Ticks are round numbers, and are written with what they need."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tcpladder.graphs.scales import Unit, round_step, tick_words, ticks, written


@pytest.mark.parametrize(
    ("low", "high", "most", "unit", "words"),
    [
        (0, 30_117, 5, Unit.BYTES, ["0", "10 kB", "20 kB", "30 kB"]),
        (0, 158e6, 5, Unit.TIME, ["0", "50 ms", "100 ms", "150 ms"]),
        (-3e6, 3e6, 4, Unit.TIME, ["-2 ms", "0", "2 ms"]),
        (12.3450e9, 12.3454e9, 4, Unit.TIME, ["12.3450 s", "12.3451 s", "12.3452 s", "12.3453 s"]),
        (0, 2500, 5, Unit.TIME, ["0", "0.5 us", "1.0 us", "1.5 us", "2.0 us"]),
        (0, 9, 9, Unit.TICKS, ["0", "1", "2", "3", "4", "5", "6", "7", "8"]),
        (0, 2.4e9, 3, Unit.RATE, ["0", "1 Gbit/s", "2 Gbit/s"]),
        (7, 7, 3, Unit.BYTES, ["7 B"]),
    ],
)
def test_ticks(low: float, high: float, most: int, unit: Unit, words: list[str]) -> None:
    numbers, step = ticks(low, high, most)
    assert tick_words(numbers, step, unit) == words


@example(963267658925634.5, 0.125, 7)
@given(st.floats(-1e15, 1e15), st.floats(1e-3, 1e15), st.integers(1, 40))
def test_ticks_lie_within_and_are_not_too_many(low: float, length: float, most: int) -> None:
    high = low + length
    numbers, step = ticks(low, high, most)
    assert len(numbers) <= most
    assert all(low - step * 1e-6 <= number <= high + step * 1e-6 for number in numbers)


@pytest.mark.parametrize(("least", "step"), [(1, 1), (1.1, 2), (2.5, 5), (6, 10), (30_000, 50_000), (0.03, 0.05)])
def test_a_step_is_1_2_or_5_times_a_power_of_ten(least: float, step: float) -> None:
    assert round_step(least) == pytest.approx(step)


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        (0, Unit.BYTES, "0 B"),
        (999, Unit.BYTES, "999 B"),
        (64_240, Unit.BYTES, "64.2 kB"),
        (20_120_000, Unit.TIME, "20.1 ms"),
        (1_500_000_000, Unit.TIME, "1.50 s"),
        (0, Unit.RATE, "0 bit/s"),
        (1_000_000, Unit.TICKS, "1.00 M"),
    ],
)
def test_a_number_has_three_digits_and_a_unit(number: float, unit: Unit, words: str) -> None:
    assert written(number, unit) == words
