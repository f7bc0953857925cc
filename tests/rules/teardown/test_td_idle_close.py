"""How silences before a close are named."""

from tcpladder.rulebook.levels import Confidence
from tests.building import analysed
from tests.rules.found import findings_of

OPENING = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=10
    initiator < responder  ACK
"""


def message_of(text: str) -> str | None:
    found = findings_of("td-idle-close", OPENING + text)
    return found[0].message if found else None


def test_a_usual_time_out_is_named_and_becomes_a_tag() -> None:
    text = OPENING + "initiator < responder  FIN,ACK +60s"
    (finding,) = findings_of("td-idle-close", text)
    assert finding.message == "The responder closes after 60.0 s without payload, which is near to a time-out of 60 s."
    assert finding.confidence is Confidence.HIGH
    assert "idle-60" in analysed(text).judgement.verdicts["tags"][0]


def test_an_unusual_one_is_not() -> None:
    assert message_of("initiator > responder  RST,ACK +43s") == "The initiator resets after 43.0 s without payload."


def test_keep_alives_are_no_payload() -> None:
    text = """
    initiator > responder  ACK seq=10 +20s
    initiator < responder  ACK
    initiator > responder  ACK seq=10 +20s
    initiator < responder  ACK
    initiator > responder  FIN,ACK +3s
    """
    message = message_of(text)
    assert message
    assert "2 keep-alives came in between, about every 20.0 s" in message


def test_a_fin_that_carries_payload_ends_no_silence() -> None:
    assert message_of("initiator < responder  FIN,PSH,ACK len=10 +60s") is None


def test_nine_seconds_are_no_silence() -> None:
    assert message_of("initiator > responder  FIN,ACK +9s") is None


def test_an_attempt_that_was_never_established_was_not_idle() -> None:
    text = "initiator > responder  SYN\ninitiator > responder  RST seq=1 +60s"
    assert findings_of("td-idle-close", text) == []
