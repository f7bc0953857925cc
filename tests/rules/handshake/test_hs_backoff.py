"""Which repetitions of SYNs and SYN-ACKs are impatient."""

import pytest

from tcpladder.tcp.states import Endpoint
from tests.rules.found import findings_of


def repeated(*gaps: str) -> str:
    """Give a SYN that is sent again after each of these."""
    return "\n".join(["initiator > responder  SYN", *(f"initiator > responder  SYN seq=0 +{gap}" for gap in gaps)])


@pytest.mark.parametrize(
    "gaps",
    [
        ("1s", "2s", "4s", "8s"),
        ("3s", "6s", "12s"),
        ("1s",) * 6,
        ("1s", "1s", "1s", "1s", "1s", "2s", "4s"),
        ("300ms",),  # nothing can be said of two
        ("400ms", "2s"),  # the first one was delayed
        ("1900ms", "1100ms", "4s", "8s"),  # the second one was
        ("1s", "6s", "8s"),  # the third one was not captured
        ("5ms", "1s", "2s"),  # a copy
    ],
)
def test_patient_initiators(gaps: tuple[str, ...]) -> None:
    assert findings_of("hs-backoff", repeated(*gaps)) == []


@pytest.mark.parametrize(
    "gaps", [("1s",) * 7, ("200ms", "400ms", "800ms"), ("5s", "2s", "1s"), ("1s", "300ms", "1s", "300ms")]
)
def test_impatient_initiators(gaps: tuple[str, ...]) -> None:
    (finding,) = findings_of("hs-backoff", repeated(*gaps))
    assert finding.endpoint is Endpoint.INITIATOR
    assert finding.frames == tuple(range(1, len(gaps) + 2))


def test_who_tries_again_after_a_refusal_does_not_do_so_by_timer() -> None:
    attempt = "initiator > responder  SYN seq=0 +100ms\n initiator < responder  RST,ACK\n"
    assert findings_of("hs-backoff", attempt * 5) == []


def test_impatient_responders() -> None:
    text = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator < responder  SYN,ACK seq=0 +4s
    initiator < responder  SYN,ACK seq=0 +2s
    initiator < responder  SYN,ACK seq=0 +1s
    """
    (finding,) = findings_of("hs-backoff", text)
    assert finding.endpoint is Endpoint.RESPONDER
    assert finding.message.startswith("The responder sent its SYN-ACK 4 times, after 4, 2, 1 s")


def test_a_responder_that_answers_each_syn_follows_the_initiators_timer() -> None:
    text = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  SYN seq=0 +1s
    initiator < responder  SYN,ACK seq=0
    initiator < responder  SYN,ACK seq=0 +200ms
    initiator > responder  SYN seq=0 +2s
    initiator < responder  SYN,ACK seq=0
    """
    assert findings_of("hs-backoff", text) == []
