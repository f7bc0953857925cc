"""How sure it is that a reset was ignored."""

from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Confidence, Level
from tests.rules.found import findings_of


def found(text: str, to_initiator: str = "40ms") -> list[Finding]:
    opening = f"""
    initiator > responder  SYN
    initiator < responder  SYN,ACK +10ms
    initiator > responder  ACK +{to_initiator}
    """
    return findings_of("td-traffic-after-reset", opening + text)


def test_a_single_reset_may_have_been_lost() -> None:
    (finding,) = found("""
    initiator < responder  RST seq=1
    initiator > responder  PSH,ACK len=10 +2s
    """)
    assert (finding.level, finding.confidence) == (Level.DEVIATION, Confidence.LOW)


def test_beside_its_receiver_a_single_reset_is_enough() -> None:
    (finding,) = found("initiator < responder  RST seq=1\ninitiator > responder  PSH,ACK len=10 +2s", "20us")
    assert (finding.level, finding.confidence) == (Level.VIOLATION, Confidence.MEDIUM)


def test_what_was_under_way_does_not_count() -> None:
    assert not found("""
    initiator < responder  RST seq=1
    initiator > responder  PSH,ACK len=10 +300ms
    initiator < responder  RST seq=1
    initiator > responder  PSH,ACK len=10
    initiator < responder  RST seq=1
    """)


def test_a_reset_below_what_was_received_has_to_be_ignored() -> None:
    assert not found("""
    initiator < responder  PSH,ACK len=100
    initiator > responder  ACK
    initiator < responder  RST seq=1
    initiator < responder  RST seq=1 +2s
    initiator > responder  PSH,ACK len=10 +2s
    """)


def test_the_receiver_may_have_acknowledged_more_before_it_came() -> None:
    assert not found("""
    initiator < responder  PSH,ACK len=100
    initiator < responder  RST seq=1
    initiator < responder  RST seq=1
    initiator > responder  ACK ack=101
    initiator > responder  PSH,ACK len=10 ack=101 +3s
    """)
