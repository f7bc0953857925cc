"""How long an endpoint waited before it gave up."""

from tcpladder.rulebook.levels import Confidence, Level
from tests.rules.found import EXCHANGE, REQUEST, finding_of, findings_of

REPEATED = REQUEST + "".join(f"initiator > responder  PSH,ACK seq=1 len=100 +{wait}s\n" for wait in (1, 2, 4, 8))


def test_giving_up_when_the_next_retransmission_was_due_is_the_work_of_tcp() -> None:
    found = finding_of("rst-after-timeout", REPEATED + "initiator > responder  RST,ACK +16s")
    assert found.level is Level.DEVIATION
    assert "31.0 s after data that it sent 5 times" in found.message


def test_giving_up_at_any_other_time_is_the_work_of_the_application() -> None:
    found = finding_of("rst-after-timeout", REPEATED + "initiator > responder  RST,ACK +3s")
    assert found.level is Level.NOTE


def test_a_hundred_seconds_are_enough() -> None:
    late = REPEATED + "".join(f"initiator > responder  PSH,ACK seq=1 len=100 +{wait}s\n" for wait in (16, 32))
    assert finding_of("rst-after-timeout", late + "initiator > responder  RST,ACK +64s").level is Level.NOTE


def test_keep_alives_are_counted() -> None:
    probes = "initiator > responder  ACK seq=100 +75s\n" * 9
    found = finding_of("rst-after-timeout", EXCHANGE + probes + "initiator > responder  RST,ACK +75s")
    assert "after 9 keep-alives, 75.0 s apart, without an answer" in found.message


def test_the_answer_to_a_single_keep_alive_may_not_have_been_captured() -> None:
    text = EXCHANGE + "initiator > responder  ACK seq=100 +75s\n initiator > responder  RST,ACK +75s"
    assert finding_of("rst-after-timeout", text).confidence is Confidence.LOW


def test_keep_alives_that_are_answered_are_no_time_out() -> None:
    probes = "initiator > responder  ACK seq=100 +75s\n initiator < responder  ACK\n" * 4
    assert findings_of("rst-after-timeout", EXCHANGE + probes + "initiator > responder  RST,ACK +75s") == []
