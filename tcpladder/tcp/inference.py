"""Runs the state machine for both endpoints of a connection, on its shape.

Equal shapes give equal results, so each shape is run once, however many connections have it. The short ones, which most
connections have, are remembered from one part of a capture to the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from tcpladder.tcp import evidence as e
from tcpladder.tcp.happenings import FINS, View, happenings
from tcpladder.tcp.states import Basis, Endpoint, State
from tcpladder.tcp.transitions import Event, next_state

SHORT = 64
"""How many codes a shape has at most to be remembered."""

REMEMBERED = 4096
"""How many shapes are remembered: a few megabytes."""


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
    return _remembered(tuple(codes)) if len(codes) <= SHORT else _histories(codes)


def _histories(codes: Sequence[int]) -> tuple[History, History]:
    return _history(codes, Endpoint.INITIATOR), _history(codes, Endpoint.RESPONDER)


@lru_cache(maxsize=REMEMBERED)  # it may be asked by several threads
def _remembered(codes: tuple[int, ...]) -> tuple[History, History]:
    return _histories(codes)


def _history(codes: Sequence[int], endpoint: Endpoint) -> History:
    view = View(codes, endpoint)
    initial, initial_basis = _initial(view)
    state, basis = initial, initial_basis
    transitions = []
    has_closed_somehow = is_order_inferred = False
    for happening in happenings(view):
        has_closed_somehow |= happening.event is Event.CLOSED_SOMEHOW
        if has_closed_somehow and happening.event is Event.SENT_SEGMENT:
            continue  # it may be in any state of a close
        reached = next_state(state, happening.event)
        if reached is state:
            continue
        # What follows from a FIN is no more certain than that this was the first one.
        is_order_inferred |= happening.event in FINS and happening.basis is Basis.INFERRED
        rests_on = Basis.INFERRED if is_order_inferred else happening.basis
        basis = _basis(state, reached, happening.event, rests_on)
        state = reached
        transitions.append(Transition(happening.row, state, basis, happening.event, happening.cause))
    return History(initial, initial_basis, tuple(transitions))


def _basis(before: State, after: State, event: Event, basis: Basis) -> Basis:
    if after is State.UNKNOWN:
        return Basis.UNKNOWN
    # Taking part shows that an endpoint is synchronized, not in which of the synchronized states it is.
    is_vague = before is State.UNKNOWN and event is Event.SENT_SEGMENT
    # An RST in SYN-SENT may refuse a segment only, and leave the endpoint waiting: RFC 9293 §3.10.7.3.
    may_go_on = before is State.SYN_SENT and event is Event.SENT_RST
    return Basis.INFERRED if is_vague or may_go_on else basis


def _initial(view: View) -> tuple[State, Basis]:
    """Give the state before the first segment, from how the endpoint enters the connection."""
    sends = view.having(view.own, 0, without=e.RST) or view.own
    first = view.codes[sends[0]] if sends else 0
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
