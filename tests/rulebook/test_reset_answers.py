"""Which segment an RST answers, and which have to be answered by an ACK instead."""

from tcpladder.rulebook.reset_answers import ANSWER_MARGIN, answered, is_unacceptable, patience
from tcpladder.tcp.states import Endpoint
from tests.rulebook.subjects import subject_of

OPENED = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""


def pairs(text: str) -> dict[int, int]:
    subject = subject_of(text)
    frames = {segment.row: segment.frame for segment in subject.segments}
    return {frames[row]: segment.frame for row, segment in answered(subject).items()}


def test_an_rst_repeats_the_acknowledgment_of_what_it_answers() -> None:
    assert pairs(OPENED + "initiator > responder  PSH,ACK len=10\n initiator < responder  RST win=0") == {5: 4}


def test_an_rst_acknowledges_what_has_no_acknowledgment() -> None:
    text = "responder = 198.51.100.20:443 isn=0\n initiator > responder  SYN\n initiator < responder  RST,ACK seq=0"
    assert pairs(text) == {2: 1}


def test_two_rsts_answer_two_segments_in_their_order() -> None:
    text = "initiator > responder  ACK len=10\n" * 2 + "initiator < responder  RST\n" * 2
    assert pairs(OPENED + text) == {6: 4, 7: 5}


def test_an_rst_at_another_number_answers_nothing() -> None:
    assert pairs(OPENED + "initiator > responder  PSH,ACK len=10\n initiator < responder  RST seq=9") == {}


def test_an_answer_does_not_come_before_its_segment() -> None:
    assert pairs(OPENED + "initiator < responder  RST seq=7\n initiator > responder  ACK ack=7") == {}


def test_an_endpoint_has_two_round_trips_and_a_margin_to_answer() -> None:
    assert patience(subject_of(OPENED), Endpoint.RESPONDER) == 2 * 10_000_000 + ANSWER_MARGIN


def test_what_lies_outside_the_window_is_unacceptable() -> None:
    text = OPENED + "initiator > responder  PSH,ACK len=10\n initiator < responder  ACK\n"
    for line, expected in {
        "initiator > responder  PSH,ACK len=10": False,
        "initiator > responder  ACK": False,
        "initiator > responder  PSH,ACK seq=1 len=10": True,
        "initiator > responder  PSH,ACK seq=6 len=10": False,
        "initiator > responder  ACK seq=10": True,
        "initiator > responder  PSH,ACK seq=70000 len=10": True,
        "initiator > responder  ACK ack=99": True,
    }.items():
        assert is_unacceptable(subject_of(text + line).segments[-1]) is expected, line
