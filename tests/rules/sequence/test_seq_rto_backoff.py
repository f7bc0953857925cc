"""Series of retransmissions that need not back off."""

from tests.rules.found import EXCHANGE, findings_of


def repeated(line: str, *waits: str) -> str:
    return EXCHANGE + line + "\n" + "".join(f"{line} seq=101 +{wait}\n" for wait in waits)


DATA = "initiator > responder  PSH,ACK len=9"


def test_a_fin_that_is_sent_every_second() -> None:
    assert findings_of("seq-rto-backoff", repeated("initiator > responder  FIN,ACK", "1s", "1s", "1s", "1s"))


def test_doubling() -> None:
    assert findings_of("seq-rto-backoff", repeated(DATA, "1s", "2s", "4s", "8s")) == []


def test_the_longest_time_out_stays_as_it_is() -> None:
    assert findings_of("seq-rto-backoff", repeated(DATA, "60s", "60s", "60s", "60s")) == []


def test_one_that_was_not_captured() -> None:
    assert findings_of("seq-rto-backoff", repeated(DATA, "600ms", "800ms", "1600ms", "3200ms")) == []


def test_each_answer_of_the_other_side_begins_a_new_series() -> None:
    text = repeated(DATA, "1s", "1s") + "initiator < responder  ACK ack=101\n"
    assert findings_of("seq-rto-backoff", text + f"{DATA} seq=101 +1s\n" * 2) == []


def test_window_probes() -> None:
    closed = EXCHANGE + "initiator < responder  ACK win=0\n"
    assert findings_of("seq-rto-backoff", closed + f"{DATA} seq=101 +1s\n" * 6) == []


def test_copies_of_one_packet_are_one_transmission() -> None:
    assert findings_of("seq-rto-backoff", repeated(DATA, "2ms", "2ms", "2ms", "2ms")) == []
