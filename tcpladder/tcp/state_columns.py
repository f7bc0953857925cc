"""Both endpoints' states before and after every segment, of many connections at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tcpladder.tcp.inference import History
from tcpladder.tcp.states import Endpoint
from tcpladder.tcp.timeline import Histories, StateArray
from tcpladder.tcp.transitions import Event

Int64Array = npt.NDArray[np.int64]

EVENTS = list(Event)
INITIAL = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class StateColumns:
    """One endpoint's states over n segments, connection by connection.

    `before`, `after` (`tcp.states.State`) and `basis` (`Basis`, of the state after) are uint8, shape (n,). Where two
    segments took effect at once, `passed_rows` (int64) and `passed` (uint8) tell which states it went through between
    `before` and `after`, in order.
    """

    before: StateArray
    after: StateArray
    basis: StateArray
    passed_rows: Int64Array
    passed: StateArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Stays:
    """The states that an endpoint of each connection was in, connection by connection, in order.

    `connection` (int64) counts from 0. `row` (int64) is the segment at which the state began, `cause` (int64) the one
    that brought it about; the first segment for the state before it. `state` and `basis` are uint8. `event` (int64) is
    a place in EVENTS, or INITIAL for the state before the first segment.
    """

    connection: Int64Array
    row: Int64Array
    cause: Int64Array
    state: StateArray
    basis: StateArray
    event: Int64Array


def state_columns(histories: Histories, starts: Int64Array, count: int) -> tuple[StateColumns, StateColumns]:
    """Give the initiator's and the responder's states of `count` segments.

    `starts` (int64, one entry a connection) tells where the connections of the histories begin among the segments.
    """
    initiator, responder = (_columns(histories, starts, count, endpoint) for endpoint in Endpoint)
    return initiator, responder


def stays(histories: Histories, starts: Int64Array, endpoint: Endpoint) -> Stays:
    """Give the states that one endpoint of each connection was in; `starts` as for `state_columns`."""
    shapes = [_stays(pair[endpoint]) for pair in histories.shapes]
    table = np.array([stay for of_shape in shapes for stay in of_shape], np.int64).reshape(-1, 5)
    counts = np.array([len(of_shape) for of_shape in shapes], np.int64)
    # One entry a stay of each connection: whose it is, and which of those in the table of shapes above.
    repeats = counts[histories.shape_of]
    connection = np.repeat(np.arange(len(starts)), repeats)
    firsts = np.cumsum(repeats) - repeats
    of_shape = np.arange(len(connection)) - firsts[connection]
    place, cause, state, basis, event = table[(np.cumsum(counts) - counts)[histories.shape_of][connection] + of_shape].T

    is_initial = place < 0
    first_place = (histories.ends - np.diff(histories.ends, prepend=0))[connection]
    rows = []
    for own in (place, cause):
        row = starts[connection]
        row[~is_initial] += histories.control[(first_place + own)[~is_initial]]
        rows.append(row)
    return Stays(
        connection=connection,
        row=rows[0],
        cause=rows[1],
        state=state.astype(np.uint8),
        basis=basis.astype(np.uint8),
        event=event,
    )


def _columns(histories: Histories, starts: Int64Array, count: int, endpoint: Endpoint) -> StateColumns:
    """Lay down what begins where, connection by connection, and let each reach to the next."""
    found = stays(histories, starts, endpoint)
    reaching = np.zeros(count, np.int64)
    reaching[found.row] = np.arange(len(found.row))  # of several that begin in a row the last stays
    reaching = np.maximum.accumulate(reaching)
    after = found.state[reaching]
    before = np.roll(after, 1)
    before[starts] = found.state[found.event == INITIAL]
    is_passed = found.event != INITIAL
    is_passed[:-1] &= (found.row[1:] == found.row[:-1]) & is_passed[1:]
    is_passed[-1:] = False
    return StateColumns(
        before=before,
        after=after,
        basis=found.basis[reaching],
        passed_rows=found.row[is_passed],
        passed=found.state[is_passed],
    )


def _stays(history: History) -> list[tuple[int, int, int, int, int]]:
    """Give each state of an endpoint: the control rows where it begins and of its cause, state, basis and event."""
    return [
        (-1, -1, history.initial, history.initial_basis, INITIAL),
        *(
            (change.row, change.cause, change.state, change.basis, EVENTS.index(change.event))
            for change in history.transitions
        ),
    ]
