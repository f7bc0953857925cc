"""Some of a capture's connections, made ready to be judged: every column that rules look at, and how they ended."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.shards import predecessors
from tcpladder.connections.table import Connections
from tcpladder.rulebook.lingering import lingering, same_way
from tcpladder.rulebook.screening import ending_codes
from tcpladder.rulebook.shard import Shard
from tcpladder.rulebook.subject import SHORTEST_ANSWER, Segment, Subject, as_subjects_see, plain_segments
from tcpladder.tcp.copies import originals
from tcpladder.tcp.endings import UNFINISHED, Ending
from tcpladder.tcp.labels import labels
from tcpladder.tcp.teardown import Teardown, teardowns_by_shape
from tcpladder.tcp.timeline import Histories, histories
from tcpladder.tcp.tracking import tracked

Int64Array = npt.NDArray[np.int64]

MOST_SUBJECTS = 1_000  # connections that are made ready together
KEPT_SUBJECTS = 64
TOGETHER = 512  # segments that are made ready at a time: so many stay in the cache


@dataclass(frozen=True, kw_only=True)
class Capture:
    """What has to be known of the whole capture to judge any part of it.

    `before` is what `connections.shards.predecessors` gives. `capture_end` (ns since 1970) is its latest time.
    `address` writes an address id.
    """

    connections: Connections
    before: Int64Array
    capture_end: int
    address: Callable[[int], str]

    def subject(self, number: int) -> Subject:
        """Give a connection, by its number, as the rules see it."""
        return docket(self.brief(np.array([number])), self.subject).subject(0)

    def subjects(self, numbers: Int64Array) -> Iterator[tuple[int, Subject]]:
        """Give several connections, by their numbers, which rise: in all much sooner than one by one."""
        for begin in range(0, len(numbers), MOST_SUBJECTS):
            part = numbers[begin : begin + MOST_SUBJECTS]
            for place, subject in docket(self.brief(part), self.subject).subjects(np.arange(len(part))):
                yield int(part[place]), subject

    def brief(self, numbers: Int64Array) -> "Brief":
        """Take out what is needed to judge some connections, given by their numbers, which rise."""
        connections = self.connections
        return Brief(
            numbers=numbers,
            table=connections.table[numbers - 1],
            segments=connections.segments[connections.order[connections.places_of(numbers)]],
            before=self.before[numbers - 1],
            capture_end=self.capture_end,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """What is needed to judge some connections, and nothing that could not be handed to another process.

    `table` has their rows of the connection table, `segments` their segments, connection by connection, in frame order;
    `numbers`, `before` and `capture_end` are as in `Capture`.
    """

    numbers: Int64Array
    table: pl.DataFrame
    segments: pl.DataFrame
    before: Int64Array
    capture_end: int


def capture_of(connections: Connections, address: Callable[[int], str], capture_end: int | None) -> Capture:
    """Look at the whole; `capture_end` is given where the capture is known to go on after its last segment."""
    ends = connections.table["end"]
    return Capture(
        connections=connections,
        before=predecessors(connections.table),
        capture_end=max(capture_end or 0, 0 if ends.is_empty() else int(ends.to_numpy().max())),
        address=address,
    )


@dataclass(frozen=True, kw_only=True)
class Docket:
    """Some connections, counted from 0 here; each has one of `teardowns`, the one at the place that `ended` tells.

    `before` are the places of the connections before them between the same addresses and ports, -1 without one here;
    `find_elsewhere` gives the ones that are not here, by their numbers.
    """

    brief: Brief
    find_elsewhere: Callable[[int], Subject]
    shard: Shard
    histories: Histories
    teardowns: Sequence[Teardown]
    ended: Int64Array
    before: Int64Array
    _subjects: dict[int, Subject] = field(default_factory=dict, init=False, repr=False, compare=False)
    _segments: dict[int, tuple[Segment, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def reset_rows(self) -> Int64Array:
        """The row, in the shard, of the RST that ended each connection, or -1."""
        places = [-1 if found.reset_row is None else found.reset_row for found in self.teardowns]
        rows = np.array(places, np.int64)[self.ended]
        is_reset = rows >= 0
        control = (self.histories.ends - np.diff(self.histories.ends, prepend=0) + rows)[is_reset]
        rows[is_reset] = self.shard.offsets[:-1][is_reset] + self.histories.control[control]
        return rows

    @cached_property
    def _plain(self) -> pl.DataFrame:
        return as_subjects_see(self.shard.segments)

    @cached_property
    def _ends(self) -> list[tuple[int, int, int, int]]:
        names = ("initiator", "initiator_port", "responder", "responder_port")
        return self.brief.table.select(names).rows()

    def subject(self, place: int) -> Subject:
        """Give a connection as rules see it; only the last few are kept."""
        if place not in self._subjects:
            if len(self._subjects) > KEPT_SUBJECTS:
                self._subjects.clear()
            start, end = self.shard.offsets[place : place + 2].tolist()
            initiator, initiator_port, responder, responder_port = self._ends[place]
            self._subjects[place] = Subject(
                number=int(self.brief.numbers[place]),
                ends=((initiator, initiator_port), (responder, responder_port)),
                histories=self.histories,
                place=place,
                length=end - start,
                teardown=self.teardowns[self.ended[place]],
                capture_end=self.brief.capture_end,
                find_segments=self._segments_of,
                find_previous=self._previous,
            )
        return self._subjects[place]

    def subjects(self, places: Int64Array) -> Iterator[tuple[int, Subject]]:
        """Give several connections, a few at a time made ready together, with what rules ask of those before them."""
        if not len(places):
            return
        rows = np.cumsum(self.shard.offsets[places + 1] - self.shard.offsets[places])
        groups = np.split(places, np.flatnonzero(np.diff(rows // TOGETHER)) + 1)
        ready = plain_segments(self._plain, self.shard.offsets, [self._with_lingering(group) for group in groups])
        for group, segments in zip(groups, ready, strict=True):
            self._segments.clear()
            self._segments.update(segments)
            for place in group.tolist():
                yield place, self.subject(place)

    def _with_lingering(self, places: Int64Array) -> Int64Array:
        """Add the connections before that left an end in TIME-WAIT."""
        return np.union1d(places, self.before[places[self.shard.lingering[places] != 0]])

    def _segments_of(self, place: int) -> tuple[Segment, ...]:
        if place not in self._segments:
            (segments,) = plain_segments(self._plain, self.shard.offsets, [np.array([place])])
            return segments[place]
        return self._segments[place]

    def _previous(self, number: int) -> Subject | None:
        at = int(np.searchsorted(self.brief.numbers, number))
        earlier, place = int(self.brief.before[at]), int(self.before[at])
        if not earlier:
            return None
        return self.subject(place) if place >= 0 else self.find_elsewhere(earlier)


def docket(brief: Brief, find_elsewhere: Callable[[int], Subject]) -> Docket:
    """Make connections ready."""
    segments, table = brief.segments, brief.table
    offsets = np.append(0, np.cumsum(table["segments"].to_numpy().astype(np.int64)))
    before = _places_of(brief.before, brief.numbers)
    packet_of = originals(segments)
    found = histories(segments, packet_of=packet_of)
    followed = tracked(segments, packet_of=packet_of)
    followed = followed.with_columns(code=pl.Series(found.codes, dtype=pl.UInt32), labels=labels(followed))
    is_cut = brief.capture_end - table["end"].to_numpy() < SHORTEST_ANSWER
    in_time = teardowns_by_shape(found)
    ended = found.shape_of + np.where(is_cut, len(in_time), 0)
    ends = [*in_time, *map(_cut_short, in_time)]
    return Docket(
        brief=brief,
        find_elsewhere=find_elsewhere,
        shard=Shard(
            segments=followed,
            offsets=offsets,
            endings=ending_codes(teardown.ending for teardown in ends)[ended],
            lingering=lingering(table, before, found.last_states()),
            before=before,
            is_same_way=same_way(table, before),
        ),
        histories=found,
        before=before,
        teardowns=ends,
        ended=ended,
    )


def _cut_short(teardown: Teardown) -> Teardown:
    """Say that the capture ended too soon to tell how the connection did."""
    if teardown.ending not in UNFINISHED:
        return teardown
    ending = Ending.HANDSHAKE_TRUNCATED if teardown.ending is Ending.HANDSHAKE_TIMEOUT else teardown.ending
    return replace(teardown, ending=ending, tags=(*teardown.tags, "truncated"))


def _places_of(before: Int64Array, numbers: Int64Array) -> Int64Array:
    """Give the place of each of `before` among the numbers; -1 for what is not there."""
    places = np.minimum(np.searchsorted(numbers, before), max(len(numbers) - 1, 0))
    found: Int64Array = np.where(numbers[places] == before, places, -1)
    return found
