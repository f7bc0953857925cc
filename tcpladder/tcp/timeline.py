"""The states of both endpoints, segment by segment, and in short for every connection of a capture."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.tcp.evidence import control_rows, evidence, ordered
from tcpladder.tcp.inference import History, infer
from tcpladder.tcp.states import Basis, Endpoint, State
from tcpladder.tcp.transitions import Event

StateArray = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of state. `row` counts the connection's segments from 0; `cause` is the row of what brought it about."""

    row: int
    endpoint: Endpoint
    state: State
    basis: Basis
    event: Event
    cause: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """Both endpoints' states over one connection of n segments.

    `states` and `bases` are uint8, shape (2, n + 1), first index an Endpoint: column i is the state before segment
    i, column i + 1 the one after it.
    """

    states: StateArray
    bases: StateArray
    changes: tuple[Change, ...]

    def before(self, row: int, endpoint: Endpoint) -> State:
        """Give the endpoint's state before a segment."""
        return State(self.states[endpoint, row])

    def after(self, row: int, endpoint: Endpoint) -> State:
        """Give the endpoint's state after a segment was sent, or arrived."""
        return State(self.states[endpoint, row + 1])

    def basis(self, row: int, endpoint: Endpoint) -> Basis:
        """Give what the state after a segment rests on."""
        return Basis(self.bases[endpoint, row + 1])


def timeline(segments: pl.DataFrame) -> Timeline:
    """Run the state machine over one connection's segments, in frame order, with GROUPED columns."""
    arranged = ordered(segments)
    codes = evidence(arranged)
    kept = np.flatnonzero(control_rows(codes, arranged.starts))
    histories = infer(codes[kept].tolist())
    states = np.empty((2, len(segments) + 1), np.uint8)
    bases = np.empty_like(states)
    changes = []
    for endpoint, history in zip(Endpoint, histories, strict=True):
        states[endpoint] = history.initial
        bases[endpoint] = history.initial_basis
        for transition in history.transitions:
            row = int(kept[transition.row])
            states[endpoint, row + 1 :] = transition.state
            bases[endpoint, row + 1 :] = transition.basis
            changes.append(
                Change(
                    row=row,
                    endpoint=endpoint,
                    state=transition.state,
                    basis=transition.basis,
                    event=transition.event,
                    cause=int(kept[transition.cause]),
                )
            )
    changes.sort(key=lambda change: (change.row, change.endpoint))
    return Timeline(states=states, bases=bases, changes=tuple(changes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """The states that the endpoints of every connection went through. Connection n has `shapes[shape_of[n - 1]]`."""

    shapes: tuple[tuple[History, History], ...]
    shape_of: npt.NDArray[np.int64]

    def of(self, connection: int) -> tuple[History, History]:
        """Give the initiator's and the responder's history."""
        return self.shapes[self.shape_of[connection - 1]]

    def last_states(self) -> tuple[StateArray, StateArray]:
        """Give, for all connections, the initiator's and the responder's last known state."""
        last = np.array([[history.states[-1] for history in pair] for pair in self.shapes], np.uint8).reshape(-1, 2)
        return last[self.shape_of, 0], last[self.shape_of, 1]


def histories(segments: pl.DataFrame) -> Histories:
    """Run the state machine over all connections; `segments` is sorted by connection, then frame."""
    arranged = ordered(segments)
    codes = evidence(arranged)
    kept = control_rows(codes, arranged.starts)
    shape_codes = codes[kept]
    ends = np.cumsum(np.bincount((np.cumsum(arranged.starts) - 1)[kept])) if len(codes) else np.empty(0, np.int64)
    content = shape_codes.tobytes()
    width = shape_codes.itemsize
    numbers: dict[bytes, int] = {}
    shape_of = np.empty(len(ends), np.int64)
    start = 0
    for connection, end in enumerate((ends * width).tolist()):
        shape_of[connection] = numbers.setdefault(content[start:end], len(numbers))
        start = end
    shapes = tuple(infer(np.frombuffer(shape, np.uint16).tolist()) for shape in numbers)
    return Histories(shapes=shapes, shape_of=shape_of)
