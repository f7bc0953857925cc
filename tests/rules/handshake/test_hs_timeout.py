"""What is told of an attempt that nobody answers."""

import pytest

from tcpladder.rulebook.levels import Confidence, Level
from tests.rules.found import findings_of

REPEATED = """
    initiator > responder  SYN
    initiator > responder  SYN seq=0 +1s
    initiator > responder  SYN seq=0 +2s
"""


def test_who_stopped_trying_has_given_up() -> None:
    (finding,) = findings_of("hs-timeout", REPEATED + "... +60s")
    assert (finding.level, finding.confidence, finding.endpoint) == (Level.NOTE, Confidence.HIGH, None)
    assert finding.message == (
        "3 SYNs, repeated after 1, 2 s (doubling from 1 s, as RFC 6298 has it), were not answered until the capture "
        "ended, 60.0 s after the last; the initiator had given up after 3.0 s (RFC 9293 §3.8.3 asks for 3 minutes)."
    )


def test_who_may_try_again_after_the_capture_has_not() -> None:
    (finding,) = findings_of("hs-timeout", REPEATED + "... +3s")
    assert finding.confidence is Confidence.MEDIUM
    assert "given up" not in finding.message


def test_several_unanswered_syns_need_no_wait_after_the_last() -> None:
    (finding,) = findings_of("hs-timeout", REPEATED)
    assert finding.frames == (1, 2, 3)


def test_a_single_syn_is_told_as_such() -> None:
    (finding,) = findings_of("hs-timeout", "initiator > responder  SYN\n... +4s")
    assert finding.message == "1 SYN was not answered until the capture ended, 4.0 s after it."


@pytest.mark.parametrize(
    "text",
    [
        "initiator > responder  SYN\n... +2s",
        "initiator > responder  SYN\n initiator < responder  RST,ACK\n... +60s",
        "initiator > responder  SYN\n initiator > responder  ACK\n... +60s",
        "initiator < responder  SYN,ACK\n... +60s",
    ],
)
def test_otherwise_nothing_is_claimed(text: str) -> None:
    assert findings_of("hs-timeout", text) == []
