"""What RSTs answer, what they look like, whether they count, and why they were sent."""

import pytest

from tcpladder.rulebook.resets import Fit, Form, Reason, Reset, ending_reset, resets
from tests.rulebook.subjects import subject_of

OPENED = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
"""
REQUEST = OPENED + "initiator > responder  PSH,ACK len=100\n"


def last_reset(text: str) -> Reset:
    return resets(subject_of(text))[-1]


REASONS = {
    "a SYN to a port that nothing listens on": (
        "initiator > responder  SYN\n initiator < responder  RST,ACK seq=-5000 win=0",
        Reason.CLOSED_PORT,
    ),
    "a second SYN to such a port": (
        """
        initiator > responder  SYN
        initiator < responder  RST,ACK win=0
        initiator > responder  SYN seq=0
        initiator < responder  RST,ACK win=0
        """,
        Reason.CLOSED_PORT,
    ),
    "an exchange for which it had refused the first SYN": (
        """
        initiator > responder  SYN
        initiator < responder  RST,ACK win=0
        initiator > responder  SYN seq=0
        initiator < responder  SYN,ACK
        initiator > responder  ACK
        initiator < responder  PSH,ACK len=10
        initiator > responder  ACK
        initiator < responder  RST,ACK
        """,
        Reason.ABORTIVE_CLOSE,
    ),
    "a SYN-ACK that acknowledges what was never sent": (
        "initiator > responder  SYN\n initiator < responder  SYN,ACK ack=77\n initiator > responder  RST seq=77 win=0",
        Reason.WRONG_ACK,
    ),
    "a SYN-ACK that echoes what was never sent": (
        """
        initiator > responder  SYN tsval=100 tsecr=0
        initiator < responder  SYN,ACK tsval=900 tsecr=99
        initiator > responder  RST win=0
        """,
        Reason.TIMESTAMPS,
    ),
    "a good SYN-ACK": (
        "initiator > responder  SYN\n initiator < responder  SYN,ACK\n initiator > responder  RST win=0",
        Reason.CALLER_GONE,
    ),
    "a SYN and the ACK of an older connection": (
        """
        initiator > responder  SYN
        initiator < responder  ACK seq=9 ack=77
        initiator > responder  RST seq=77 win=0
        """,
        Reason.HALF_OPEN,
    ),
    "a handshake, and nothing else": (OPENED + "initiator < responder  RST,ACK", Reason.NOT_ACCEPTED),
    "new data after its own FIN": (
        REQUEST
        + """
        initiator < responder  FIN,ACK
        initiator > responder  PSH,ACK len=50
        initiator < responder  RST seq=2 win=0
        """,
        Reason.LATE_DATA,
    ),
    "new data and a FIN after its own FIN": (
        REQUEST
        + """
        initiator < responder  FIN,ACK
        initiator > responder  PSH,ACK len=50
        initiator > responder  FIN,ACK
        initiator < responder  RST seq=2 win=0
        """,
        Reason.LATE_DATA,
    ),
    "an ACK after it had closed": (
        REQUEST
        + """
        initiator < responder  ACK
        initiator < responder  FIN,ACK
        initiator > responder  ACK
        initiator > responder  ACK +90s
        initiator < responder  RST seq=2 win=0
        """,
        Reason.GONE_AFTER_CLOSE,
    ),
    "a FIN, by its application": (
        OPENED + "initiator > responder  FIN,ACK\n initiator < responder  RST,ACK",
        Reason.ABORT_ON_FIN,
    ),
    "a FIN, with no socket left": (
        OPENED + "initiator < responder  PSH,ACK len=10\n initiator > responder  FIN,ACK\n"
        "initiator < responder  RST seq=11 win=0",
        Reason.NO_SOCKET_ON_FIN,
    ),
    "both FINs": (
        OPENED
        + """
        initiator > responder  FIN,ACK
        initiator < responder  FIN,ACK
        initiator > responder  ACK
        initiator > responder  RST,ACK
        """,
        Reason.CLEAN_UP,
    ),
    "retransmissions that nothing answered": (
        REQUEST
        + """
        initiator > responder  PSH,ACK seq=1 len=100 +1s
        initiator > responder  PSH,ACK seq=1 len=100 +2s
        initiator > responder  PSH,ACK seq=1 len=100 +4s
        initiator > responder  RST,ACK +8s
        """,
        Reason.TIMEOUT,
    ),
    "keep-alives that nothing answered": (
        REQUEST
        + """
        initiator < responder  PSH,ACK len=100
        initiator > responder  ACK
        initiator > responder  ACK seq=100 +75s
        initiator > responder  ACK seq=100 +75s
        initiator > responder  ACK seq=100 +75s
        initiator > responder  RST,ACK +75s
        """,
        Reason.TIMEOUT,
    ),
    "data that was not acknowledged": (
        REQUEST + "initiator < responder  PSH,ACK len=100\n initiator < responder  RST,ACK",
        Reason.ABORT_WITH_DATA,
    ),
    "a long silence": (
        REQUEST + "initiator < responder  ACK\n initiator > responder  RST,ACK +60s",
        Reason.ABORT_AFTER_SILENCE,
    ),
    "an exchange in which all was acknowledged": (
        REQUEST + "initiator < responder  ACK\n initiator > responder  RST,ACK",
        Reason.ABORTIVE_CLOSE,
    ),
    "a segment of a connection of which it knows nothing": (
        "initiator > responder  PSH,ACK ack=500 len=10\n initiator < responder  RST seq=500 win=0",
        Reason.HALF_OPEN,
    ),
    "an old segment, by an endpoint that goes on": (
        REQUEST
        + """
        initiator < responder  PSH,ACK len=10
        initiator > responder  PSH,ACK seq=1 len=100 ack=11 +1s
        initiator < responder  RST seq=11 win=0
        initiator < responder  PSH,ACK len=10 +1s
        """,
        Reason.FILTER,
    ),
    "nothing, by an endpoint that goes on": (
        REQUEST
        + """
        initiator < responder  PSH,ACK len=10
        initiator < responder  RST,ACK +5s
        initiator < responder  PSH,ACK len=10 +1s
        initiator < responder  PSH,ACK len=10 +1s
        """,
        Reason.DEVICE,
    ),
    "a segment that was under way when it reset": (
        REQUEST
        + """
        initiator < responder  PSH,ACK len=10
        initiator < responder  RST,ACK
        initiator > responder  PSH,ACK len=10 ack=11
        initiator < responder  RST seq=11 win=0
        """,
        Reason.RESET_BEFORE,
    ),
    "a segment of the endpoint that had reset it": (
        REQUEST
        + """
        initiator < responder  PSH,ACK len=10
        initiator < responder  RST,ACK
        initiator < responder  PSH,ACK len=10
        initiator > responder  RST win=0
        """,
        Reason.RESET_BEFORE,
    ),
}


@pytest.mark.parametrize(("text", "reason"), REASONS.values(), ids=REASONS)
def test_the_reason_for_a_reset_after(text: str, reason: Reason) -> None:
    assert last_reset(text).reason is reason


FITS = {
    "expected next": ("initiator < responder  RST seq=101", Fit.EXACT),
    "of data that is under way": ("initiator < responder  RST seq=201", Fit.EXACT),
    "acknowledged before": ("initiator < responder  RST seq=100", Fit.BEHIND),
    "beyond all data": ("initiator < responder  RST seq=300", Fit.AHEAD),
    "beyond the window": ("initiator < responder  RST seq=64342", Fit.BEYOND),
}


@pytest.mark.parametrize(("line", "fit"), FITS.values(), ids=FITS)
def test_a_reset_whose_number_is(line: str, fit: Fit) -> None:
    text = REQUEST + "initiator < responder  PSH,ACK len=100\n initiator > responder  ACK\n"
    text += "initiator < responder  PSH,ACK len=100\n"
    assert last_reset(text + line).fit is fit


def test_a_reset_at_its_senders_own_fin_is_obeyed_by_some_only() -> None:
    text = OPENED + "initiator < responder  FIN,ACK\n initiator > responder  ACK\n initiator < responder  RST seq=1"
    assert last_reset(text).fit is Fit.BEHIND_FIN
    assert not last_reset(text).fit.is_effective


def test_in_syn_sent_a_reset_has_to_acknowledge_the_syn() -> None:
    assert last_reset("initiator > responder  SYN\n initiator < responder  RST seq=0 win=0").fit is Fit.NOT_SYN_SENT


def test_each_reset_answers_a_segment_of_its_own() -> None:
    text = (
        OPENED
        + """
        initiator > responder  ACK len=100
        initiator > responder  ACK len=100
        initiator < responder  RST win=0
        initiator < responder  RST win=0
        """
    )
    assert [reset.answers and reset.answers.frame for reset in resets(subject_of(text))] == [4, 5]


def test_an_answer_comes_soon() -> None:
    assert last_reset(REQUEST + "initiator < responder  RST win=0 +60s").answers is None


def test_a_live_endpoint_shows_its_window_or_its_clock() -> None:
    assert last_reset(REQUEST + "initiator < responder  RST,ACK").form is Form.ACTIVE
    assert last_reset(REQUEST + "initiator < responder  RST,ACK win=0 tsval=5 tsecr=4").form is Form.ACTIVE
    assert last_reset(REQUEST + "initiator < responder  RST,ACK win=0").form is Form.UNCLEAR
    assert last_reset(REQUEST + "initiator < responder  RST win=0").form is Form.REACTIVE
    assert last_reset(REQUEST + "initiator < responder  RST win=8201").form is Form.REACTIVE


def test_what_was_not_acknowledged_is_at_risk() -> None:
    reset = last_reset(REQUEST + "initiator < responder  PSH,ACK len=30\n initiator < responder  RST,ACK ack=61")
    assert (reset.own_at_risk, reset.peer_at_risk) == (30, 0)
    reset = last_reset(REQUEST + "initiator < responder  RST win=0")
    assert (reset.own_at_risk, reset.peer_at_risk) == (0, 100)


def test_a_fin_is_no_payload_at_risk() -> None:
    reset = last_reset(OPENED + "initiator > responder  FIN,ACK\n initiator > responder  RST,ACK")
    assert reset.own_at_risk == 0


def test_the_reset_that_ends_a_connection_is_the_first_that_has_to_be_obeyed() -> None:
    text = REQUEST + "initiator < responder  RST seq=60000000\n initiator < responder  RST,ACK\n"
    ending = ending_reset(subject_of(text))
    assert ending is not None
    assert ending.segment.frame == 6


def test_a_refused_syn_ends_nothing_if_the_next_is_accepted() -> None:
    text, _ = REASONS["an exchange for which it had refused the first SYN"]
    ending = ending_reset(subject_of(text))
    assert ending is not None
    assert ending.segment.frame == 8
