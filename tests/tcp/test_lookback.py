"""Earlier rows of the same connection, and never of another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.tcp.lookback import NONE, Lookback, begins, highest_so_far

#                 first connection      second       third
STARTS = np.array([1, 0, 0, 0, 1, 0, 1], np.bool_)
WANTED = np.array([0, 1, 0, 1, 0, 0, 1], np.bool_)

LARGEST = int(np.iinfo(np.int64).max)

any_rows = st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30)
any_number = st.integers(-5, 5) | st.integers(NONE, LARGEST) | st.sampled_from([NONE, NONE + 1, LARGEST])


@pytest.mark.parametrize(
    ("method", "expected"),
    [
        ("last", [-1, 1, 1, 3, -1, -1, 6]),
        ("before", [-1, -1, 1, 1, -1, -1, -1]),
        ("earliest", [1, 7, 6]),
        ("latest", [3, -1, 6]),
    ],
)
def test_rows_are_found_within_their_connection(method: str, expected: list[int]) -> None:
    assert getattr(Lookback(STARTS), method)(WANTED).tolist() == expected


def test_the_best_is_each_connections_own() -> None:
    assert Lookback(STARTS).best(np.array([5, 9, 1, 3, -4, -7, 2])).tolist() == [9, -4, 2]


def test_each_row_gets_what_its_connection_has() -> None:
    back = Lookback(STARTS)
    assert back.spread(np.array([7, 8, 9])).tolist() == [7, 7, 7, 7, 8, 8, 9]
    assert (back.connection.tolist(), back.first.tolist()) == ([0, 0, 0, 0, 1, 1, 2], [0, 0, 0, 0, 4, 4, 6])


@given(any_rows)
def test_each_way_of_looking_finds_what_walking_back_finds(rows: list[tuple[bool, bool]]) -> None:
    starts, wanted = np.array(rows).T.copy()
    starts[0] = True
    back = Lookback(starts)
    last, before, some = back.last(wanted), back.before(wanted), np.arange(0, len(rows), 2)
    assert back.before_rows(some, wanted).tolist() == before[some].tolist()
    for row in range(len(rows)):
        assert before[row] == (-1 if starts[row] else last[row - 1])
        assert last[row] == (row if wanted[row] else before[row])
    for number, first in enumerate(back.starts):
        of_connection = [row for row in back.rows.tolist() if back.first[row] == first]
        found = [row for row in of_connection if wanted[row]]
        assert (back.earliest(wanted)[number], back.latest(wanted)[number]) == (
            (found[0], found[-1]) if found else (len(rows), -1)
        )


def test_a_run_begins_where_a_value_differs_from_the_one_before() -> None:
    assert begins(np.array([3, 3, 4, 4, 3])).tolist() == [True, False, True, False, True]
    assert begins(np.array([], np.int64)).tolist() == []


@given(st.lists(st.tuples(any_number, st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_the_highest_value_is_that_of_the_same_series(rows: list[tuple[int, bool, bool]]) -> None:
    values = np.array([value for value, _, _ in rows], np.int64)
    wanted = np.array([is_wanted for _, is_wanted, _ in rows], np.bool_)
    starts = np.array([is_start or not row for row, (*_, is_start) in enumerate(rows)], np.bool_)
    so_far, before = [], []
    for row in range(len(rows)):
        first = max(start for start in np.flatnonzero(starts).tolist() if start <= row)
        so_far.append(max(values[first : row + 1].tolist()))
        before.append(max(values[first:row][wanted[first:row]].tolist(), default=NONE))
    assert highest_so_far(values, starts).tolist() == so_far
    assert Lookback(starts).highest_before(values, wanted).tolist() == before


def test_no_values_have_no_highest() -> None:
    assert highest_so_far(np.array([], np.int64), np.array([], np.bool_)).tolist() == []
