"""The rows of a ladder: the states before the first segment, then a row a segment, made when they are looked at."""

import copy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import NOTHING, Annotation, Place, Subject
from tcpladder.connections.roles import RoleBasis
from tcpladder.ladder.frames import Frames
from tcpladder.ladder.ghosts import Ghost, ghosts
from tcpladder.ladder.notation import NS, state_word
from tcpladder.ladder.numbers import Numbers
from tcpladder.ladder.wording import SegmentWords, other_options
from tcpladder.packets.flags import ACK, SYN
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.judging import Judgement
from tcpladder.sequence import distance
from tcpladder.settings.names import Names
from tcpladder.tcp.labels import words
from tcpladder.tcp.numbers import BoolArray
from tcpladder.tcp.states import Basis, Endpoint, State
from tcpladder.tcp.timeline import Change, Timeline
from tcpladder.tcp.transitions import Event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tcpladder.annotations.sidecar import Annotations


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One segment, and both endpoints' states around it. Pairs are indexed by Endpoint; times are in ns."""

    frame: int
    time: int  # since 1970
    elapsed: int  # since the connection's first segment
    delta: int  # since the segment before
    sender: Endpoint
    words: SegmentWords
    before: tuple[State, State]
    after: tuple[State, State]
    bases: tuple[Basis, Basis]
    passed: tuple[tuple[State, ...], tuple[State, ...]]  # states gone through between `before` and `after`
    labels: tuple[str, ...]  # tcp.labels.Label, in words; none before the capture is judged
    findings: tuple[Finding, ...]  # those whose decisive proof it is, the gravest first
    proves: tuple[Finding, ...]  # those that it is any proof of
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above a ladder: which connection it is."""

    connection: int
    endpoints: tuple[tuple[str, int], tuple[str, int]]  # (address, port), indexed by Endpoint
    is_partial: bool  # its SYN was not captured
    segments: int
    payload_bytes: int
    duration: int  # ns
    names: tuple[str, str] = ("", "")  # that users gave to the endpoints, "" where they gave none
    hosts: tuple[str, str] = ("", "")  # those of them that are not their networks'


class Ladder:
    """One connection, n segments. Cheap to make, whatever n: a rung is put together when it is asked for."""

    def __init__(
        self, heading: Heading, segments: pl.DataFrame, timeline: Timeline, judgement: Judgement | None = None
    ) -> None:
        self.heading = heading
        self.timeline = timeline
        self.findings = judgement.findings_of(heading.connection) if judgement else ()
        self.ghosts = _ghosts(heading.connection, timeline, judgement) if judgement else ()
        self.annotations: Mapping[int, Annotation] = {}
        """What users wrote about packets, by their rows."""
        self.own_annotation = NOTHING
        """What users wrote about the connection."""
        self._labels = judgement.labels_of(heading.connection) if judgement else None
        self._columns: dict[str, npt.NDArray[np.integer]] = {
            name: segments[name].to_numpy() for name in ("frame", "time", "flags", "payload_length")
        }
        self._from_initiator: BoolArray = segments["from_initiator"].to_numpy()
        self._numbers = Numbers(segments, self._from_initiator)
        self._options = segments.select(
            *("mss", "wscale", "tsval", "tsecr", "option_kinds"),
            *("sack_permitted", "sack_count", "sack_left", "sack_right"),
        )
        self._segments = segments
        self._changes: dict[int, list[Change]] = {}
        for change in timeline.changes:
            self._changes.setdefault(change.row, []).append(change)

    def name_ends(self, names: Names) -> None:
        """Have the heading name both endpoints as `names` do."""
        initiator, responder = (names.of(*end) for end in self.heading.endpoints)
        hosts = tuple(names.host(*end) for end in self.heading.endpoints)
        self.heading = replace(self.heading, names=(initiator, responder), hosts=(hosts[0], hosts[1]))

    def __len__(self) -> int:
        return len(self._segments)

    def annotated(self, annotations: "Annotations") -> "Ladder":
        """Give the same ladder with what users have written about its connection and its packets by now."""
        ladder = copy.copy(self)
        packets, own = annotations.of(Subject.PACKET), self._columns["frame"]
        frames = np.fromiter(packets, np.int64, len(packets))
        rows = np.searchsorted(own, frames)
        is_own = np.append(own.astype(np.int64), -1)[rows] == frames
        ladder.annotations = {
            row: what for row, what, mine in zip(rows.tolist(), packets.values(), is_own, strict=True) if mine
        }
        ladder.own_annotation = annotations[self.place]
        return ladder

    @property
    def place(self) -> Place:
        """What the connection is called in annotations."""
        return Place(Subject.CONNECTION, self.frames[0])

    @property
    def segments(self) -> pl.DataFrame:
        """The connection's rows of the segment table, in frame order."""
        return self._segments

    @cached_property
    def initial(self) -> tuple[State, State]:
        """The states before the first segment."""
        return self.timeline.before(0, Endpoint.INITIATOR), self.timeline.before(0, Endpoint.RESPONDER)

    @cached_property
    def initial_bases(self) -> tuple[Basis, Basis]:
        """What the states before the first segment rest on."""
        return Basis(self.timeline.bases[0, 0]), Basis(self.timeline.bases[1, 0])

    @cached_property
    def frames(self) -> Frames:
        """The frame numbers, in order."""
        return Frames(self._columns["frame"])

    @cached_property
    def longest(self) -> tuple[int, int]:
        """The longest time since the start and the longest between two segments, in ns, as written widths go by."""
        time = self._columns["time"]
        if len(time) < 2:
            return 0, 0
        deltas = np.diff(time)
        return self.longest_since(int(time[0])), max(int(deltas.max()), -int(deltas.min()))

    def longest_since(self, time: int) -> int:
        """Give the longest time between some moment and a segment, in ns."""
        earliest, latest = self._time_range
        return max(latest - time, time - earliest)

    @cached_property
    def _time_range(self) -> tuple[int, int]:
        time = self._columns["time"]
        return int(time.min()), int(time.max())

    @cached_property
    def _decided(self) -> dict[int, tuple[Finding, ...]]:
        return self._by_row(first_only=True)

    @cached_property
    def _proven(self) -> dict[int, tuple[Finding, ...]]:
        return self._by_row(first_only=False)

    def _by_row(self, *, first_only: bool) -> dict[int, tuple[Finding, ...]]:
        """Give the findings by the rows that prove them; a frame of another connection has no row."""
        own = self._columns["frame"]
        found: dict[int, tuple[Finding, ...]] = {}
        for finding in self.findings:
            frames = finding.frames[:1] if first_only else finding.frames
            rows = np.searchsorted(own, np.array(frames, own.dtype)).tolist()
            for row, frame in sorted(set(zip(rows, frames, strict=True))):
                if row < len(own) and int(own[row]) == frame:
                    found[row] = (*found.get(row, ()), finding)
        return found

    def column(self, name: str) -> npt.NDArray[np.integer]:
        """Give a column of whole numbers of the segment table (`packets.schema`), 0 where it is null; shape (n,)."""
        if name not in self._columns:
            values = self._segments[name]
            self._columns[name] = (values.fill_null(0) if values.null_count() else values).to_numpy()
        return self._columns[name]

    @property
    def from_initiator(self) -> BoolArray:
        """Which segments the initiator sent; shape (n,)."""
        return self._from_initiator

    @property
    def labels(self) -> npt.NDArray[np.uint16] | None:
        """The segments' labels (`tcp.labels.Label`), shape (n,); None before the capture is judged."""
        return self._labels

    def telling_rows(self) -> list[int]:
        """Give the rows that show more than their segment, in order.

        They are changes of state, proofs, the round trip, and what users have marked or written about.
        """
        end = [self._handshake_end] if self._handshake_end is not None else []
        return sorted({*self._changes, *self._proven, *self.annotations, *end})

    @cached_property
    def _finding_rows(self) -> list[int]:
        return sorted(self._decided)

    def finding_rows(self) -> list[int]:
        """Give the rows that are the decisive proof of a finding, in order."""
        return self._finding_rows

    def findings_at(self, row: int) -> tuple[Finding, ...]:
        """Give the findings whose decisive proof a row is, the gravest first."""
        return self._decided.get(row, ())

    @cached_property
    def _changed_rows(self) -> list[int]:
        return sorted(self._changes)

    def changed_rows(self) -> list[int]:
        """Give the rows in which either endpoint changes its state, in order."""
        return self._changed_rows

    def changes_at(self, row: int) -> list[Change]:
        """Give the changes of state that a row shows."""
        return self._changes.get(row, [])

    def states_after(self, row: int) -> tuple[State, State]:
        """Give both endpoints' states after a segment."""
        return self.timeline.after(row, Endpoint.INITIATOR), self.timeline.after(row, Endpoint.RESPONDER)

    def raw_numbers(self, row: int) -> tuple[int, int]:
        """Give a segment's SEG.SEQ and SEG.ACK as they were on the wire."""
        return int(self.column("seq")[row]), int(self.column("ack")[row])

    def captured(self, row: int) -> dict[str, int | None]:
        """Give a segment's row of the segment table (`packets.schema`)."""
        return self._segments.row(row, named=True)

    def rung(self, row: int) -> Rung:
        """Give the rung of a segment, counted from 0."""
        time = self._columns["time"]
        states = self.timeline.states
        return Rung(
            frame=int(self._columns["frame"][row]),
            time=int(time[row]),
            elapsed=int(time[row] - time[0]),
            delta=int(time[row] - time[row - 1]) if row else 0,
            sender=Endpoint.INITIATOR if self._from_initiator[row] else Endpoint.RESPONDER,
            words=self._words(row),
            before=(State(states[0, row]), State(states[1, row])),
            after=(State(states[0, row + 1]), State(states[1, row + 1])),
            bases=(self.timeline.basis(row, Endpoint.INITIATOR), self.timeline.basis(row, Endpoint.RESPONDER)),
            passed=(self._passed(row, Endpoint.INITIATOR), self._passed(row, Endpoint.RESPONDER)),
            labels=words(int(self._labels[row])) if self._labels is not None else (),
            findings=self.findings_at(row),
            proves=self._proven.get(row, ()),
            note=self._note(row),
        )

    def _passed(self, row: int, endpoint: Endpoint) -> tuple[State, ...]:
        """Two segments may take effect in one row; the state between them is not the one before nor the one after."""
        return tuple(change.state for change in self.changes_at(row) if change.endpoint is endpoint)[:-1]

    def _words(self, row: int) -> SegmentWords:
        options = self._options.row(row, named=True)
        seq, ack = self._numbers.relative(row)
        raw_seq, raw_ack = self.raw_numbers(row)
        sack = raw_sack = None
        if options["sack_left"] is not None and options["sack_right"] is not None:
            raw_sack = (options["sack_left"], options["sack_right"])
            sack = (ack + distance(raw_ack, raw_sack[0]), ack + distance(raw_ack, raw_sack[1]))
        window, is_told = self._numbers.window(row)
        return SegmentWords(
            flags=int(self._columns["flags"][row]),
            seq=seq,
            ack=ack,
            payload_length=int(self._columns["payload_length"][row]),
            raw_seq=raw_seq,
            raw_ack=raw_ack,
            mss=options["mss"],
            wscale=options["wscale"],
            tsval=options["tsval"],
            tsecr=options["tsecr"],
            is_sack_permitted=bool(options["sack_permitted"]),
            sack=sack,
            raw_sack=raw_sack,
            sack_count=options["sack_count"] or 0,
            window=window if is_told else None,
            offered=window,
            other_options=other_options(options["option_kinds"] or 0),
        )

    def _note(self, row: int) -> str:
        """Say what matters most about a row: its findings, how its states came about, its labels, the round trip."""
        found = [finding.rule for finding in self.findings_at(row)]
        late = [
            f"no.{self.frames[change.cause]} {_ARRIVALS.get(change.event, 'arrived')}"
            for change in self.changes_at(row)
            if change.cause != row
        ]
        via = [f"via {state_word(state)}" for endpoint in Endpoint for state in self._passed(row, endpoint)]
        labels = list(words(int(self._labels[row]))) if self._labels is not None else []
        return "; ".join(found + via + late + labels) or (self._round_trip if row == self._handshake_end else "")

    @cached_property
    def _handshake_end(self) -> int | None:
        """The row of the ACK that ends the three-way handshake."""
        flags = self._columns["flags"][:3].tolist()
        if [flag & (SYN | ACK) for flag in flags] != [SYN, SYN | ACK, ACK]:
            return None
        return 2 if self._from_initiator[:3].tolist() == [True, False, True] else None

    @cached_property
    def _round_trip(self) -> str:
        time = self._columns["time"]
        return f"iRTT {(int(time[2]) - int(time[0])) * 1000 / NS:.3g} ms"


