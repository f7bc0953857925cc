"""Echoes of 0, of values in between, and of what a clock cannot have come to."""

import pytest

from tcpladder.rulebook.levels import Confidence, Level
from tests.building import analysed

OPENED = """
    initiator > responder  SYN tsval=5000000 tsecr=0
    initiator < responder  SYN,ACK tsval=90000000 tsecr=5000000
    initiator > responder  ACK tsval=5000010 tsecr=90000000
"""


def found(text: str) -> list[tuple[Level, Confidence]]:
    findings = analysed(text).judgement.findings
    return [(finding.level, finding.confidence) for finding in findings if finding.rule == "ts-echo-invalid"]


def echoing(*values: int) -> str:
    return OPENED + "".join(
        f"initiator < responder  ACK tsval={90000010 + at} tsecr={value}\n" for at, value in enumerate(values)
    )


@pytest.mark.parametrize("value", [0, 3_000_000_000, 4_900_000_000 % 2**32, 200_000_000])
def test_a_value_that_no_segment_can_have_carried_is_a_violation(value: int) -> None:
    assert found(echoing(5000010, value)) == [(Level.VIOLATION, Confidence.HIGH)]


@pytest.mark.parametrize("value", [5000005, 5000010, 5000900, 4_990_000])
def test_a_segment_that_was_not_captured_may_explain_a_value(value: int) -> None:
    assert found(echoing(value)) == []


def test_many_values_in_between_are_too_many() -> None:
    assert found(echoing(*range(5000001, 5000007))) == [(Level.DEVIATION, Confidence.MEDIUM)]


def test_zero_from_the_start_on_may_be_a_devices_doing() -> None:
    assert found(echoing(0, 0)) == [(Level.DEVIATION, Confidence.MEDIUM)]


def test_nothing_is_said_of_a_challenge_from_an_older_connection() -> None:
    text = """
        initiator > responder  SYN tsval=5000000 tsecr=0
        initiator < responder  ACK seq=700 ack=-900 tsval=90000000 tsecr=3000000000
        initiator > responder  RST seq=-900
        initiator > responder  SYN seq=0 tsval=5001000 tsecr=0 +1s
        initiator < responder  SYN,ACK tsval=90001000 tsecr=5001000
        initiator > responder  ACK tsval=5001001 tsecr=90001000
    """
    assert found(text) == []
