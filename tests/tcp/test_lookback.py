"""Earlier rows of the same connection, and never of another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.tcp.lookback import Lookback

#                 first connection      second       third
STARTS = np.array([1, 0, 0, 0, 1, 0, 1], np.bool_)
WANTED = np.array([0, 1, 0, 1, 0, 0, 1], np.bool_)


@pytest.mark.parametrize(
    ("method", "expected"),
    [("last", [-1, 1, 1, 3, -1, -1, 6]), ("before", [-1, -1, 1, 1, -1, -1, -1]), ("earliest", [1, 7, 6])],
)
def test_rows_are_found_within_their_connection(method: str, expected: list[int]) -> None:
    assert getattr(Lookback(STARTS), method)(WANTED).tolist() == expected


def test_the_best_is_each_connections_own() -> None:
    assert Lookback(STARTS).best(np.array([5, 9, 1, 3, -4, -7, 2])).tolist() == [9, -4, 2]


@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_before_is_last_one_row_earlier(rows: list[tuple[bool, bool]]) -> None:
    starts = np.array([row[0] for row in rows])
    starts[0] = True
    wanted = np.array([row[1] for row in rows])
    back = Lookback(starts)
    last, before = back.last(wanted), back.before(wanted)
    for row in range(len(rows)):
        assert before[row] == (-1 if starts[row] else last[row - 1])
        assert last[row] == (row if wanted[row] else before[row])
