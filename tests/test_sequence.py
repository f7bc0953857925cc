"""Arithmetic on the circle of 2**32 numbers agrees with arithmetic on the integers that they stand for."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.sequence import HALF, MODULUS, distance, is_at_or_before, is_before, unwrap

LAST = MODULUS - 1

numbers = st.integers(0, LAST) | st.sampled_from([0, 1, HALF - 1, HALF, HALF + 1, LAST - 1, LAST])
any_integers = st.integers(-(1 << 40), 1 << 40)
steps = st.integers(-HALF, HALF - 1) | st.sampled_from([-HALF, -1, 0, 1, HALF - 1])


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 0, 0),
        (10, 30, 20),
        (30, 10, -20),
        (LAST, 0, 1),
        (0, LAST, -1),
        (LAST - 9, 10, 20),
        (10, LAST - 9, -20),
        (0, HALF - 1, HALF - 1),
        (0, HALF, -HALF),
        (HALF, 0, -HALF),
        (0, HALF + 1, 1 - HALF),
    ],
)
def test_distance(start: int, end: int, expected: int) -> None:
    assert distance(start, end) == expected
    assert distance(np.array([start]), np.array([end])).tolist() == [expected]


@given(numbers, steps)
def test_going_a_distance_and_measuring_it_are_inverse(start: int, step: int) -> None:
    assert distance(start, (start + step) % MODULUS) == step


@given(any_integers, any_integers)
def test_numbers_off_the_circle_are_reduced(start: int, end: int) -> None:
    assert distance(start, end) == distance(start % MODULUS, end % MODULUS)
    assert is_before(start, end) == is_before(start % MODULUS, end % MODULUS)
    assert is_at_or_before(start, end) == is_at_or_before(start % MODULUS, end % MODULUS)


@given(st.lists(st.tuples(any_integers, any_integers), max_size=20))
def test_arrays_give_what_integers_give(pairs: list[tuple[int, int]]) -> None:
    starts, ends = np.array(pairs, np.int64).reshape(-1, 2).T
    assert distance(starts, ends).tolist() == [distance(start, end) for start, end in pairs]


@given(numbers, numbers)
def test_before_is_a_positive_distance_except_half_the_circle_apart(a: int, b: int) -> None:
    is_opposite = (b - a) % MODULUS == HALF
    assert is_before(a, b) == (distance(a, b) > 0)
    assert is_before(a, b) + is_before(b, a) + (a == b) == (not is_opposite)
    assert is_at_or_before(a, b) == (a == b or is_before(a, b))


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [(1, 2, True), (2, 1, False), (7, 7, False), (LAST, 0, True), (0, LAST, False), (0, HALF, False), (HALF, 0, False)],
)
def test_is_before(a: int, b: int, *, expected: bool) -> None:
    assert is_before(a, b) is expected
    assert is_at_or_before(a, b) is (expected or a == b)


def followed(first: int, travelled: list[int]) -> list[int]:
    """Give the integers that a series goes through from its first number on."""
    return list(itertools.accumulate(travelled, initial=first))


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], []),
        ([5], [5]),
        ([LAST - 1, LAST, 0, 1], [LAST - 1, LAST, MODULUS, MODULUS + 1]),
        ([1, LAST, 2], [1, -1, 2]),
        ([0, HALF - 1, LAST - 1, HALF - 3], [0, HALF - 1, LAST - 1, MODULUS + HALF - 3]),
    ],
)
def test_unwrap(values: list[int], expected: list[int]) -> None:
    assert unwrap(np.array(values, np.int64)).tolist() == expected


@given(numbers, st.lists(steps, max_size=30))
def test_a_series_that_wraps_is_unwrapped_to_the_integers_it_stands_for(first: int, travelled: list[int]) -> None:
    integers = followed(first, travelled)
    wrapped = np.array([number % MODULUS for number in integers], np.int64)
    assert unwrap(wrapped).tolist() == integers


@given(st.lists(st.tuples(numbers, st.lists(steps, max_size=8)), min_size=1, max_size=6))
def test_each_series_starts_at_its_own_first_number(series: list[tuple[int, list[int]]]) -> None:
    integers = [followed(first, travelled) for first, travelled in series]
    starts = [at == 0 for numbers in integers for at in range(len(numbers))]
    flat = list(itertools.chain(*integers))
    wrapped = np.array([number % MODULUS for number in flat], np.int64)
    assert unwrap(wrapped, np.array(starts)).tolist() == flat


def test_the_first_row_starts_a_series_whether_marked_or_not_and_no_argument_is_changed() -> None:
    values, starts = np.array([LAST, 0, 7, 9]), np.array([False, False, True, False])
    assert unwrap(values, starts).tolist() == [LAST, MODULUS, 7, 9]
    assert values.tolist() == [LAST, 0, 7, 9]
    assert starts.tolist() == [False, False, True, False]
