"""Each connection has exactly one ending: given these segments, this is what became of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import Endpoint
from tcpladder.tcp.teardown import Teardown, teardowns
from tests.building import Segment, analysed
from tests.generating import any_segments, maimed_lives

OPENED = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    """
TALKED = f"""{OPENED}
    initiator > responder  PSH,ACK len=100
    initiator < responder  PSH,ACK len=200
    initiator > responder  ACK
    """

ENDINGS = {
    Ending.STRAY_RESET: "initiator > responder  RST seq=7",
    Ending.HANDSHAKE_TIMEOUT: """
        initiator > responder  SYN
        initiator > responder  SYN seq=0 +1s
        """,
    Ending.REFUSED: """
        initiator > responder  SYN
        initiator < responder  RST,ACK seq=0
        """,
    Ending.STALE_PEER: """
        initiator > responder  SYN
        initiator < responder  ACK seq=777 ack=9999
        initiator > responder  RST seq=9999
        """,
    Ending.HANDSHAKE_RESET_BY_CLIENT: """
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        initiator > responder  RST seq=1
        """,
    Ending.HANDSHAKE_RESET_BY_SERVER: """
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        initiator < responder  RST,ACK
        """,
    Ending.CLIENT_ABORT_BEFORE_SYNACK: """
        initiator > responder  SYN
        initiator > responder  RST seq=1
        """,
    Ending.FIN_WITHOUT_HANDSHAKE: """
        initiator > responder  SYN
        initiator > responder  FIN seq=1
        """,
    Ending.HALF_OPEN_SERVER: """
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        """,
    Ending.HALF_OPEN_CLIENT: f"""{OPENED}
        initiator > responder  PSH,ACK len=10
        initiator < responder  SYN,ACK seq=0 ack=1 +1s
        initiator > responder  ACK
        initiator < responder  SYN,ACK seq=0 ack=1 +2s
        """,
    Ending.OPEN_AT_END: TALKED,
    Ending.ABORT_NO_DATA: f"""{OPENED}
        initiator > responder  RST,ACK
        """,
    Ending.ABORT_DATA_LOST: f"""{TALKED}
        initiator < responder  PSH,ACK len=10
        initiator > responder  RST,ACK ack=201
        """,
    Ending.ABORT_AFTER_DATA: f"""{TALKED}
        initiator > responder  RST,ACK
        """,
    Ending.RST_REPLY_TO_FIN: f"""{OPENED}
        initiator > responder  FIN,ACK
        initiator < responder  RST,ACK
        """,
    Ending.HALF_CLOSE_THEN_RESET: f"""{TALKED}
        initiator > responder  FIN,ACK
        initiator < responder  PSH,ACK len=50
        initiator < responder  RST,ACK
        """,
    Ending.LATE_DATA_RESET: f"""{TALKED}
        initiator < responder  FIN,ACK
        initiator > responder  PSH,ACK len=50
        initiator < responder  RST seq=202
        """,
    Ending.FIN_THEN_RESET: f"""{TALKED}
        initiator < responder  FIN,ACK
        initiator > responder  ACK
        initiator < responder  RST,ACK seq=202
        """,
    Ending.RST_AFTER_CLOSE: f"""{TALKED}
        initiator > responder  FIN,ACK
        initiator < responder  FIN,ACK
        initiator > responder  ACK
        initiator < responder  RST seq=202
        """,
    Ending.RST_DURING_CLOSE: f"""{TALKED}
        initiator > responder  FIN,ACK
        initiator < responder  FIN,ACK
        initiator > responder  RST seq=102
        """,
    Ending.HALF_CLOSED_OPEN: f"""{TALKED}
        initiator > responder  FIN,ACK
        initiator < responder  ACK
        """,
    Ending.FIN_UNANSWERED: f"""{TALKED}
        initiator > responder  FIN,ACK
        initiator > responder  FIN,ACK seq=101
        """,
    Ending.SIMULTANEOUS_CLOSE: f"""{TALKED}
        initiator > responder  FIN,ACK
        initiator < responder  FIN,ACK ack=101
        initiator > responder  ACK
        initiator < responder  ACK
        """,
    Ending.HALF_CLOSE: f"""{TALKED}
        initiator > responder  FIN,ACK
        initiator < responder  PSH,ACK len=50
        initiator < responder  FIN,ACK
        initiator > responder  ACK
        """,
    Ending.GRACEFUL_3WAY: f"""{TALKED}
        initiator > responder  FIN,ACK
        initiator < responder  FIN,ACK
        initiator > responder  ACK
        """,
    Ending.GRACEFUL_4WAY: f"""{TALKED}
        initiator > responder  FIN,ACK
        initiator < responder  ACK
        initiator < responder  FIN,ACK
        initiator > responder  ACK
        """,
    Ending.HANDSHAKE_INCOMPLETE: """
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        initiator > responder  ACK seq=1 ack=0
        """,
}


