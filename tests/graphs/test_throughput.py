"""Payload a second, in bins."""

import pytest

from tcpladder.graphs.series import Span
from tcpladder.graphs.throughput import bin_width, bins, throughput
from tcpladder.tcp.states import Endpoint
from tests.graphs.transfers import DOWNLOAD, MS, WHOLE, names, points, trace

TENTH = 100 * MS


def test_a_bin_holds_what_was_captured_in_it() -> None:
    found = bins(trace(DOWNLOAD), Endpoint.RESPONDER, Span(start=0, end=250 * MS), TENTH)
    assert (found.start // MS).tolist() == [0, 100, 200]
    assert found.every.tolist() == [3000 * 80, 1000 * 80, 0]
    assert found.new.tolist() == [3000 * 80, 0, 0]


def test_bins_stand_where_they_stand_whatever_is_in_view() -> None:
    found = bins(trace(DOWNLOAD), Endpoint.RESPONDER, Span(start=150 * MS, end=160 * MS), TENTH)
    assert (found.start // MS).tolist() == [100]
    assert found.every.tolist() == [1000 * 80]


@pytest.mark.parametrize(
    ("length", "width"), [(60_000 * MS, 1_000 * MS), (158 * MS, 5 * MS), (1_000 * MS, 20 * MS), (1_000, 1_000)]
)
def test_bins_are_as_wide_as_what_is_in_view_asks_for(length: int, width: int) -> None:
    assert bin_width(Span(start=0, end=length)) == width


def test_goodput_stands_apart_where_something_was_sent_again() -> None:
    panel = throughput(trace(DOWNLOAD), Endpoint.RESPONDER, WHOLE)
    assert names(panel) == ["with what was sent again", "new data"]
    assert (180, 1000 * 8 * 50) in points(panel, "with what was sent again")
    assert (180, 0) in points(panel, "new data")
    assert panel.title == "167 kbit/s over all; a step is 20.0 ms"


def test_an_empty_graph_says_why() -> None:
    assert (
        throughput(trace(DOWNLOAD), Endpoint.INITIATOR, WHOLE).empty == "The initiator sent no data in this connection."
    )
