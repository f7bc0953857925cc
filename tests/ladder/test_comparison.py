"""Two packets compared: what both have, and what differs."""

from tcpladder.ladder.comparison import Comparison, compared
from tests.building import ladder

TEXT = """
    initiator > responder  SYN mss=1460
    initiator < responder  SYN,ACK mss=1460
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100 win=500
    initiator > responder  PSH,ACK seq=1 len=100 win=500 +200ms
    """


def differences(comparison: Comparison) -> dict[str, tuple[str, str]]:
    return {field.name: field.values for field in comparison.fields if field.is_different}


def test_a_segment_and_what_is_sent_again_differ_in_nothing_but_their_time() -> None:
    found = compared(ladder(TEXT), 3, 4)
    assert differences(found) == {}
    assert found.heading == "no.4 and no.5  +0.200000 s  0 differences"
    assert next(field.values for field in found.fields if field.name == "frame") == ("4", "5")


def test_differences_are_marked_and_states_compared() -> None:
    found = differences(compared(ladder(TEXT), 0, 2))
    assert found["flags"] == ("SYN", "ACK")
    assert found["MSS"] == ("1460", "-")
    assert found["initiator then"] == ("SYN-SENT", "ESTABLISHED")
    assert "from" not in found


def test_what_neither_has_is_left_out_and_time_may_run_backwards() -> None:
    found = compared(ladder(TEXT), 4, 3)
    assert found.apart == -200_000_000
    assert {"MSS", "SACK"}.isdisjoint(field.name for field in found.fields)
    assert compared(ladder(TEXT), 2, 3).heading.split("s  ")[1] == "3 differences"