def of(rows: str | list[Segment]) -> list[Teardown]:
    return teardowns(analysed(rows).judgement.histories)


@pytest.mark.parametrize(("ending", "text"), ENDINGS.items())
def test_what_became_of_it(ending: Ending, text: str) -> None:
    assert [teardown.ending for teardown in of(text)] == [ending]


def test_every_ending_is_shown_here_but_the_one_that_a_clock_tells() -> None:
    assert set(Ending) - set(ENDINGS) == {Ending.HANDSHAKE_TRUNCATED}


def test_a_syn_at_the_very_end_of_the_capture_waits_for_its_answer() -> None:
    waiting = "initiator > responder  SYN"
    assert analysed(waiting).judgement.verdicts["ending"].to_list() == ["handshake-truncated"]
    assert analysed(f"{waiting}\n... +60s").judgement.verdicts["ending"].to_list() == ["handshake-timeout"]


def test_whose_fin_acknowledges_the_other_one_closed_second_in_whatever_order_they_were_captured() -> None:
    swapped = f"""{TALKED}
        initiator < responder  FIN,ACK seq=201 ack=102
        initiator > responder  FIN,ACK seq=101 ack=201
        initiator > responder  ACK ack=202
        """
    (teardown,) = of(swapped)
    assert teardown.closed_first is Endpoint.INITIATOR
    assert teardown.ending is Ending.GRACEFUL_3WAY


def test_a_connection_joined_late_was_established() -> None:
    (teardown,) = of("initiator > responder  ACK seq=100 ack=100 len=10\ninitiator < responder  ACK seq=100 ack=110")
    assert teardown.ending is Ending.OPEN_AT_END
    assert "midstream" in teardown.tags


def test_a_reset_that_does_not_count_is_no_end() -> None:
    ignored = f"""{TALKED}
        initiator < responder  RST seq=99999
        initiator > responder  FIN,ACK
        initiator < responder  FIN,ACK
        initiator > responder  ACK
        """
    (teardown,) = of(ignored)
    assert teardown.ending is Ending.GRACEFUL_3WAY
    assert teardown.reset_by is None
    assert "ineffective-rst" in teardown.tags


def test_a_request_that_was_reset_and_made_anew_has_not_ended_there() -> None:
    tried_again = """
        initiator > responder  SYN
        initiator < responder  SYN,ACK
        initiator > responder  RST seq=1
        initiator > responder  SYN seq=0 +1s
        initiator < responder  SYN,ACK isn=90000 ack=1
        initiator > responder  ACK
        initiator < responder  FIN,ACK
        initiator > responder  FIN,ACK
        initiator < responder  ACK
        """
    (teardown,) = of(tried_again)
    assert (teardown.ending, teardown.reset_by) == (Ending.GRACEFUL_3WAY, None)


def test_a_reset_that_was_captured_twice_is_one() -> None:
    aborted = f"{OPENED}\n initiator > responder  RST,ACK ip_id=7"
    (teardown,) = of(f"{aborted}\n initiator > responder  RST,ACK ip_id=7 +50us")
    assert teardown == of(aborted)[0]
    assert "double-rst" not in teardown.tags
    (twice_sent,) = of(f"{aborted}\n initiator > responder  RST,ACK ip_id=8 +50us")
    assert "double-rst" in twice_sent.tags


@settings(deadline=None)
@given(st.one_of(any_segments(), maimed_lives()))
def test_any_segments_have_one_ending_each(rows: list[Segment]) -> None:
    analysis = analysed(rows)
    assert len(teardowns(analysis.judgement.histories)) == len(analysis.connections)
