"""Series are put in order of time."""

import numpy as np

from tcpladder.graphs.series import Look, Shape, Span, series


def test_a_series_is_in_order_of_time_whatever_order_it_was_captured_in() -> None:
    found = series("data", Look.SOLID, Shape.SPANS, np.array([5, 3, 9]), np.array([50, 30, 90]), np.array([51, 31, 91]))
    assert found.time.tolist() == [3, 5, 9]
    assert found.low.tolist() == [30, 50, 90]
    assert found.high.tolist() == [31, 51, 91]
    assert len(found) == 3


def test_what_is_no_range_is_as_high_as_it_is_low() -> None:
    found = series("RTT", Look.SOLID, Shape.POINTS, np.array([1, 2]), np.array([7, 8]))
    assert found.high.tolist() == found.low.tolist() == [7, 8]


def test_a_look_is_a_letter_or_dots() -> None:
    assert [look.name for look in Look if not look.is_letter] == ["SOLID", "DOTTED", "SPARSE"]


def test_a_span_has_a_length() -> None:
    assert Span(start=-5, end=20).length == 25
