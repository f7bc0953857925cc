"""What is not there is not always known not to have been."""

from tcpladder.graphs.absence import silent, unsampled, unstamped
from tcpladder.tcp.states import Endpoint
from tests.graphs.transfers import DOWNLOAD, trace


def test_an_endpoint_that_is_not_there_may_not_have_been_captured() -> None:
    one_way = trace("initiator > responder  ACK len=5")
    assert "Capture where both directions pass" in silent(one_way, Endpoint.RESPONDER)
    assert unsampled(one_way, Endpoint.INITIATOR) == silent(one_way, Endpoint.RESPONDER)
    assert unstamped(one_way, Endpoint.RESPONDER) == silent(one_way, Endpoint.RESPONDER)


def test_an_endpoint_that_only_acknowledges_sent_no_data() -> None:
    assert silent(trace(DOWNLOAD), Endpoint.INITIATOR) == "The initiator sent no data in this connection."


def test_of_time_stamps_it_is_said_what_to_do() -> None:
    assert "net.ipv4.tcp_timestamps" in unstamped(trace(DOWNLOAD), Endpoint.INITIATOR)
