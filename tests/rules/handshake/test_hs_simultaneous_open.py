"""How sure it is that two SYNs crossed."""

from tcpladder.rulebook.levels import Confidence
from tests.rules.found import findings_of


def test_two_syns_without_an_answer_may_have_crossed() -> None:
    (finding,) = findings_of("hs-simultaneous-open", "initiator > responder  SYN\n initiator < responder  SYN")
    assert (finding.confidence, finding.frames) == (Confidence.LOW, (2, 1))


def test_far_apart_they_are_two_attempts() -> None:
    assert findings_of("hs-simultaneous-open", "initiator > responder  SYN\n initiator < responder  SYN +9s") == []


def test_far_apart_they_crossed_where_a_synack_says_so() -> None:
    text = """
    initiator > responder  SYN
    initiator < responder  SYN                  +9s
    initiator > responder  SYN,ACK seq=0 ack=1
    """
    (finding,) = findings_of("hs-simultaneous-open", text)
    assert (finding.confidence, finding.frames) == (Confidence.HIGH, (2, 1, 3))
