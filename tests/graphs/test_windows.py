"""What is in flight, below what the other side offers."""

from tcpladder.graphs.windows import windows
from tcpladder.tcp.states import Endpoint
from tests.building import segments, without
from tests.graphs.transfers import DOWNLOAD, WHOLE, names, points, trace


def test_in_flight_rises_with_data_and_falls_with_acknowledgments() -> None:
    panel = windows(trace(DOWNLOAD), Endpoint.RESPONDER, WHOLE)
    in_flight = [number for _, number in points(panel, "in flight")]
    assert in_flight == [1, 0, 1000, 2000, 3000, 2000, 2000, 2000, 0, 1]
    assert panel.title == "at most 3.00 kB in flight"


def test_the_window_is_what_the_receiver_offers_scaled() -> None:
    panel = windows(trace(DOWNLOAD), Endpoint.RESPONDER, WHOLE)
    assert points(panel, "window offered") == [(40, 4000), (81, 4000), (81, 4000), (182, 0)]
    assert points(panel, "zero window") == [(182, 0)]


def test_without_the_syns_there_is_no_window_and_it_is_said() -> None:
    panel = windows(trace(without(segments(DOWNLOAD), 1, 2)), Endpoint.RESPONDER, WHOLE)
    assert names(panel) == ["in flight"]
    assert panel.title.endswith("no window: its scale was not captured")


def test_an_empty_graph_says_why() -> None:
    panel = windows(trace("initiator > responder  ACK len=5"), Endpoint.RESPONDER, WHOLE)
    assert panel.empty.startswith("Nothing of the responder was captured")
