"""How sure it is that a SYN-ACK answers nothing."""

import pytest

from tcpladder.rulebook.levels import Confidence, Level
from tests.rules.found import findings_of

WRONG = "initiator > responder  SYN\n initiator < responder  SYN,ACK ack=5000\n"


@pytest.mark.parametrize(
    ("reaction", "level", "confidence"),
    [
        ("initiator > responder  RST seq=5000", Level.VIOLATION, Confidence.HIGH),
        ("initiator > responder  SYN seq=0 +1s", Level.VIOLATION, Confidence.MEDIUM),
        ("initiator > responder  ACK len=10", Level.DEVIATION, Confidence.LOW),
    ],
)
def test_the_initiators_reaction_tells(reaction: str, level: Level, confidence: Confidence) -> None:
    (finding,) = findings_of("hs-synack-bad-ack", WRONG + reaction)
    assert (finding.level, finding.confidence) == (level, confidence)


def test_it_may_answer_the_connection_before() -> None:
    text = """
    initiator > responder  SYN
    initiator > responder  SYN isn=70000 +1s
    initiator < responder  SYN,ACK ack=-68999
    initiator > responder  RST seq=-68999
    """
    (finding,) = findings_of("hs-synack-bad-ack", text)
    assert (finding.level, finding.connection) == (Level.NOTE, 2)


@pytest.mark.parametrize(
    "text",
    [
        "initiator < responder  SYN,ACK ack=5000",  # the SYN was not captured
        "initiator > responder  SYN len=10\n initiator < responder  SYN,ACK ack=1",
        "initiator > responder  SYN\n initiator < responder  SYN,ACK\n initiator > responder  ACK\n"
        "initiator < responder  SYN,ACK seq=0 ack=5000",
    ],
)
def test_otherwise_nothing_is_claimed(text: str) -> None:
    assert findings_of("hs-synack-bad-ack", text) == []