_ARRIVALS = {
    Event.RECEIVED_FIN: "(FIN) arrived",
    Event.RECEIVED_RST: "(RST) arrived",
    Event.RECEIVED_RST_AS_OPENER: "(RST) arrived",
}


def _ghosts(connection: int, timeline: Timeline, judgement: Judgement) -> tuple[Ghost, ...]:
    """Give what did not come, unless the capture ended before it could."""
    if "truncated" in judgement.verdicts["tags"][connection - 1]:
        return ()
    return ghosts((State(timeline.states[0, -1]), State(timeline.states[1, -1])))


def ladder_of(
    analysis: Analysis,
    connection: int,
    judgement: Judgement | None = None,
    annotations: "Annotations | None" = None,
) -> Ladder:
    """Make the ladder of a connection. Raises UsageError when there is no such connection.

    Without a judgement it has neither labels nor findings: while a capture is being read nothing is judged.
    """
    segments = analysis.segments_of(connection)
    row = analysis.connections.table.row(connection - 1, named=True)
    addresses = analysis.addresses
    heading = Heading(
        connection=connection,
        endpoints=(
            (addresses[row["initiator"]], row["initiator_port"]),
            (addresses[row["responder"]], row["responder_port"]),
        ),
        is_partial=row["role_basis"] != RoleBasis.SYN,
        segments=row["segments"],
        payload_bytes=row["initiator_bytes"] + row["responder_bytes"],
        duration=row["end"] - row["start"],
    )
    ladder = Ladder(heading, segments, analysis.timeline(connection), judgement)
    return ladder.annotated(annotations) if annotations else ladder
