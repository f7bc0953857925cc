"""What is known of a connection, segment by segment."""

import numpy as np
from hypothesis import given, settings

from tcpladder.connections.table import group
from tcpladder.graphs.kinds import GRAPHS
from tcpladder.graphs.raster import dots, window
from tcpladder.graphs.series import Span
from tcpladder.graphs.trace import Trace
from tcpladder.tcp.lookback import NONE
from tcpladder.tcp.states import Endpoint
from tests.building import Segment, segments, table, without
from tests.generating import any_segments, maimed_lives
from tests.graphs.transfers import DOWNLOAD, MS, trace


def test_columns_are_relative_to_the_connection() -> None:
    found = trace(DOWNLOAD)
    assert (found.time // MS).tolist() == [0, 40, 40, 80, 80, 80, 81, 81, 181, 182, 192]
    assert found.seq.tolist() == [0, 0, 1, 1, 1001, 2001, 1, 1, 1001, 1, 3001]
    assert found.end.tolist()[:4] == [1, 1, 1, 1001]
    assert np.flatnonzero(found.is_again).tolist() == [8]
    assert (found.sack_left[7], found.sack_right[7]) == (2001, 3001)
    assert (found.sack_left[6], found.ack[0]) == (NONE, NONE)


def test_windows_are_in_bytes_where_their_scale_is_known() -> None:
    assert trace(DOWNLOAD).window.tolist()[:4] == [64000, 64000, 4000, 500]
    assert trace(DOWNLOAD).is_window_known
    joined_late = trace(without(segments(DOWNLOAD), 1, 2))
    assert not joined_late.is_window_known


def test_in_flight_is_what_was_sent_and_not_acknowledged() -> None:
    responder = trace(DOWNLOAD).side(Endpoint.RESPONDER)
    assert responder.in_flight.tolist() == [NONE, 1, 0, 1000, 2000, 3000, 2000, 2000, 2000, 0, 1]
    initiator = trace(DOWNLOAD).side(Endpoint.INITIATOR)
    assert initiator.in_flight.tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]


def test_what_is_acknowledged_and_was_not_captured_is_not_in_flight() -> None:
    text = """
        initiator > responder  ACK len=100
        initiator < responder  ACK ack=5000
        initiator > responder  ACK len=100 seq=5000
    """
    assert trace(text).side(Endpoint.INITIATOR).in_flight.tolist() == [100, 0, 100]


def test_new_bytes_are_those_beyond_all_that_was_sent() -> None:
    text = """
        initiator > responder  ACK len=100 seq=1
        initiator > responder  ACK len=100 seq=1
        initiator > responder  ACK len=150 seq=1
        initiator > responder  ACK len=100 seq=401
        initiator > responder  ACK len=50  seq=201
    """
    found = trace(text)
    assert found.new_bytes.tolist() == [100, 0, 50, 100, 0]


def test_trouble_is_what_labels_tell_and_rsts() -> None:
    reset = DOWNLOAD + "    initiator > responder  RST seq=1"
    assert np.flatnonzero(trace(reset).is_trouble).tolist() == [7, 8, 9, 11]


def test_a_clock_is_that_of_no_segment_captured_before_it_was_stamped() -> None:
    lines = ["initiator > responder  SYN tsval=1000", "initiator < responder  SYN,ACK tsval=5"]
    lines += [f"initiator > responder  ACK len=1 tsval={1000 + 100 * at} +{100 + at % 3}ms" for at in range(1, 31)]
    side = trace("\n".join(lines)).side(Endpoint.INITIATOR)
    assert side.clock is not None
    found = trace("\n".join(lines))
    shown = side.clock_origin + found.time[side.stamped] * side.clock.hz / 1e9
    assert (shown - side.ticks).min() == 0
    assert side.ticks.tolist() == [100 * at for at in range(31)]


@given(maimed_lives() | any_segments())
@settings(max_examples=20)
def test_any_connection_can_be_drawn(rows: list[Segment]) -> None:
    found = Trace(group(table(rows)).segments_of(1))
    span = Span(start=int(found.time.min()), end=int(found.time.max()) + 1)
    for graph in GRAPHS:
        for endpoint in Endpoint:
            panel = graph.panel(found, endpoint, span)
            assert bool(panel.series) != bool(panel.empty)
            for each in panel.series:
                assert dots(each, window(panel, span), 40, 20).any() or each.is_backdrop
        for row in range(len(found)):
            graph.caption(found, row, span)
