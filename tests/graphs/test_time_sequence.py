"""The time-sequence graph of a download of which a segment was lost."""

import pytest

from tcpladder.graphs.scales import Unit
from tcpladder.graphs.time_sequence import time_sequence
from tcpladder.tcp.states import Endpoint
from tests.building import segments, without
from tests.graphs.transfers import DOWNLOAD, WHOLE, names, points, ranges, trace


def test_data_stands_between_what_was_acknowledged_and_the_windows_edge() -> None:
    panel = time_sequence(trace(DOWNLOAD), Endpoint.RESPONDER, WHOLE)
    assert ranges(panel, "data") == [(40, 0, 1), (80, 1, 1001), (80, 1001, 2001), (80, 2001, 3001), (192, 3001, 3002)]
    assert points(panel, "acknowledged") == [(40, 1), (81, 1001), (81, 1001), (182, 3001)]
    assert points(panel, "window's edge") == [(40, 4001), (81, 5001), (81, 5001), (182, 5001)]
    assert (panel.unit, panel.title) == (Unit.BYTES, "4.00 kB in 6 segments, 1 sent again")


def test_what_was_sent_again_and_what_was_received_out_of_order_are_marked() -> None:
    panel = time_sequence(trace(DOWNLOAD), Endpoint.RESPONDER, WHOLE)
    assert ranges(panel, "sent again") == [(181, 1001, 2001)]
    assert ranges(panel, "SACK") == [(81, 2001, 3001)]
    assert points(panel, "zero window") == [(182, 3001)]
    assert points(panel, "FIN") == [(192, 3001)]


def test_an_old_acknowledgment_that_comes_late_changes_nothing() -> None:
    late = DOWNLOAD + "    initiator > responder  ACK ack=1001 +1ms"
    panel = time_sequence(trace(late), Endpoint.RESPONDER, WHOLE)
    assert points(panel, "acknowledged")[-1] == (193, 3001)


def test_without_the_syns_there_is_no_edge() -> None:
    panel = time_sequence(trace(without(segments(DOWNLOAD), 1, 2)), Endpoint.RESPONDER, WHOLE)
    assert "window's edge" not in names(panel)
    assert "data" in names(panel)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("initiator > responder  SYN", "Nothing of the responder was captured: it sent nothing, or only one"),
        ("initiator > responder  ACK", "Nothing of the responder was captured, though it was acknowledged."),
        ("initiator > responder  SYN\ninitiator < responder  RST,ACK", "The responder sent no data"),
    ],
)
def test_an_empty_graph_says_why(text: str, reason: str) -> None:
    panel = time_sequence(trace(text), Endpoint.RESPONDER, WHOLE)
    assert not panel.series
    assert panel.empty.startswith(reason)
