"""Windows taken back, and breaches that a lost ACK explains."""

from tcpladder.rulebook.levels import Level
from tests.rules.found import OPENED, finding_of, findings_of

USED = OPENED + "initiator > responder  ACK len=20000\n initiator < responder  ACK win=60000\n"


def test_a_window_taken_back_from_under_data_is_a_deviation() -> None:
    text = USED + "initiator > responder  ACK len=30000\n initiator < responder  ACK ack=20101 win=9000"
    found = finding_of("seq-window-breach", text)
    assert found.level is Level.DEVIATION
    assert "takes 50900 bytes of its window back (once), from under data that had been sent" in found.message


def test_a_window_taken_back_where_nothing_was_sent_is_a_note() -> None:
    text = USED + "initiator > responder  ACK len=100\n initiator < responder  ACK win=9000"
    assert finding_of("seq-window-breach", text).level is Level.NOTE


def test_an_older_ack_is_no_shrinking() -> None:
    text = USED + "initiator < responder  ACK ack=1 win=9000"
    assert findings_of("seq-window-breach", text) == []


def test_who_closes_may_offer_what_it_likes() -> None:
    text = USED + "initiator > responder  FIN,ACK\n initiator < responder  ACK win=500"
    assert findings_of("seq-window-breach", text) == []


def test_one_breach_may_be_an_ack_that_was_not_captured() -> None:
    text = OPENED.replace("SYN,ACK", "SYN,ACK win=1000") + "initiator > responder  ACK len=4000\n"
    assert findings_of("seq-window-breach", text) == []
