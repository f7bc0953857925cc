"""What makes initiators refuse again and again."""

from tcpladder.tcp.states import Endpoint
from tests.building import analysed
from tests.rules.found import findings_of


def rounds(syn_ack: str, reset: str) -> str:
    """Give three rounds, a second and two apart."""
    return "\n".join(
        f"""
        initiator > responder  SYN seq=0 tsval={tsval} tsecr=0 +{gap}s
        initiator < responder  SYN,ACK seq=0 {syn_ack} +0ms
        initiator > responder  RST {reset} +0ms
        """
        for gap, tsval in ((0, 1000), (1, 2000), (2, 4000))
    )


def test_a_wrong_echo() -> None:
    text = rounds("tsval=0 tsecr=77", "seq=1")
    (finding,) = findings_of("hs-reset-loop", text)
    assert finding.endpoint is Endpoint.RESPONDER
    assert finding.message == (
        "3 times the initiator answered a SYN-ACK with an RST: each echoes a timestamp that was never sent, such as 77 "
        "where the SYN has 1000. It sent its SYN again after 1, 2 s (doubling from 1 s, as RFC 6298 has it)."
    )
    assert "ts-problem" in analysed(text).judgement.verdicts["tags"][0]


def test_a_wrong_acknowledgment() -> None:
    (finding,) = findings_of("hs-reset-loop", rounds("ack=78", "seq=78"))
    assert finding.endpoint is Endpoint.RESPONDER
    assert "each acknowledges what was never sent, such as 78 for a SYN that ends at 1." in finding.message


def test_no_cause_that_could_be_seen() -> None:
    (finding,) = findings_of("hs-reset-loop", rounds("ack=1", "seq=1"))
    assert finding.endpoint is None
    assert "nothing in the SYN-ACKs tells why" in finding.message


def test_a_loop_may_end_well() -> None:
    ending = "initiator > responder  SYN seq=0\n initiator < responder  SYN,ACK seq=0\n initiator > responder  ACK"
    assert len(findings_of("hs-reset-loop", rounds("ack=1", "seq=1") + ending)) == 1


def test_a_synack_that_is_repeated_without_a_new_syn_makes_no_loop() -> None:
    text = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  RST seq=1
    initiator < responder  SYN,ACK seq=0 +1s
    initiator > responder  RST seq=1
    """
    assert findings_of("hs-reset-loop", text) == []


def test_resets_of_another_number_are_no_answers() -> None:
    assert findings_of("hs-reset-loop", rounds("ack=1", "seq=5")) == []
