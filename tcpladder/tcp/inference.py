"""Runs the state machine for both endpoints of a connection, on its shape.

Equal shapes give equal results, so each shape is run once, however many connections have it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tcpladder.tcp import evidence as e
from tcpladder.tcp.happenings import View, happenings
from tcpladder.tcp.states import Basis, Endpoint, State
from tcpladder.tcp.transitions import Event, next_state


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of state: at which row of the shape, to what, on what basis, by which event of which row."""

    row: int
    state: State
    basis: Basis
    event: Event
    cause: int


@dataclass(frozen=True, slots=True)
class History:
    """One endpoint's states over a connection: the one before its first segment, then each change, in order."""

    initial: State
    initial_basis: Basis
    transitions: tuple[Transition, ...]

    @property
    def states(self) -> list[State]:
        """Give the states that it went through, in order."""
        return [self.initial, *(transition.state for transition in self.transitions)]


def infer(codes: Sequence[int]) -> tuple[History, History]:
    """Give the initiator's and the responder's history, from the codes of a connection's control rows."""
    return _history(codes, Endpoint.INITIATOR), _history(codes, Endpoint.RESPONDER)


def _history(codes: Sequence[int], endpoint: Endpoint) -> History:
    initial, initial_basis = _initial(View(codes, endpoint))
    state, basis = initial, initial_basis
    transitions = []
    for happening in happenings(codes, endpoint, is_fin_ambiguous=_is_fin_ambiguous(codes)):
        reached = next_state(state, happening.event)
        if reached is state:
            continue
        basis = _basis(state, reached, happening.event, happening.basis)
        state = reached
        transitions.append(Transition(happening.row, state, basis, happening.event, happening.cause))
    return History(initial, initial_basis, tuple(transitions))


def _basis(before: State, after: State, event: Event, basis: Basis) -> Basis:
    if after is State.UNKNOWN:
        return Basis.UNKNOWN
    # Taking part shows that an endpoint is synchronized, not in which of the synchronized states it is.
    is_vague = before is State.UNKNOWN and event is Event.SENT_SEGMENT
    return Basis.INFERRED if is_vague else basis


def _initial(view: View) -> tuple[State, Basis]:
    """Give the state before the first segment, from how the endpoint enters the connection."""
    first = view.codes[view.own[0]] if view.own else 0
    if first & e.SYN:
        return (State.LISTEN if first & e.ACK else State.CLOSED), Basis.SEEN
    peer_opens = view.having(view.peer, e.SYN, without=e.ACK)
    only_resets = view.own and not view.having(view.own, 0, without=e.RST)
    if peer_opens and only_resets and not view.having(view.peer, 0, without=e.SYN | e.RST):
        return State.CLOSED, Basis.INFERRED  # it refuses: RFC 9293 §3.10.7.1
    answers = view.having(view.peer, e.SYN | e.ACK)
    if answers and answers[0] == view.peer[0]:
        return State.SYN_SENT, Basis.INFERRED  # its SYN was not captured
    return State.UNKNOWN, Basis.UNKNOWN


def _is_fin_ambiguous(codes: Sequence[int]) -> bool:
    """Tell whether a FIN was captured of which nobody can know if the peer's FIN came before the capture began.

    It can be known when a SYN was captured, or when the other endpoint too sends data or a FIN.
    """
    opened = any(code & e.SYN for code in codes)
    closers = {code & e.FROM_RESPONDER for code in codes if code & e.FIN}
    open_ends = {code & e.FROM_RESPONDER for code in codes if code & (e.FIN | e.DATA)}
    return not opened and len(closers) == 1 and len(open_ends) == 1
