"""What a SYN-ACK may echo when SYNs were repeated, missed, or crossed."""

import pytest

from tcpladder.rulebook.levels import Level
from tests.building import analysed

SYN = "initiator > responder  SYN tsval=70000000 tsecr=0\n"


def found(text: str) -> list[Level]:
    findings = analysed(text).judgement.findings
    return [finding.level for finding in findings if finding.rule == "ts-synack-echo-mismatch"]


def test_a_syn_before_may_have_been_missed() -> None:
    assert found(SYN + "initiator < responder  SYN,ACK tsval=900 tsecr=69999000") == []


def test_a_refusal_shows_that_none_was() -> None:
    refused = "initiator < responder  SYN,ACK tsval=900 tsecr=69999000\n initiator > responder  RST seq=1"
    assert found(SYN + refused) == [Level.DEVIATION]


@pytest.mark.parametrize(("gap", "levels"), [("+1s", []), ("+10ms", [Level.VIOLATION])])
def test_a_syn_after_may_have_been_missed_if_there_was_time_for_it(gap: str, levels: list[Level]) -> None:
    assert found(SYN + f"initiator < responder  SYN,ACK tsval=900 tsecr=70001000 {gap}") == levels


def test_in_a_simultaneous_open_the_other_syn_ack_may_be_echoed() -> None:
    text = """
        initiator > responder  SYN tsval=70000000 tsecr=0
        initiator < responder  SYN tsval=900 tsecr=0
        initiator > responder  SYN,ACK seq=0 ack=1 tsval=70000004 tsecr=900
        initiator < responder  SYN,ACK seq=0 ack=1 tsval=904 tsecr=70000004
    """
    assert found(text) == []


def test_a_repeated_syn_ack_may_echo_what_the_initiator_sent_since() -> None:
    text = (
        SYN
        + """
        initiator < responder  SYN,ACK tsval=900 tsecr=70000000
        initiator > responder  ACK tsval=70000010 tsecr=900
        initiator < responder  SYN,ACK seq=0 ack=1 tsval=1900 tsecr=70000010 +1s
    """
    )
    assert found(text) == []
