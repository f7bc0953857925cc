"""How sure it is that a responder ignores the handshake's ACK."""

import pytest

from tcpladder.rulebook.levels import Confidence, Level
from tests.rules.found import findings_of

OPENED = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""
PAYLOAD = "initiator > responder  PSH,ACK seq=1 len=10 ack=1\n"
AGAIN = "initiator < responder  SYN,ACK seq=0 ack=1 +1s\n"
GOES_ON = "initiator < responder  ACK seq=1 ack=11\n"


@pytest.mark.parametrize(
    ("text", "level", "confidence"),
    [
        (AGAIN, Level.NOTE, Confidence.LOW),
        (PAYLOAD + AGAIN + GOES_ON, Level.NOTE, Confidence.LOW),
        (PAYLOAD + AGAIN, Level.DEVIATION, Confidence.MEDIUM),
        (AGAIN * 2, Level.DEVIATION, Confidence.MEDIUM),
        (PAYLOAD + AGAIN * 2, Level.DEVIATION, Confidence.HIGH),
        (PAYLOAD + AGAIN * 3 + GOES_ON, Level.DEVIATION, Confidence.HIGH),
    ],
)
def test_once_the_ack_may_have_been_lost(text: str, level: Level, confidence: Confidence) -> None:
    (finding,) = findings_of("hs-synack-after-ack", OPENED + text)
    assert (finding.level, finding.confidence) == (level, confidence)


def test_on_a_long_way_the_ack_has_not_arrived_yet() -> None:
    text = f"""
    initiator > responder  SYN
    initiator < responder  SYN,ACK +1200ms
    initiator > responder  ACK
    {PAYLOAD}
    initiator < responder  SYN,ACK seq=0 ack=1 +980ms
    """
    assert findings_of("hs-synack-after-ack", text) == []


def test_a_synack_that_is_captured_after_what_follows_it_was_overtaken() -> None:
    assert findings_of("hs-synack-after-ack", OPENED + "initiator < responder  ACK len=5\n" + AGAIN * 2) == []
