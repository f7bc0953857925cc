"""When an RST can only be the answer to another."""

from tcpladder.rulebook.levels import Level
from tests.rules.found import EXCHANGE, finding_of, findings_of


def test_once_may_be_something_that_was_not_captured() -> None:
    text = EXCHANGE + "initiator < responder  RST,ACK +2s\n initiator > responder  RST win=0"
    assert finding_of("rst-reply-to-rst", text).level is Level.DEVIATION


def test_a_segment_just_before_the_reset_is_what_it_answers() -> None:
    text = (
        EXCHANGE
        + """
        initiator < responder  PSH,ACK len=10 +2s
        initiator < responder  RST,ACK
        initiator > responder  RST win=0
        """
    )
    assert findings_of("rst-reply-to-rst", text) == []


def test_a_segment_that_the_capture_missed_may_be_what_it_answers() -> None:
    text = EXCHANGE + "initiator < responder  RST,ACK seq=21 +2s\n initiator > responder  RST win=0"
    assert findings_of("rst-reply-to-rst", text) == []


def test_an_abort_of_its_own_is_no_answer() -> None:
    text = EXCHANGE + "initiator < responder  RST,ACK +2s\n initiator > responder  RST,ACK"
    assert findings_of("rst-reply-to-rst", text) == []


def test_what_cannot_have_arrived_is_not_answered() -> None:
    text = EXCHANGE + "initiator < responder  RST,ACK +2s\n initiator > responder  RST win=0 +1ms"
    assert findings_of("rst-reply-to-rst", text) == []
