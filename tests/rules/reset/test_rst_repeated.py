"""Who may have sent several RSTs."""

from tcpladder.rulebook.levels import Level
from tests.rules.found import EXCHANGE, REQUEST, finding_of, findings_of


def test_two_ttls_are_two_machines() -> None:
    text = EXCHANGE + "initiator < responder  RST,ACK ttl=60\n initiator < responder  RST,ACK ttl=250"
    found = finding_of("rst-repeated", text)
    assert found.level is Level.DEVIATION
    assert "their TTLs differ, 60 and 250" in found.message


def test_a_ttl_may_vary_by_one() -> None:
    text = EXCHANGE + "initiator < responder  RST,ACK ttl=60\n initiator < responder  RST,ACK ttl=61"
    assert finding_of("rst-repeated", text).level is Level.NOTE


def test_after_a_bare_answer_nobody_aborts() -> None:
    text = REQUEST + "initiator < responder  RST win=0\n initiator < responder  RST,ACK +200ms"
    found = finding_of("rst-repeated", text)
    assert found.level is Level.DEVIATION
    assert "the bare one in frame 5" in found.message


def test_those_that_answer_nothing_are_told_apart() -> None:
    text = EXCHANGE + "initiator < responder  RST,ACK ip_id=1\n initiator < responder  RST,ACK ip_id=2"
    assert "none after the first answers anything" in finding_of("rst-repeated", text).message


def test_one_is_enough() -> None:
    assert findings_of("rst-repeated", EXCHANGE + "initiator < responder  RST,ACK") == []
