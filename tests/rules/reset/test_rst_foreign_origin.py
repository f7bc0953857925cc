"""Several hints make an RST foreign, and one does not."""

from tests.rules.found import EXCHANGE, finding_of, findings_of


def test_guesses_from_another_distance() -> None:
    text = EXCHANGE + "initiator < responder  RST,ACK seq=1471 ttl=50\n initiator < responder  RST,ACK seq=2931 ttl=50"
    message = finding_of("rst-foreign-origin", text).message
    assert "has TTL 50, where the endpoint's segments have 64; it is one of 2 that guess at the number" in message


def test_a_system_that_begins_with_another_ttl() -> None:
    assert findings_of("rst-foreign-origin", EXCHANGE + "initiator < responder  RST,ACK ttl=200")


def test_another_route_is_not_enough() -> None:
    assert findings_of("rst-foreign-origin", EXCHANGE + "initiator < responder  RST,ACK ttl=50") == []


def test_a_refused_syn_that_is_repeated_and_accepted_is_no_hint() -> None:
    text = """
        initiator > responder  SYN
        initiator < responder  RST,ACK win=0
        initiator > responder  SYN seq=0 +500ms
        initiator < responder  SYN,ACK
        initiator > responder  ACK
        initiator < responder  PSH,ACK len=10
        initiator < responder  PSH,ACK len=10
    """
    assert findings_of("rst-foreign-origin", text) == []
