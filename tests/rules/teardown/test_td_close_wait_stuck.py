"""When an endpoint that has not closed is said to hang."""

from tcpladder.rulebook.findings import Finding
from tests.rules.found import findings_of

OPENING = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""


def found(text: str) -> list[Finding]:
    return findings_of("td-close-wait-stuck", OPENING + text)


def test_half_a_minute_is_enough_where_the_capture_ends() -> None:
    assert found("initiator > responder  FIN,ACK\ninitiator < responder  ACK\n... +31s")
    assert not found("initiator > responder  FIN,ACK\ninitiator < responder  ACK\n... +29s")


def test_it_takes_a_minute_where_it_closes_at_last() -> None:
    text = """
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    initiator < responder  FIN,ACK +{}s
    initiator > responder  ACK
    ... +60s
    """
    (finding,) = found(text.format(61))
    assert finding.frames == (5, 4, 6)
    assert not found(text.format(59))


def test_payload_before_the_silence_is_named() -> None:
    (finding,) = found("""
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    initiator < responder  PSH,ACK len=10 +5s
    initiator > responder  ACK
    ... +100s
    """)
    assert finding.frames == (5, 4, 6)


def test_a_closed_window_hinders_it() -> None:
    assert not found("initiator > responder  FIN,ACK win=0\ninitiator < responder  ACK\n... +100s")


def test_where_its_fin_was_not_captured_nothing_is_said() -> None:
    assert not found("""
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    initiator > responder  ACK ack=2
    ... +100s
    """)


def test_without_the_beginning_it_may_have_closed_before() -> None:
    assert not findings_of(
        "td-close-wait-stuck",
        """
    initiator < responder  ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    ... +100s
    """,
    )


def test_a_capture_put_together_from_several_has_no_end_to_wait_for() -> None:
    assert not found("initiator > responder  FIN,ACK\ninitiator < responder  ACK\n... +90000000s")
