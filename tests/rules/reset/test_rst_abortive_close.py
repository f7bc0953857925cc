"""What an abort leaves behind, and what is none."""

from tests.rules.found import EXCHANGE, OPENED, REQUEST, finding_of, findings_of


def test_what_was_not_acknowledged_is_told() -> None:
    text = REQUEST + "initiator < responder  PSH,ACK len=30 ack=1\n initiator < responder  RST,ACK ack=1"
    message = finding_of("rst-abortive-close", text).message
    assert "30 bytes of the responder were not acknowledged, and 100 bytes of the initiator" in message


def test_a_long_silence_is_told() -> None:
    message = finding_of("rst-abortive-close", EXCHANGE + "initiator > responder  RST,ACK +100s").message
    assert "after 100.0 s of silence: everything sent was acknowledged" in message


def test_a_probe_that_sends_nothing_aborts_too() -> None:
    assert findings_of("rst-abortive-close", OPENED + "initiator > responder  RST,ACK")


def test_after_a_fin_it_is_another_matter() -> None:
    text = EXCHANGE + "initiator > responder  FIN,ACK\n initiator < responder  RST,ACK"
    assert findings_of("rst-abortive-close", text) == []


def test_a_reset_that_is_ignored_ends_nothing() -> None:
    assert findings_of("rst-abortive-close", EXCHANGE + "initiator < responder  RST,ACK seq=1") == []
