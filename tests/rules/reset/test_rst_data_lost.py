"""How much a reset loses, and whose fault that is."""

from tcpladder.rulebook.levels import Confidence, Level
from tests.rules.found import EXCHANGE, OPENED, REQUEST, finding_of, findings_of


def test_data_that_may_have_crossed_the_reset_gives_a_note() -> None:
    text = EXCHANGE + "initiator > responder  PSH,ACK len=70\n initiator < responder  RST,ACK ack=101 +1ms"
    found = finding_of("rst-data-lost", text)
    assert (found.level, found.confidence) == (Level.NOTE, Confidence.MEDIUM)
    assert "70 bytes of the initiator not acknowledged, all sent so shortly before" in found.message


def test_who_has_no_connection_can_but_answer_so() -> None:
    text = EXCHANGE + "initiator > responder  PSH,ACK len=70 +600s\n initiator < responder  RST win=0"
    assert finding_of("rst-data-lost", text).level is Level.NOTE


def test_own_data_counts_as_well() -> None:
    text = REQUEST + "initiator > responder  RST,ACK +5s"
    found = finding_of("rst-data-lost", text)
    assert found.level is Level.DEVIATION
    assert "100 bytes of the initiator" in found.message


def test_a_fin_alone_is_nothing_lost() -> None:
    text = OPENED + "initiator > responder  FIN,ACK\n initiator < responder  RST,ACK ack=1 +5s"
    assert findings_of("rst-data-lost", text) == []
