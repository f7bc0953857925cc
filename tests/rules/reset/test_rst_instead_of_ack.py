"""Whose RST it is that should have been an ACK."""

from tests.rules.found import EXCHANGE, findings_of

OLD = EXCHANGE + "initiator > responder  PSH,ACK seq=1 len=100 ack=11 +1s\n"
GOES_ON = "initiator < responder  PSH,ACK len=10 +1s\n"


def test_an_old_duplicate() -> None:
    assert findings_of("rst-instead-of-ack", OLD + "initiator < responder  RST seq=11 win=0\n" + GOES_ON)


def test_an_acknowledgment_of_what_was_never_sent() -> None:
    text = EXCHANGE + "initiator > responder  ACK ack=99\n initiator < responder  RST seq=99 win=0\n" + GOES_ON
    assert findings_of("rst-instead-of-ack", text)


def test_an_acceptable_segment_is_another_matter() -> None:
    text = EXCHANGE + "initiator > responder  PSH,ACK len=100\n initiator < responder  RST seq=11 win=0\n" + GOES_ON
    assert findings_of("rst-instead-of-ack", text) == []


def test_another_device_is_told_by_another_rule() -> None:
    text = OLD + "initiator < responder  RST seq=11 win=0 ttl=200\n" + GOES_ON
    assert findings_of("rst-instead-of-ack", text) == []
    assert findings_of("rst-foreign-origin", text)
