"""What comes for an endpoint that has closed."""

from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Level
from tests.rules.found import findings_of

OPENING = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""


def found(text: str) -> list[Finding]:
    return findings_of("td-late-data-reset", OPENING + text)


def test_a_request_long_after_the_server_closed_is_the_clients_deviation() -> None:
    (finding,) = found("""
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=20 +30s
    initiator < responder  RST seq=2
    """)
    assert finding.level is Level.DEVIATION
    assert finding.frames == (7, 6, 4)


def test_what_was_being_written_is_nobodys_fault() -> None:
    (finding,) = found("""
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=20
    initiator < responder  RST seq=2
    """)
    assert finding.level is Level.NOTE


def test_a_fin_that_comes_too_late_finds_nobody() -> None:
    (finding,) = found("""
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    initiator < responder  FIN,ACK +61s
    initiator > responder  RST seq=2
    """)
    assert (finding.level, finding.frames) == (Level.NOTE, (7, 6, 4))
    assert "61.0 s later" in finding.message


def test_a_fin_that_follows_at_once_and_is_reset_is_something_else() -> None:
    assert not found("""
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  RST seq=2
    """)


def test_an_rst_elsewhere_does_not_answer_the_payload() -> None:
    assert not found("""
    initiator > responder  FIN,ACK
    initiator < responder  PSH,ACK len=20
    initiator > responder  RST seq=5000
    """)
