"""Round trips are measured from data to its first acknowledgment, and not where something was sent again."""

from tcpladder.graphs.round_trips import round_trip_times
from tcpladder.graphs.scales import Unit
from tcpladder.tcp.states import Endpoint
from tests.graphs.transfers import DOWNLOAD, WHOLE, names, points, trace

MS = 1_000_000


def test_each_sample_stands_at_its_acknowledgment() -> None:
    panel = round_trip_times(trace(DOWNLOAD), Endpoint.INITIATOR, WHOLE)
    assert points(panel, "acknowledged after") == [(40, 40 * MS)]
    assert (panel.unit, panel.title) == (Unit.TIME, "median 40.0 ms, from 40.0 ms to 40.0 ms")


def test_what_was_sent_again_gives_no_sample() -> None:
    panel = round_trip_times(trace(DOWNLOAD), Endpoint.RESPONDER, WHOLE)
    assert points(panel, "acknowledged after") == [(40, 0), (81, MS)]


def test_a_time_stamp_tells_which_copy_was_acknowledged() -> None:
    text = """
        initiator > responder  ACK len=10 tsval=100 tsecr=1
        initiator > responder  ACK len=10 tsval=101 tsecr=1
        initiator > responder  ACK len=10 seq=1 tsval=300 tsecr=1  +200ms
        initiator < responder  ACK tsval=9 tsecr=101               +5ms
    """
    panel = round_trip_times(trace(text), Endpoint.INITIATOR, WHOLE)
    assert names(panel) == ["by time stamps only"]
    assert points(panel, "by time stamps only") == [(215, 205 * MS)]


def test_an_empty_graph_says_why() -> None:
    unanswered = "initiator > responder  SYN\ninitiator > responder  SYN +1s"
    empty = round_trip_times(trace(unanswered), Endpoint.INITIATOR, WHOLE).empty
    assert empty.startswith("Nothing of the responder was captured")
    again = "initiator < responder  ACK\ninitiator > responder  ACK len=5\ninitiator > responder  ACK len=5 seq=1"
    assert "Karn" in round_trip_times(trace(again), Endpoint.INITIATOR, WHOLE).empty
    assert "round trip is measured from data" in round_trip_times(trace(again), Endpoint.RESPONDER, WHOLE).empty
