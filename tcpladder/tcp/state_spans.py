"""How long each endpoint of each connection was in each state, as far as the capture shows."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from tcpladder.tcp.inference import History
from tcpladder.tcp.states import Endpoint, State
from tcpladder.tcp.timeline import Histories

Int64Array = npt.NDArray[np.int64]

NEVER = -1
"""Stands where an endpoint was never in a state. One that took no time has 0."""

_TO_THE_END = -1


def state_spans(histories: Histories, times: Int64Array, starts: Int64Array) -> Int64Array:
    """Give the ns that endpoints were in states between their connection's first segment and its last.

    The result is int64, of shape (connections, endpoints, states): `[n - 1, Endpoint.RESPONDER, State.TIME_WAIT]` is
    for connection n. `times` (int64, ns) has one entry a segment, connection by connection, and `starts` (int64, one
    entry a connection) tells where the connections begin in it. Where time runs backwards none passes. In which order
    the states came is what `Histories.of` tells.

    The result takes 192 bytes a connection: where there are very many, take them part by part.
    """
    stays = [list(_stays(pair)) for pair in histories.shapes]
    cell, begin, end = np.array([stay for of_shape in stays for stay in of_shape], np.int64).reshape(-1, 3).T
    counts = np.array([len(of_shape) for of_shape in stays], np.int64)
    # One entry a stay of each connection's endpoints: whose it is, and which of those in the table of shapes above.
    repeats = counts[histories.shape_of]
    connection = np.repeat(np.arange(len(starts)), repeats)
    of_shape = np.arange(len(connection)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    stay = (np.cumsum(counts) - counts)[histories.shape_of][connection] + of_shape

    first_place = np.concatenate([[0], histories.ends[:-1]]).astype(np.int64)[connection]
    last_row = np.append(starts[1:], len(times))[connection] - 1
    began, ended = (
        starts[connection] + histories.control[first_place + np.maximum(place[stay], 0)] for place in (begin, end)
    )
    ended = np.where(end[stay] == _TO_THE_END, last_row, ended)
    passed = np.maximum(times[ended] - times[began], 0)

    spans = np.full((len(starts), len(Endpoint), len(State)), NEVER, np.int64)
    places = connection * (len(Endpoint) * len(State)) + cell[stay]
    spans.reshape(-1)[places] = 0
    np.add.at(spans.reshape(-1), places, passed)
    return spans


def _stays(pair: tuple[History, History]) -> Iterator[tuple[int, int, int]]:
    """Give each stay of either endpoint in a state: the cell of both, and the control rows where it begins and ends."""
    for endpoint, history in zip(Endpoint, pair, strict=True):
        # A connection's first segment is always a control row.
        rows = [0, *(transition.row for transition in history.transitions), _TO_THE_END]
        for state, (begin, end) in zip(history.states, pairwise(rows), strict=True):
            yield endpoint * len(State) + state, begin, end
