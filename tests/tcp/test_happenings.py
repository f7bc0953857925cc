"""What happened to one endpoint: what it sent, and what reached it, in the order in which it did."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.tcp import evidence as e
from tcpladder.tcp.happenings import View, happenings
from tcpladder.tcp.states import Basis, Endpoint
from tcpladder.tcp.transitions import Event

_E = Event
R = e.FROM_RESPONDER
SYN = e.SYN
SYN_ACK = R | e.SYN | e.ACK | e.COVERS_SYN
ACK = e.ACK | e.COVERS_SYN
FIN = ACK | e.FIN
ACK_OF_FIN = ACK | e.COVERS_FIN
RESETS = {_E.RECEIVED_RST, _E.RECEIVED_RST_AS_OPENER}  # a listener may be reset several times


def told(codes: list[int], endpoint: Endpoint) -> list[tuple[int, Event, int]]:
    """Give (row, event, row of the segment behind it) of everything that happened."""
    return [(found.row, found.event, found.cause) for found in happenings(View(codes, endpoint))]


def test_an_endpoint_sees_its_own_rows_and_its_peers() -> None:
    codes = [SYN, SYN_ACK, ACK, R | ACK | e.DATA]
    view = View(codes, Endpoint.RESPONDER)
    assert (view.own, view.peer) == ([1, 3], [0, 2])
    assert view.having(view.own, e.ACK) == [1, 3]
    assert view.having(view.own, e.ACK, without=e.SYN) == [3]
    assert view.ordinary([0, 1, 2, 3]) == [2, 3]


def test_a_handshake_as_either_end_has_it() -> None:
    codes = [SYN, SYN_ACK, ACK, R | ACK]
    assert told(codes, Endpoint.INITIATOR) == [
        (0, _E.SENT_SYN, 0),
        (1, _E.RECEIVED_SYN_ACK, 1),
        (2, _E.SENT_SEGMENT, 2),
    ]
    assert told(codes, Endpoint.RESPONDER) == [
        (1, _E.SENT_SYN_ACK, 1),
        (2, _E.RECEIVED_ACK_OF_SYN, 2),
        (3, _E.SENT_SEGMENT, 3),
    ]


def test_a_fin_that_carries_the_ack_of_the_endpoints_own_is_one_event() -> None:
    codes = [SYN, SYN_ACK, ACK, FIN, R | FIN | e.COVERS_FIN, ACK_OF_FIN]
    assert (4, _E.RECEIVED_FIN_AND_ACK_OF_FIN, 4) in told(codes, Endpoint.INITIATOR)
    assert not {_E.RECEIVED_FIN, _E.RECEIVED_ACK_OF_FIN} & {event for _, event, _ in told(codes, Endpoint.INITIATOR)}


def test_an_ack_counts_before_a_fin_of_the_same_row_as_in_rfc_9293() -> None:
    """§3.10.7.4: the fifth step checks the ACK field, the eighth the FIN bit."""
    codes = [SYN, SYN_ACK, FIN, R | ACK_OF_FIN]
    events = [event for _, event, _ in told(codes, Endpoint.RESPONDER)]
    assert events.index(_E.RECEIVED_ACK_OF_SYN) < events.index(_E.RECEIVED_FIN)


def test_a_segment_before_a_repeated_syn_is_a_challenge_ack_and_no_taking_part() -> None:
    codes = [SYN, R | ACK, e.RST, SYN, SYN_ACK, ACK]
    assert (1, _E.SENT_SEGMENT, 1) not in told(codes, Endpoint.RESPONDER)


def test_who_goes_on_sending_after_its_reset_has_not_ended_the_connection() -> None:
    goes_on = [SYN, SYN_ACK, ACK, R | e.RST | e.RST_FITS, ACK | e.DATA | e.LATE, R | ACK]
    assert _E.SENT_RST not in {event for _, event, _ in told(goes_on, Endpoint.RESPONDER)}
    assert (3, _E.SENT_RST, 3) in told(goes_on[:-1], Endpoint.RESPONDER)


@pytest.mark.parametrize(
    ("what", "codes", "expected"),
    [
        ("it fits, and is the last", [SYN, SYN_ACK, ACK, R | e.RST | e.RST_FITS], (3, _E.RECEIVED_RST, 3)),
        ("it does not fit", [SYN, SYN_ACK, ACK, R | e.RST], None),
        (
            "it crossed data: it takes effect behind that",
            [SYN, SYN_ACK, ACK, R | e.RST | e.RST_FITS, ACK | e.DATA],
            (4, _E.RECEIVED_RST, 3),
        ),
        (
            "the endpoint goes on long after it",
            [SYN, SYN_ACK, ACK, R | e.RST | e.RST_FITS, ACK | e.DATA | e.LATE],
            None,
        ),
        (
            "the first had no effect, the second had",
            [SYN, SYN_ACK, ACK, R | e.RST | e.RST_FITS, ACK | e.LATE, R | e.RST | e.RST_FITS],
            (5, _E.RECEIVED_RST, 5),
        ),
    ],
)
def test_which_reset_reaches_the_initiator(
    what: str, codes: list[int], expected: tuple[int, Event, int] | None
) -> None:
    resets = [found for found in told(codes, Endpoint.INITIATOR) if found[1] is _E.RECEIVED_RST]
    assert resets == ([expected] if expected else []), what


LOOP = [SYN, SYN_ACK, e.RST | e.RST_FITS, SYN, SYN_ACK | e.NEW_ISN, e.RST | e.RST_FITS]


def test_a_listener_that_answers_with_a_new_isn_had_obeyed_the_reset_of_the_request_before() -> None:
    resets = [each for each in happenings(View(LOOP, Endpoint.RESPONDER)) if each.event is _E.RECEIVED_RST]
    assert [(each.row, each.basis) for each in resets] == [(2, Basis.SEEN), (5, Basis.INFERRED)]
    completed = [*LOOP[:2], ACK, *LOOP[2:5]]
    assert _E.RECEIVED_RST not in {event for _, event, _ in told(completed, Endpoint.RESPONDER)}


@pytest.mark.parametrize(
    ("what", "codes", "event"),
    [
        ("the only one ends it", LOOP[:3], _E.SENT_RST),
        ("one like it was followed by the SYN", LOOP, _E.SENT_REFUSAL),
        ("it answers an ACK of what was never sent", [SYN, SYN_ACK, e.RST | e.REFUSES], _E.SENT_REFUSAL),
        ("those before did that, this one does not", [SYN, e.RST | e.REFUSES, SYN, SYN_ACK, e.RST], _E.SENT_RST),
    ],
)
def test_what_the_initiators_last_reset_says(what: str, codes: list[int], event: Event) -> None:
    assert told(codes, Endpoint.INITIATOR)[-1] == (len(codes) - 1, event, len(codes) - 1), what


def test_a_reset_closes_who_opened_itself_though_it_answered_a_syn_too() -> None:
    codes = [SYN, R | SYN, SYN | ACK, R | e.RST | e.RST_FITS]
    assert told(codes, Endpoint.INITIATOR)[-1] == (3, _E.RECEIVED_RST_AS_OPENER, 3)


@pytest.mark.parametrize(
    ("what", "codes", "event"),
    [
        ("opened: the FIN is the first", [SYN, SYN_ACK, FIN, R | ACK_OF_FIN], _E.SENT_FIN),
        ("joined late, the other end sends data", [FIN, R | ACK | e.DATA], _E.SENT_FIN),
        ("joined late, the other end closes too", [FIN, R | FIN], _E.SENT_FIN),
        ("joined late, the other end acknowledges only", [FIN, R | ACK_OF_FIN], _E.CLOSED_SOMEHOW),
        ("the other end was not captured", [SYN, FIN], _E.CLOSED_SOMEHOW),
    ],
)
def test_whether_a_fin_can_be_told_from_a_second_one(what: str, codes: list[int], event: Event) -> None:
    closes = {_E.SENT_FIN, _E.CLOSED_SOMEHOW} & {found for _, found, _ in told(codes, Endpoint.INITIATOR)}
    assert closes == {event}, what


@given(st.lists(st.integers(0, (1 << 17) - 1), max_size=14))
def test_any_shape_gives_events_in_order_and_only_of_its_rows(codes: list[int]) -> None:
    for endpoint in Endpoint:
        found = happenings(View(codes, endpoint))
        assert [each.row for each in found] == sorted(each.row for each in found)
        assert all(0 <= each.row < len(codes) and 0 <= each.cause < len(codes) for each in found)
        assert all(each.basis in {Basis.SEEN, Basis.INFERRED} for each in found)
        received = [each.event for each in found if each.event.name.startswith("RECEIVED") and each.event not in RESETS]
        assert len(received) == len(set(received))
        for each in found:
            if each.event.name.startswith("SENT"):
                assert (codes[each.cause] & e.FROM_RESPONDER == e.FROM_RESPONDER) == (endpoint is Endpoint.RESPONDER)
