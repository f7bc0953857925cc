"""Which RSTs refuse a SYN."""

import pytest

from tcpladder.rulebook.levels import Confidence, Level
from tests.rules.found import findings_of


@pytest.mark.parametrize(("syn", "reset"), [("", "RST,ACK ack=1"), ("len=10", "RST,ACK ack=11")])
def test_an_rst_that_acknowledges_the_syn_refuses_it(syn: str, reset: str) -> None:
    text = f"initiator > responder  SYN {syn}\n initiator < responder  {reset} ttl=50 +3ms"
    (finding,) = findings_of("hs-refused", text)
    assert finding.level is Level.NOTE
    assert finding.message == (
        "The responder refused the SYN of frame 1 by 1 RST; the first came 0.003000 s after the SYN, with TTL 50."
    )


@pytest.mark.parametrize(
    ("reset", "words"),
    [("RST", "has no ACK"), ("RST,ACK ack=2", "acknowledges 2"), ("RST,ACK ack=0", "acknowledges 0")],
)
def test_one_that_does_not_is_ignored(reset: str, words: str) -> None:
    (finding,) = findings_of("hs-refused", f"initiator > responder  SYN\n initiator < responder  {reset}")
    assert (finding.level, finding.confidence) == (Level.DEVIATION, Confidence.MEDIUM)
    assert words in finding.message


def test_one_that_does_not_may_be_of_the_connection_before() -> None:
    text = """
    initiator > responder  SYN
    initiator < responder  RST,ACK
    initiator > responder  SYN isn=70000
    initiator < responder  RST
    """
    assert [finding.connection for finding in findings_of("hs-refused", text)] == [1]


@pytest.mark.parametrize(
    "text",
    [
        "initiator > responder  SYN\n initiator < responder  SYN,ACK\n initiator < responder  RST,ACK",
        "initiator > responder  SYN\n initiator > responder  ACK ack=1\n initiator < responder  RST seq=1",
        "initiator < responder  RST,ACK ack=1",
    ],
)
def test_otherwise_nothing_was_refused(text: str) -> None:
    assert findings_of("hs-refused", text) == []
