"""What becomes of a FIN that is sent again."""

from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Confidence, Level
from tests.rules.found import findings_of

OPENING = """
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
"""


def found(text: str) -> list[Finding]:
    return findings_of("td-fin-unacked", OPENING + text)


def test_a_fin_that_is_acknowledged_at_last() -> None:
    (finding,) = found("""
    initiator > responder  FIN,ACK
    initiator > responder  FIN,ACK seq=1 +200ms
    initiator < responder  ACK
    """)
    assert (finding.level, finding.frames) == (Level.NOTE, (4, 5, 6))
    assert finding.message == "The initiator repeated its FIN once, after 0.2 s; frame 6 acknowledges it."


def test_a_fin_whose_ack_was_lost() -> None:
    (finding,) = found("""
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    initiator > responder  FIN,ACK seq=1 +200ms
    """)
    assert "frame 5 had acknowledged it before" in finding.message


def test_an_echo_of_its_timestamp_proves_that_a_fin_is_ignored() -> None:
    (finding,) = found("""
    initiator > responder  FIN,ACK tsval=200 tsecr=900
    initiator > responder  FIN,ACK seq=1 tsval=400 tsecr=900 +200ms
    initiator < responder  PSH,ACK len=10 ack=1 tsval=2900 tsecr=400 +2s
    """)
    assert (finding.level, finding.confidence, finding.frames) == (Level.VIOLATION, Confidence.HIGH, (6, 4, 5))


def test_without_that_echo_the_fin_may_not_get_through() -> None:
    (finding,) = found("""
    initiator > responder  FIN,ACK tsval=200 tsecr=900
    initiator > responder  FIN,ACK seq=1 tsval=400 tsecr=900 +200ms
    initiator < responder  PSH,ACK len=10 ack=1 tsval=2900 tsecr=101 +2s
    """)
    assert (finding.level, finding.confidence) == (Level.NOTE, Confidence.LOW)


def test_a_hole_before_the_fin_is_no_matter_of_the_fin() -> None:
    assert not found("""
    initiator > responder  PSH,ACK len=100
    initiator > responder  FIN,ACK
    initiator > responder  FIN,ACK seq=101 +200ms
    initiator < responder  ACK ack=1 +2s
    """)


def test_a_closed_window_keeps_a_fin_out() -> None:
    assert not found("""
    initiator > responder  FIN,ACK
    initiator > responder  FIN,ACK seq=1 +200ms
    initiator < responder  ACK ack=1 win=0 +2s
    """)


def test_a_reset_ends_the_waiting() -> None:
    assert not found("""
    initiator > responder  FIN,ACK
    initiator > responder  FIN,ACK seq=1 +200ms
    initiator < responder  RST,ACK ack=1 +2s
    """)
