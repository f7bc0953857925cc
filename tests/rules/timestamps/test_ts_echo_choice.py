"""Echoes that stacks really send, and which are not what the plain rule gives."""

from tests.building import analysed

OPENED = """
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=5000 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=5000
    initiator < responder  PSH,ACK len=10 tsval=5010 tsecr=101
    initiator > responder  PSH,ACK len=10 tsval=110 tsecr=5010
    initiator < responder  PSH,ACK len=10 tsval=5020 tsecr=110
"""


def found(text: str) -> list[tuple[int, ...]]:
    findings = analysed(text).judgement.findings
    return [finding.frames for finding in findings if finding.rule == "ts-echo-choice"]


NEXT = "initiator < responder  PSH,ACK len=10 tsval=5030 tsecr=110\n"


def test_data_that_was_acknowledged_in_sequence_is_echoed_from_the_next_acknowledgment_on() -> None:
    late = OPENED + "initiator > responder  ACK tsval=140 tsecr=5010\n" + NEXT
    assert found(late + "initiator > responder  ACK tsval=150 tsecr=5010") == [(9, 6)]
    assert found(late + "initiator > responder  ACK tsval=150 tsecr=5020") == []


def test_data_that_a_later_acknowledgment_overtook_may_not_be_echoed() -> None:
    overtaking = "initiator < responder  ACK ack=12 tsval=5021 tsecr=110\n"
    before = OPENED.replace("tsval=5020 tsecr=110", "ack=1 tsval=5020 tsecr=110")
    late = before + overtaking + "initiator > responder  ACK tsval=140 tsecr=5010\n" + NEXT
    assert found(late + "initiator > responder  ACK tsval=150 tsecr=5010") == []


def test_an_echo_does_not_go_back() -> None:
    text = OPENED + "initiator > responder  ACK tsval=140 tsecr=5020\n initiator > responder  ACK tsval=150 tsecr=5010"
    assert found(text) == [(8, 6)]
