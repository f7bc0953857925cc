"""Both endpoints' states before and after every segment, of many connections at once."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tcpladder.tcp.inference import History
from tcpladder.tcp.states import Endpoint
from tcpladder.tcp.timeline import Histories, StateArray

Int64Array = npt.NDArray[np.int64]


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


def state_columns(histories: Histories, starts: Int64Array, count: int) -> tuple[StateColumns, StateColumns]:
    """Give the initiator's and the responder's states of `count` segments.

    `starts` (int64, one entry a connection) tells where the connections of the histories begin among the segments.
    """
    initiator, responder = (_columns(histories, starts, count, endpoint) for endpoint in Endpoint)
    return initiator, responder


def _columns(histories: Histories, starts: Int64Array, count: int, endpoint: Endpoint) -> StateColumns:
    """Lay down what begins where, connection by connection, and let each reach to the next."""
    stays = [_stays(pair[endpoint]) for pair in histories.shapes]
    place, of_stays, bases = np.array([stay for of_shape in stays for stay in of_shape], np.int64).reshape(-1, 3).T
    counts = np.array([len(of_shape) for of_shape in stays], np.int64)
    # One entry a stay of each connection: whose it is, and which of those in the table of shapes above.
    repeats = counts[histories.shape_of]
    connection = np.repeat(np.arange(len(starts)), repeats)
    firsts = np.cumsum(repeats) - repeats
    stay = (
        (np.cumsum(counts) - counts)[histories.shape_of][connection] + np.arange(len(connection)) - firsts[connection]
    )

    is_initial = place[stay] < 0
    first_place = (histories.ends - np.diff(histories.ends, prepend=0))[connection]
    row = starts[connection]
    row[~is_initial] += histories.control[(first_place + place[stay])[~is_initial]]
    state, basis = of_stays[stay].astype(np.uint8), bases[stay].astype(np.uint8)

    reaching = np.zeros(count, np.int64)
    reaching[row] = np.arange(len(row))  # of several that begin in a row the last stays
    reaching = np.maximum.accumulate(reaching)
    after = state[reaching]
    before = np.roll(after, 1)
    before[starts] = state[firsts]
    is_passed = ~is_initial & np.append((row[1:] == row[:-1]) & ~is_initial[1:], np.zeros(min(len(row), 1), np.bool_))
    return StateColumns(
        before=before,
        after=after,
        basis=basis[reaching],
        passed_rows=row[is_passed],
        passed=state[is_passed],
    )


def _stays(history: History) -> list[tuple[int, int, int]]:
    """Give each state of an endpoint: the control row at which it begins, -1 for the first one, the state, its basis."""
    return [
        (-1, history.initial, history.initial_basis),
        *((change.row, change.state, change.basis) for change in history.transitions),
    ]
