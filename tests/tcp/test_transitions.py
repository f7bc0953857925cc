"""The table of transitions: each entry, and that nothing else moves an endpoint."""

import itertools

import pytest

from tcpladder.tcp.states import State
from tcpladder.tcp.transitions import TRANSITIONS, Event, next_state
from tests.tcp.graph import FIGURE_5, is_possible

_S, _E = State, Event

MOVES = [
    # Opening: RFC 9293 §3.5, figures 6 and 7.
    ("active open", _S.CLOSED, _E.SENT_SYN, _S.SYN_SENT),
    ("active open, joined before", _S.UNKNOWN, _E.SENT_SYN, _S.SYN_SENT),
    ("passive open answers", _S.LISTEN, _E.SENT_SYN_ACK, _S.SYN_RCVD),
    ("its SYN-ACK is the first of it", _S.UNKNOWN, _E.SENT_SYN_ACK, _S.SYN_RCVD),
    ("SYNs cross", _S.SYN_SENT, _E.RECEIVED_SYN, _S.SYN_RCVD),
    ("active open is answered", _S.SYN_SENT, _E.RECEIVED_SYN_ACK, _S.ESTABLISHED),
    ("crossed SYNs are answered", _S.SYN_RCVD, _E.RECEIVED_SYN_ACK, _S.ESTABLISHED),
    ("handshake ends", _S.SYN_RCVD, _E.RECEIVED_ACK_OF_SYN, _S.ESTABLISHED),
    # Taking part is a proof of the handshake.
    ("it acknowledges what was not captured", _S.SYN_SENT, _E.SENT_SEGMENT, _S.ESTABLISHED),
    ("it goes on after its SYN-ACK", _S.SYN_RCVD, _E.SENT_SEGMENT, _S.ESTABLISHED),
    ("joined in the middle", _S.UNKNOWN, _E.SENT_SEGMENT, _S.ESTABLISHED),
    # Closing: §3.6, figures 12 and 13.
    ("active close", _S.ESTABLISHED, _E.SENT_FIN, _S.FIN_WAIT_1),
    ("close before the handshake ends", _S.SYN_RCVD, _E.SENT_FIN, _S.FIN_WAIT_1),
    ("passive close", _S.CLOSE_WAIT, _E.SENT_FIN, _S.LAST_ACK),
    ("the peer closes", _S.ESTABLISHED, _E.RECEIVED_FIN, _S.CLOSE_WAIT),
    ("the peer closes before the handshake ends", _S.SYN_RCVD, _E.RECEIVED_FIN, _S.CLOSE_WAIT),
    ("the peer closes, joined before", _S.UNKNOWN, _E.RECEIVED_FIN, _S.CLOSE_WAIT),
    ("the peer closes, joined late: this end had not", _S.UNKNOWN, _E.RECEIVED_FIN, _S.CLOSE_WAIT),
    ("FINs cross", _S.FIN_WAIT_1, _E.RECEIVED_FIN, _S.CLOSING),
    ("its FIN is acknowledged", _S.FIN_WAIT_1, _E.RECEIVED_ACK_OF_FIN, _S.FIN_WAIT_2),
    ("three segments close", _S.FIN_WAIT_1, _E.RECEIVED_FIN_AND_ACK_OF_FIN, _S.TIME_WAIT),
    ("the peer closes too", _S.FIN_WAIT_2, _E.RECEIVED_FIN, _S.TIME_WAIT),
    ("the peer closes too, and says again", _S.FIN_WAIT_2, _E.RECEIVED_FIN_AND_ACK_OF_FIN, _S.TIME_WAIT),
    ("crossed FINs are acknowledged", _S.CLOSING, _E.RECEIVED_ACK_OF_FIN, _S.TIME_WAIT),
    ("passive close ends", _S.LAST_ACK, _E.RECEIVED_ACK_OF_FIN, _S.CLOSED),
    # What cannot be known.
    ("closing, joined late", _S.UNKNOWN, _E.CLOSED_SOMEHOW, _S.UNKNOWN),
    ("closing, joined late, after it took part", _S.ESTABLISHED, _E.CLOSED_SOMEHOW, _S.UNKNOWN),
    # Resets: §3.10.5, §3.10.7.
    *((f"{state.name} aborts", state, _E.SENT_RST, _S.CLOSED) for state in State if state is not _S.LISTEN),
    *(
        (f"{state.name} is reset", state, _E.RECEIVED_RST, _S.CLOSED)
        for state in State
        if state not in {_S.LISTEN, _S.SYN_RCVD}
    ),
    ("a passive open is reset: §3.10.7.4", _S.SYN_RCVD, _E.RECEIVED_RST, _S.LISTEN),
    *(
        (f"{state.name} is reset, SYNs having crossed", state, _E.RECEIVED_RST_AS_OPENER, _S.CLOSED)
        for state in State
        if state is not _S.LISTEN
    ),
    ("a listener refuses", _S.LISTEN, _E.SENT_RST, _S.LISTEN),
    ("a listener refuses an ACK", _S.LISTEN, _E.SENT_REFUSAL, _S.LISTEN),
    *(
        (f"{state.name} knows of nothing that it could refuse", state, _E.SENT_REFUSAL, _S.CLOSED)
        for state in State
        if state not in {_S.LISTEN, _S.SYN_SENT}
    ),
]


@pytest.mark.parametrize(("what", "state", "event", "expected"), MOVES, ids=[move[0] for move in MOVES])
def test_an_event_moves_an_endpoint(what: str, state: State, event: Event, expected: State) -> None:
    assert next_state(state, event) is expected, what


def test_the_table_has_these_moves_and_no_others() -> None:
    assert {(state, event): after for _, state, event, after in MOVES} == dict(TRANSITIONS)


@pytest.mark.parametrize(
    ("state", "event"), [pair for pair in itertools.product(State, Event) if pair not in TRANSITIONS]
)
def test_whatever_the_table_does_not_list_changes_nothing(state: State, event: Event) -> None:
    assert next_state(state, event) is state


def test_every_move_is_an_edge_of_rfc_9293_or_comes_from_not_knowing() -> None:
    changes = {(state, after) for (state, _), after in TRANSITIONS.items() if state is not after}
    assert [change for change in changes if not is_possible(*change)] == []


def test_every_edge_of_figure_5_that_segments_show_is_in_the_table() -> None:
    shown_by_no_segment = {
        (_S.CLOSED, _S.LISTEN),  # passive OPEN
        (_S.LISTEN, _S.CLOSED),  # CLOSE, and a listener's RST is for one segment only
        (_S.LISTEN, _S.SYN_SENT),  # SEND on a listening socket: to an observer an active open
    }
    changes = {(state, after) for (state, _), after in TRANSITIONS.items()}
    assert FIGURE_5 - changes == shown_by_no_segment


def test_unknown_is_reached_from_no_state_that_is_known_by_an_ordinary_event() -> None:
    into_unknown = {event for (state, event), after in TRANSITIONS.items() if after is _S.UNKNOWN}
    assert into_unknown == {_E.CLOSED_SOMEHOW}
