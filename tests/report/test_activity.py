"""Bars of activity over a time that is divided evenly."""

import numpy as np

from tcpladder.report.activity import HIGHEST, counted, heights

YEAR = 365 * 86_400 * 10**9


def test_times_are_counted_in_equal_parts_and_the_end_is_in_the_last() -> None:
    assert counted(np.array([0, 1, 4, 5, 9, 10]), 0, 10, 2).tolist() == [3, 3]


def test_a_capture_of_one_moment_is_in_the_first_part() -> None:
    assert counted(np.array([7, 7]), 7, 7, 4).tolist() == [2, 0, 0, 0]


def test_nothing_happened() -> None:
    assert counted(np.empty(0, np.int64), 0, 10, 3).tolist() == [0, 0, 0]


def test_the_longest_times_do_not_overflow() -> None:
    assert counted(np.array([0, 100 * YEAR, 200 * YEAR]), 0, 200 * YEAR, 4).tolist() == [1, 0, 1, 1]


def test_each_doubling_is_one_higher() -> None:
    assert heights(np.array([0, 1, 2, 3, 4, 7, 8, 127, 10**9])) == [0, 1, 2, 2, 3, 3, 4, 7, HIGHEST]
