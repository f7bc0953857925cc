"""What proves that acknowledged data was never sent."""

from tcpladder.rulebook.levels import Level
from tests.rules.found import EXCHANGE, finding_of, findings_of

TOO_MUCH = EXCHANGE + "initiator > responder  ACK ack=500\n"


def test_an_ack_at_the_same_instant_may_have_been_overtaken() -> None:
    found = finding_of("seq-ack-unsent", TOO_MUCH + "initiator < responder  ACK +1ms")
    assert found.level is Level.DEVIATION
    assert finding_of("seq-ack-unsent", TOO_MUCH + "initiator < responder  ACK").level is Level.VIOLATION


def test_data_that_is_sent_from_there_later_makes_it_sure() -> None:
    text = TOO_MUCH + "initiator < responder  ACK +1ms\n initiator < responder  PSH,ACK len=10 +1s"
    assert finding_of("seq-ack-unsent", text).level is Level.VIOLATION


def test_data_that_goes_on_behind_it_was_sent_and_not_captured() -> None:
    assert findings_of("seq-ack-unsent", TOO_MUCH + "initiator < responder  PSH,ACK seq=500 len=10") == []


def test_a_retransmission_of_it_is_no_proof() -> None:
    text = TOO_MUCH + "initiator < responder  PSH,ACK seq=11 len=489 +1s\n initiator < responder  ACK seq=500"
    assert findings_of("seq-ack-unsent", text) == []


def test_an_older_connections_answer_to_a_syn_is_another_matter() -> None:
    text = "initiator > responder  SYN\n initiator < responder  ACK ack=900\n initiator > responder  ACK seq=1"
    assert findings_of("seq-ack-unsent", text) == []
