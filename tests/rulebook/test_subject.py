"""A connection as a rule sees it."""

import pytest

from tcpladder.rulebook.levels import Missing
from tcpladder.rulebook.subject import ASSUMED_RTT, MS, Subject
from tcpladder.tcp.states import Endpoint, State
from tests.building import Segment, analysed, segments, without

LIFE = """
    initiator > responder  SYN tsval=1 tsecr=0
    initiator < responder  SYN,ACK tsval=9 tsecr=1 +30ms
    initiator > responder  ACK tsval=2 tsecr=9 +5ms
    initiator > responder  PSH,ACK len=100 tsval=2 tsecr=9
    initiator < responder  ACK tsval=10 tsecr=2
    initiator < responder  PSH,ACK len=50 tsval=10 tsecr=2
    initiator > responder  FIN,ACK tsval=3 tsecr=10
    initiator < responder  FIN,ACK tsval=11 tsecr=3
    initiator > responder  ACK tsval=3 tsecr=11
    """
GOES_ON = f"{LIFE}\n    ... +60s"


def subject(rows: str | list[Segment], number: int = 1) -> Subject:
    return analysed(rows).judgement.subject(number)


def test_numbers_are_relative_to_the_isns() -> None:
    fin = subject(LIFE).fins(Endpoint.INITIATOR)[0]
    assert (fin.seq, fin.end, fin.fin_position, fin.ack) == (101, 102, 101, 51)
    assert (fin.snd_nxt, fin.snd_una, fin.rcv_nxt, fin.peer_nxt) == (101, 101, 1, 51)


def test_what_was_captured_twice_is_there_once_and_rows_still_fit_the_timeline() -> None:
    rows = segments(LIFE.replace("FIN,ACK", "FIN,ACK ip_id=7"))
    seen = subject([*rows[:7], rows[6], *rows[7:]])
    assert len(seen.segments) == 9
    assert [segment.row for segment in seen.segments][6:] == [6, 8, 9]
    assert seen.state_after(seen.segments[-1], Endpoint.INITIATOR) is State.TIME_WAIT


def test_the_handshake_tells_the_way_to_either_endpoint() -> None:
    seen = subject(LIFE)
    assert seen.half_rtts == (5 * MS, 30 * MS)
    assert seen.rtt == 35 * MS
    assert subject(without(segments(LIFE), 3, 4)).half_rtts != (5 * MS, 30 * MS)
    assert subject(without(segments(LIFE), 1)).rtt == ASSUMED_RTT


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        (GOES_ON, Missing.NOTHING),
        (LIFE, Missing.END),
        (without(segments(LIFE), 2), Missing.BEGINNING | Missing.END),
        (without(segments(LIFE), 4), Missing.SEGMENTS | Missing.END),
        (without(segments(LIFE), 5), Missing.END),  # a bare ACK that is missing leaves no trace
        (
            without(segments(LIFE), 1, 3, 4, 7, 9),
            Missing.BEGINNING | Missing.DIRECTION | Missing.SEGMENTS | Missing.END,
        ),
    ],
)
def test_what_the_capture_lacks(rows: str | list[Segment], missing: Missing) -> None:
    assert subject(rows).missing == missing


def test_timestamps_are_negotiated_by_both_syns_or_not_known() -> None:
    assert subject(LIFE).has_timestamps is True
    assert subject(LIFE.replace("SYN,ACK tsval=9 tsecr=1", "SYN,ACK")).has_timestamps is False
    assert subject(without(segments(LIFE), 2)).has_timestamps is None


def test_looking_around_a_segment() -> None:
    seen = subject(LIFE)
    fourth = seen.segments[3]
    assert [segment.frame for segment in seen.after(fourth)] == [5, 6, 7, 8, 9]
    before = seen.last_before(fourth, Endpoint.RESPONDER)
    assert before is not None
    assert before.frame == 2
    assert seen.last_before(seen.segments[0], Endpoint.RESPONDER) is None


def test_the_connection_before_on_the_same_ports_may_have_been_opened_by_the_other_side() -> None:
    swapped = (
        """
        initiator > responder  SYN isn=70000 +1s
        initiator < responder  SYN,ACK isn=90000
        """.replace(">", "%")
        .replace("<", ">")
        .replace("%", "<")
    )
    seen = subject(LIFE + swapped, 2)
    assert seen.previous is not None
    assert seen.previous.number == 1
    assert seen.same_end(Endpoint.INITIATOR, seen.previous) is Endpoint.RESPONDER
    assert seen.previous.previous is None
