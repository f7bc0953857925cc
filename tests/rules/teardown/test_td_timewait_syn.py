"""What an endpoint in TIME-WAIT does with a SYN."""

from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Confidence, Level
from tests.rules.found import findings_of

CLOSED_BY_RESPONDER = """
    initiator > responder  SYN isn=10000 tsval=1000 tsecr=0
    initiator < responder  SYN,ACK isn=50000 tsval=7000 tsecr=1000
    initiator > responder  ACK tsval=1010 tsecr=7000
    initiator < responder  FIN,ACK tsval=7100 tsecr=1010
    initiator > responder  FIN,ACK tsval=1110 tsecr=7100
    initiator < responder  ACK tsval=7110 tsecr=1110
"""


def found(text: str) -> list[Finding]:
    return findings_of("td-timewait-syn", CLOSED_BY_RESPONDER + text)


def test_a_newer_syn_is_accepted_with_a_higher_isn() -> None:
    (finding,) = found("""
    initiator > responder  SYN isn=90000 tsval=3000 tsecr=0 +2s
    initiator < responder  SYN,ACK isn=150000 tsval=9000 tsecr=3000
    """)
    assert (finding.level, finding.frames) == (Level.NOTE, (7, 6, 8))


def test_the_same_host_may_not_take_a_lower_isn() -> None:
    (finding,) = found("""
    initiator > responder  SYN isn=90000 tsval=3000 tsecr=0 +2s
    initiator < responder  SYN,ACK isn=20000 tsval=9000 tsecr=3000
    """)
    assert (finding.level, finding.confidence) == (Level.VIOLATION, Confidence.MEDIUM)
    assert "ISN below the old numbers" in finding.message


def test_another_clock_is_another_host_behind_the_same_address() -> None:
    (finding,) = found("""
    initiator > responder  SYN isn=90000 tsval=3000 tsecr=0 +2s
    initiator < responder  SYN,ACK isn=20000 tsval=777000 tsecr=3000
    """)
    assert finding.level is Level.NOTE


def test_an_old_syn_may_not_be_accepted() -> None:
    (finding,) = found("""
    initiator > responder  SYN isn=900 tsval=500 tsecr=0 +2s
    initiator < responder  SYN,ACK isn=150000 tsval=9000 tsecr=500
    """)
    assert finding.level is Level.VIOLATION


def test_later_it_may_have_left_time_wait() -> None:
    (finding,) = found("""
    initiator > responder  SYN isn=900 tsval=500 tsecr=0 +40s
    initiator < responder  SYN,ACK isn=150000 tsval=47000 tsecr=500
    """)
    assert finding.level is Level.NOTE


def test_an_old_syn_answered_by_an_ack_is_a_note_only() -> None:
    (finding,) = found("""
    initiator > responder  SYN seq=4294966000 tsval=500 tsecr=0 +2s
    initiator < responder  ACK seq=2 ack=2 tsval=9000 tsecr=1110
    """)
    assert (finding.level, finding.frames) == (Level.NOTE, (7, 6, 8))


def test_silence_may_be_loss() -> None:
    (finding,) = found("""
    initiator > responder  SYN isn=90000 tsval=3000 tsecr=0 +2s
    initiator > responder  SYN seq=0 tsval=4000 tsecr=0 +1s
    ... +60s
    """)
    assert (finding.level, finding.confidence) == (Level.NOTE, Confidence.LOW)
