"""Resets that do not count, and those for which nobody is to blame."""

from tcpladder.rulebook.levels import Level
from tests.rules.found import EXCHANGE, OPENED, finding_of, findings_of

CLOSED = OPENED + "initiator < responder  FIN,ACK\n initiator > responder  ACK\n"


def test_below_what_was_acknowledged() -> None:
    found = finding_of("rst-out-of-window", EXCHANGE + "initiator < responder  RST,ACK seq=5")
    assert found.level is Level.DEVIATION
    assert "below the 11 that was acknowledged" in found.message


def test_beyond_the_window() -> None:
    found = finding_of("rst-out-of-window", EXCHANGE + "initiator < responder  RST,ACK seq=64251")
    assert "not below the window's right edge 64251" in found.message


def test_an_answer_to_a_segment_that_crossed_the_fin_gives_a_note() -> None:
    text = (
        OPENED
        + """
        initiator < responder  FIN,ACK
        initiator > responder  PSH,ACK len=10 ack=1
        initiator > responder  ACK
        initiator < responder  RST seq=1 win=0
        """
    )
    found = finding_of("rst-out-of-window", text)
    assert found.level is Level.NOTE
    assert "It answers frame 5, which had crossed." in found.message


def test_a_proper_reset_right_after_it_leaves_a_note() -> None:
    text = CLOSED + "initiator < responder  RST,ACK seq=1\n initiator < responder  RST,ACK seq=2"
    assert finding_of("rst-out-of-window", text).level is Level.NOTE


def test_after_a_proper_reset_nobody_minds() -> None:
    text = CLOSED + "initiator < responder  RST,ACK seq=2\n initiator < responder  RST,ACK seq=1"
    assert findings_of("rst-out-of-window", text) == []
