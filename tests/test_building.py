"""What the text of a test stands for."""

import pytest

from tcpladder.packets import flags as f
from tests.building import GAP, START, captured, grouped, one_connection, segments


def test_a_line_is_a_segment_with_numbers_relative_to_either_isn() -> None:
    table = captured(
        """
        initiator > responder  SYN mss=1460 wscale=7 sackok tsval=5 tsecr=0 win=100 ttl=3 ip_id=77
        initiator < responder  SYN,ACK
        initiator > responder  ACK sack=11:21
        initiator < responder  PSH ACK len=20 seq=5 ack=9
        """
    )
    assert table["flags"].to_list() == [f.SYN, f.SYN | f.ACK, f.ACK, f.PSH | f.ACK]
    assert table["seq"].to_list() == [1000, 5000, 1001, 5005]
    assert table["ack"].to_list() == [0, 1001, 5001, 1009]
    assert table["payload_length"].to_list() == [0, 0, 0, 20]
    columns = ("frame", "window", "mss", "wscale", "sack_permitted", "tsval", "tsecr", "ttl", "ip_id")
    assert table.select(columns).row(0) == (1, 100, 1460, 7, True, 5, 0, 3, 77)
    assert table.select("mss", "wscale", "tsval", "sack_permitted").row(1) == (None,) * 4
    assert table.select("sack_count", "sack_left", "sack_right").row(2) == (1, 5011, 5021)


def test_sequence_numbers_go_on_from_line_to_line_and_a_reset_takes_none() -> None:
    found = segments(
        """
        initiator > responder  SYN isn=4294967295
        initiator > responder  ACK len=10
        initiator > responder  RST seq=500
        initiator > responder  FIN,ACK
        initiator > responder  ACK
        """
    )
    assert [segment.seq for segment in found] == [4294967295, 0, 499, 10, 11]


def test_time_goes_on_by_what_is_said_or_10_ms() -> None:
    times = captured(
        """
        initiator > responder  SYN
        # it waits
        initiator > responder  SYN  +1.5s
        initiator > responder  SYN  +20us   # a comment
        initiator > responder  SYN  -5ns
        initiator > responder  SYN
        """
    )["time"]
    assert (times - START).to_list() == [0, 1_500_000_000, 1_500_020_000, 1_500_019_995, 1_500_019_995 + GAP]


def test_other_endpoints_are_declared() -> None:
    (segment,) = segments(
        """
        client = [2001:db8::1]:50000 isn=7
        server = 192.0.2.9:25
        client > server  SYN
        """
    )
    assert segment.source == ("2001:db8::1", 50000)
    assert segment.destination == ("192.0.2.9", 25)
    assert segment.seq == 7


def test_one_connection_is_one() -> None:
    two = """
        other = 192.0.2.99:1
        initiator > responder  SYN
        other > responder  SYN
        """
    assert len(grouped(two)) == 2
    with pytest.raises(AssertionError, match="2 connections"):
        one_connection(two)


@pytest.mark.parametrize(
    "line",
    [
        "initiator > responder  SYN lne=5",
        "initiator > responder  SNY",
        "initiator > somebody  SYN",
        "initiator > responder  SYN +5",
    ],
)
def test_a_mistake_in_a_text_is_an_error(line: str) -> None:
    with pytest.raises((KeyError, StopIteration, ValueError)):
        segments(line)
