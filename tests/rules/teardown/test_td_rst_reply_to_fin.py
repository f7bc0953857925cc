"""What RSTs tell that answer a FIN."""

from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Level
from tests.rules.found import findings_of

OPENING = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""


def found(text: str) -> list[Finding]:
    return findings_of("td-rst-reply-to-fin", OPENING + text)


def test_a_probe_without_payload_is_a_note() -> None:
    (finding,) = found("initiator > responder  FIN,ACK\ninitiator < responder  RST,ACK")
    assert finding.level is Level.NOTE
    assert "its application aborts. No payload was exchanged." in finding.message


def test_a_bare_rst_tells_of_no_socket() -> None:
    (finding,) = found("""
    initiator > responder  PSH,ACK len=10
    initiator < responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  RST seq=1 win=0
    """)
    assert finding.level is Level.DEVIATION
    assert "its socket is gone, or a device answers" in finding.message


def test_payload_before_the_fin_that_was_not_acknowledged_is_told() -> None:
    (finding,) = found("""
    initiator > responder  PSH,ACK len=10
    initiator > responder  FIN,ACK ack=1
    initiator < responder  RST seq=1 win=0
    """)
    assert "10 bytes before the FIN were not acknowledged" in finding.message


def test_who_sent_payload_after_the_fin_does_not_answer_it_with_rst() -> None:
    assert not found("""
    initiator > responder  FIN,ACK
    initiator < responder  PSH,ACK len=10
    initiator < responder  RST,ACK
    """)
