"""Signs of loss around a FIN or an RST, and what is none."""

from tests.rules.found import EXCHANGE, finding_of, findings_of


def test_data_that_the_fin_overtook() -> None:
    text = EXCHANGE + "initiator > responder  FIN,ACK seq=201\n initiator > responder  ACK seq=101 len=100 +1ms"
    assert "1 segment before it came after it" in finding_of("seq-loss-at-close", text).message


def test_a_gap_that_was_reported() -> None:
    text = EXCHANGE + "initiator > responder  FIN,ACK seq=201\n initiator < responder  ACK ack=101 sack=201:202"
    assert "the responder reported gaps in 1 ACK" in finding_of("seq-loss-at-close", text).message


def test_a_duplicate_that_was_reported_is_no_gap() -> None:
    text = EXCHANGE + "initiator < responder  ACK sack=1:101\n initiator > responder  FIN,ACK"
    assert findings_of("seq-loss-at-close", text) == []


def test_a_retransmission_just_before_a_reset() -> None:
    text = (
        EXCHANGE
        + """
        initiator > responder  PSH,ACK len=10
        initiator > responder  PSH,ACK len=10 seq=101
        initiator > responder  RST,ACK
        """
    )
    assert "the initiator's RST in frame 9" in finding_of("seq-loss-at-close", text).message


def test_a_fin_sent_again_is_told_by_another_rule() -> None:
    text = EXCHANGE + "initiator > responder  FIN,ACK\n initiator > responder  FIN,ACK seq=101 +200ms"
    assert findings_of("seq-loss-at-close", text) == []
