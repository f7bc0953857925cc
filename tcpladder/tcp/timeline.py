"""The states of both endpoints, segment by segment, and in short for every connection of a capture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.tcp.copies import originals
from tcpladder.tcp.evidence import Codes, OrderedSegments, control_rows, evidence, ordered
from tcpladder.tcp.inference import History, infer
from tcpladder.tcp.lookback import Int64Array
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

    def paths(self) -> tuple[list[State], list[State]]:
        """Give the states that the initiator and the responder went through, in order."""
        initiator, responder = (
            [State(self.states[end, 0]), *(change.state for change in self.changes if change.endpoint is end)]
            for end in Endpoint
        )
        return initiator, responder

    def after(self, row: int, endpoint: Endpoint) -> State:
        """Give the endpoint's state after a segment was sent, or arrived."""
        return State(self.states[endpoint, row + 1])

    def basis(self, row: int, endpoint: Endpoint) -> Basis:
        """Give what the state after a segment rests on."""
        return Basis(self.bases[endpoint, row + 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Histories:
    """The states that the endpoints of every connection went through. Connection n has `shapes[shape_of[n - 1]]`.

    `codes` (uint32) has one entry a segment, connection by connection (`evidence`), `shape_codes` those that each shape
    is made of. `control` (int64) lists, connection by connection, the rows that its shape is made of, counted from its
    first segment; those of connection n end before `ends[n - 1]`.
    """

    codes: Codes
    shapes: tuple[tuple[History, History], ...]
    shape_codes: tuple[tuple[int, ...], ...]
    shape_of: npt.NDArray[np.int64]
    control: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]

    def of(self, connection: int) -> tuple[History, History]:
        """Give the initiator's and the responder's history."""
        return self.shapes[self.shape_of[connection - 1]]

    def part(self, begin: int, end: int) -> "Histories":
        """Give those of connections `begin` + 1 to `end`, numbered from 1, without the codes of single segments."""
        first = int(self.ends[begin - 1]) if begin else 0
        ends = self.ends[begin:end]
        return replace(
            self,
            codes=np.empty(0, np.uint32),
            shape_of=self.shape_of[begin:end],
            control=self.control[first : ends[-1] if len(ends) else first],
            ends=ends - first,
        )

    def only(self, numbers: Int64Array) -> "Histories":
        """Give those of some connections, whose numbers rise, numbered from 1, without the codes of single segments."""
        places = numbers - 1
        counts = np.diff(self.ends, prepend=0)[places]
        ends = np.cumsum(counts)
        return replace(
            self,
            codes=np.empty(0, np.uint32),
            shape_of=self.shape_of[places],
            control=self.control[np.repeat(self.ends[places] - ends, counts) + np.arange(counts.sum())],
            ends=ends,
        )

    def last_states(self) -> tuple[StateArray, StateArray]:
        """Give, for all connections, the initiator's and the responder's last known state."""
        last = np.array([[history.states[-1] for history in pair] for pair in self.shapes], np.uint8).reshape(-1, 2)
        return last[self.shape_of, 0], last[self.shape_of, 1]

    def control_rows(self, connection: int) -> npt.NDArray[np.int64]:
        """Give the rows that a connection's shape is made of, counted from its first segment."""
        start = int(self.ends[connection - 2]) if connection > 1 else 0
        return self.control[start : self.ends[connection - 1]]

    def timeline(self, connection: int, length: int) -> Timeline:
        """Give the states of a connection of `length` segments, segment by segment."""
        rows = self.control_rows(connection)
        states = np.empty((2, length + 1), np.uint8)
        bases = np.empty_like(states)
        changes = []
        for endpoint, history in zip(Endpoint, self.of(connection), strict=True):
            states[endpoint] = history.initial
            bases[endpoint] = history.initial_basis
            for transition in history.transitions:
                row = int(rows[transition.row])
                states[endpoint, row + 1 :] = transition.state
                bases[endpoint, row + 1 :] = transition.basis
                changes.append(
                    Change(
                        row=row,
                        endpoint=endpoint,
                        state=transition.state,
                        basis=transition.basis,
                        event=transition.event,
                        cause=int(rows[transition.cause]),
                    )
                )
        changes.sort(key=lambda change: (change.row, change.endpoint))
        return Timeline(states=states, bases=bases, changes=tuple(changes))


def timeline(segments: pl.DataFrame) -> Timeline:
    """Run the state machine over one connection's segments, in frame order, with GROUPED columns."""
    return histories(segments).timeline(1, len(segments))


def histories(segments: pl.DataFrame, *, packet_of: Int64Array | None = None) -> Histories:
    """Run the state machine over all connections; `segments` is sorted by connection, then frame.

    What was captured twice counts once: a duplicate has its packet's code, and no place in the shape. `packet_of` is
    what `copies.originals` gives of the segments, for callers that have it already.
    """
    arranged = ordered(segments)
    codes, kept = _codes_and_control_rows(arranged, originals(segments) if packet_of is None else packet_of)
    first_rows = np.flatnonzero(arranged.starts)
    ends = np.searchsorted(kept, np.append(first_rows, len(codes))[1:])
    counts = np.diff(ends, prepend=0)
    content = codes[kept].tobytes()
    numbers: dict[bytes, int] = {}
    shape_of = np.empty(len(ends), np.int64)
    start = 0
    for number, end in enumerate((ends * codes.itemsize).tolist()):
        shape_of[number] = numbers.setdefault(content[start:end], len(numbers))
        start = end
    shape_codes = tuple(tuple(np.frombuffer(shape, np.uint32).tolist()) for shape in numbers)
    return Histories(
        codes=codes,
        shapes=tuple(infer(shape) for shape in shape_codes),
        shape_codes=shape_codes,
        shape_of=shape_of,
        control=kept - np.repeat(first_rows, counts),
        ends=ends,
    )


def _codes_and_control_rows(arranged: OrderedSegments, packet_of: Int64Array) -> tuple[Codes, Int64Array]:
    """Give each segment's code, and the rows of those that shapes are made of."""
    packets = np.flatnonzero(packet_of == np.arange(len(packet_of)))
    if len(packets) == len(packet_of):
        codes = evidence(arranged)
        return codes, np.flatnonzero(control_rows(codes, arranged.starts))
    once = arranged.at(packets)
    codes = np.empty(len(packet_of), np.uint32)
    codes[packets] = evidence(once)
    return codes[packet_of], packets[control_rows(codes[packets], once.starts)]


def joined(parts: Sequence[Histories], numbers: Sequence[Int64Array], count: int) -> Histories:
    """Make one of the histories of parts of a capture; `numbers` has those of each part's connections.

    Of the capture's `count` connections those that are in no part have states that are not known. The codes of single
    segments are left out: they are what takes space.
    """
    places: dict[tuple[int, ...], int] = {}
    pairs: list[tuple[History, History]] = []
    shape_of = np.full(count, -1)
    lengths = np.zeros(count, np.int64)
    for part, own in zip(parts, numbers, strict=True):
        new = {codes: pair for codes, pair in zip(part.shape_codes, part.shapes, strict=True) if codes not in places}
        places |= {codes: place for place, codes in enumerate(new, start=len(pairs))}
        pairs += new.values()
        shape_of[own - 1] = np.array([places[codes] for codes in part.shape_codes], np.int64)[part.shape_of]
        lengths[own - 1] = np.diff(part.ends, prepend=0)
    if (is_missing := shape_of < 0).any():
        shape_of[is_missing] = places.setdefault((), len(pairs))
        pairs.append(infer(()))
    ends = np.cumsum(lengths)
    control = np.empty(lengths.sum(), np.uint32)
    for part, own in zip(parts, numbers, strict=True):
        control[np.repeat(ends[own - 1] - part.ends, lengths[own - 1]) + np.arange(len(part.control))] = part.control
    return Histories(
        codes=np.empty(0, np.uint32),
        shapes=tuple(pairs),
        shape_codes=tuple(places),
        shape_of=shape_of,
        control=control,
        ends=ends,
    )
