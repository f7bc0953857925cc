"""Why an initiator resets what it opens."""

import pytest

from tcpladder.rulebook.levels import Confidence
from tests.rules.found import findings_of


@pytest.mark.parametrize(
    ("syn", "syn_ack", "reset", "cause", "confidence"),
    [
        ("", "ack=9", "RST seq=9", "acknowledges 9, which was never sent", Confidence.HIGH),
        ("tsval=5 tsecr=0", "tsval=1 tsecr=4", "RST seq=1", "TSecr 4, which was never sent", Confidence.HIGH),
        ("", "", "RST seq=55", "another device", Confidence.LOW),
        ("", "+4s", "RST seq=1", "came 4.0 s after the first SYN", Confidence.HIGH),
        ("", "", "RST seq=1", "caller had closed already", Confidence.HIGH),
        ("", "", "RST,ACK seq=1", "caller had closed already", Confidence.MEDIUM),
    ],
)
def test_causes(syn: str, syn_ack: str, reset: str, cause: str, confidence: Confidence) -> None:
    text = f"""
    initiator > responder  SYN {syn}
    initiator < responder  SYN,ACK {syn_ack}
    initiator > responder  {reset}
    """
    (finding,) = findings_of("hs-client-reset", text)
    assert finding.frames == (3, 2, 1)
    assert cause in finding.message
    assert finding.confidence is confidence


def test_a_loop_is_another_rules() -> None:
    one_round = """
    initiator > responder  SYN seq=0 +1s
    initiator < responder  SYN,ACK seq=0
    initiator > responder  RST seq=1
    """
    assert len(findings_of("hs-client-reset", one_round)) == 1
    assert findings_of("hs-client-reset", one_round * 2) == []


def test_without_a_syn_nothing_was_opened() -> None:
    text = "initiator < responder  SYN,ACK ack=1\n initiator > responder  RST seq=1"
    assert findings_of("hs-client-reset", text) == []
