"""What becomes of a SYN for a connection that is open."""

import pytest

from tests.rules.found import findings_of

OPENED = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""
STRAY = "initiator > responder  SYN seq=500000 +5s\n"


@pytest.mark.parametrize(
    ("what_follows", "outcome", "frames"),
    [
        ("", "it was not answered", (4,)),
        ("initiator < responder  ACK ack=1\n", "challenged in frame 5, and no RST", (4, 5)),
        (
            "initiator < responder  ACK ack=1\n initiator > responder  RST seq=1\n",
            "the RST in frame 6 ended the old connection",
            (4, 5, 6),
        ),
        ("initiator < responder  RST,ACK seq=0 ack=500001", "frame 5, was no challenge", (4, 5)),
    ],
)
def test_outcomes(what_follows: str, outcome: str, frames: tuple[int, ...]) -> None:
    (finding,) = findings_of("hs-syn-to-synchronized", OPENED + STRAY + what_follows)
    assert outcome in finding.message
    assert "while the responder was in ESTABLISHED" in finding.message
    assert finding.frames == frames


def test_in_time_wait_it_is_another_rules() -> None:
    closed_by_responder = """
    initiator < responder  FIN,ACK
    initiator > responder  FIN,ACK
    initiator < responder  ACK
    """
    text = (
        OPENED
        + closed_by_responder
        + "initiator > responder  SYN isn=70000 +1s\n initiator < responder  ACK ack=-69000"
    )
    assert findings_of("hs-syn-to-synchronized", text) == []


@pytest.mark.parametrize("repeated", ["SYN seq=0", "SYN seq=0 +1s"])
def test_a_repeated_syn_is_none(repeated: str) -> None:
    assert findings_of("hs-syn-to-synchronized", OPENED + f"initiator > responder  {repeated}") == []


def test_an_ack_of_the_syn_does_not_show_an_older_connection() -> None:
    assert findings_of("hs-syn-to-synchronized", "initiator > responder  SYN\n initiator < responder  ACK ack=1") == []
