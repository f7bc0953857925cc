"""What comes of an RST ahead of all that its sender had sent."""

from tcpladder.rulebook.levels import Confidence
from tests.rules.found import EXCHANGE, finding_of, findings_of

GUESS = EXCHANGE + "initiator < responder  RST seq=500 win=0\n"


def test_a_challenge_without_an_exact_reset() -> None:
    found = finding_of("rst-inexact", GUESS + "initiator > responder  ACK\n ... +60s")
    assert "challenged it (frame 8), and no exact RST followed" in found.message
    assert found.confidence is Confidence.HIGH


def test_silence() -> None:
    found = finding_of("rst-inexact", GUESS + "... +60s")
    assert "fell silent" in found.message
    assert found.confidence is Confidence.LOW


def test_no_word_of_it() -> None:
    assert "went on without a word" in finding_of("rst-inexact", GUESS + "initiator > responder  ACK len=9 +5s").message


def test_the_end_of_the_capture() -> None:
    assert "had no time to answer" in finding_of("rst-inexact", GUESS).message


def test_the_edge_of_a_sack_block_is_no_guess() -> None:
    text = EXCHANGE + "initiator > responder  ACK sack=400:500\n initiator < responder  RST seq=500 win=0"
    assert findings_of("rst-inexact", text) == []


def test_data_that_only_the_receiver_got_explains_it() -> None:
    assert findings_of("rst-inexact", GUESS + "initiator > responder  ACK ack=500") == []
