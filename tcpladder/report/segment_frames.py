"""Segments as data frames, part by part: those of a large capture need not be in memory all at once."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Subject
from tcpladder.annotations.sidecar import Annotations
from tcpladder.packets.flags import ACK, flag_names
from tcpladder.report.frame_columns import BASIS, END_NAMES, SEGMENT_COLUMNS, STATE_NAMES, schema
from tcpladder.report.frames import (
    BETWEEN,
    NS,
    Columns,
    Int64Array,
    addresses,
    all_numbers,
    ends,
    made,
    states,
    written,
)
from tcpladder.sequence import distance
from tcpladder.tcp.labels import words
from tcpladder.tcp.numbers import connection_starts, integers, relative_numbers, scaled_windows
from tcpladder.tcp.state_columns import StateColumns, state_columns
from tcpladder.tcp.states import Basis

SEGMENTS_AT_ONCE = 65_536
"""How many rows a frame has at most."""

RENAMED = {"seq_raw": "seq", "ack_raw": "ack", "window_raw": "window"}


def segment_frame(
    analysis: Analysis, numbers: Int64Array | None = None, annotations: Annotations | None = None
) -> pl.DataFrame:
    """Give all rows of `segment_frames` at once."""
    empty = pl.DataFrame(schema=schema(SEGMENT_COLUMNS))
    return pl.concat([empty, *segment_frames(analysis, numbers, annotations)])


def segment_frames(
    analysis: Analysis, numbers: Int64Array | None = None, annotations: Annotations | None = None
) -> Iterator[pl.DataFrame]:
    """Give the segments of connections, whose numbers rise, or of all; connection by connection, in frame order.

    Each frame has SEGMENT_COLUMNS, and SEGMENTS_AT_ONCE rows or fewer. `annotations` are what users wrote about the
    capture.
    """
    numbers = all_numbers(analysis) if numbers is None else numbers
    for some in in_parts(analysis, numbers):
        part, proofs = Part(analysis, some), _proofs(analysis, some)
        for begin in range(0, len(part), SEGMENTS_AT_ONCE):
            columns = part.columns(slice(begin, begin + SEGMENTS_AT_ONCE))
            frame = made(SEGMENT_COLUMNS, columns | written(columns["frame"], Subject.PACKET, annotations))
            rules = frame.select("connection", "frame").join(
                proofs, on=["connection", "frame"], how="left", maintain_order="left"
            )
            yield frame.with_columns(rules["rules"])


def in_parts(analysis: Analysis, numbers: Int64Array) -> Iterator[Int64Array]:
    """Part connections so that each part has about SEGMENTS_AT_ONCE segments, unless one connection has more."""
    if len(numbers):
        offsets = analysis.connections.offsets
        ahead = np.cumsum(offsets[numbers] - offsets[numbers - 1]) // SEGMENTS_AT_ONCE
        yield from np.split(numbers, np.flatnonzero(np.diff(ahead)) + 1)


def _proofs(analysis: Analysis, numbers: Int64Array) -> pl.DataFrame:
    """Give the rules of the findings about each connection by the frames that prove them, the gravest first."""
    found = [
        (number, frame, finding.rule)
        for number in numbers.tolist()
        for finding in analysis.judgement.findings_of(number)
        for frame in finding.frames
    ]
    names = {"connection": pl.UInt32(), "frame": pl.UInt32(), "rules": pl.String()}
    proofs = pl.DataFrame(found, schema=names, orient="row")
    return proofs.group_by("connection", "frame").agg(pl.col("rules").unique(maintain_order=True).str.join(BETWEEN))


class Part:
    """Some connections: what has to be known of all their segments to write down any, as numbers.

    `segments` has their rows of the segment table, connection by connection, in frame order. Of each of them `labels`
    (`tcp.labels.Label`) tells, `seq` and `ack` are relative, and `states` are those of the initiator and the responder.
    """

    def __init__(self, analysis: Analysis, numbers: Int64Array) -> None:
        """Look at connections whose numbers are given, and rise."""
        connections, judgement = analysis.connections, analysis.judgement
        self._analysis = analysis
        places = connections.places_of(numbers)
        self.segments = segments = connections.segments[connections.order[places]]
        self.labels = judgement.labels[places]
        self.seq, self.ack = relative_numbers(segments)
        window, is_certain = scaled_windows(segments)
        self._window = pl.Series(window).set(pl.Series(~is_certain), None)
        starts = np.flatnonzero(connection_starts(segments))
        counts = np.diff(starts, append=len(segments))
        time = segments["time"].to_numpy()
        self._elapsed = (time - np.repeat(time[starts], counts)) / NS
        self._delta = np.diff(time, prepend=time[:1]) / NS
        self._delta[starts] = 0
        self.states = state_columns(judgement.histories.only(numbers), starts, len(segments))

    def __len__(self) -> int:
        return len(self.segments)

    def columns(self, rows: slice) -> Columns:
        """Write down some of the segments."""
        segments = self.segments[rows]
        flags = integers(segments, "flags")
        has_no_ack = pl.Series((flags & ACK) == 0)
        from_initiator = segments["from_initiator"]
        ack = self.ack[rows]
        return {
            **{
                name: segments[RENAMED.get(name, name)]
                for name in SEGMENT_COLUMNS
                if RENAMED.get(name, name) in segments
            },
            "elapsed_s": pl.Series(self._elapsed[rows]),
            "delta_s": pl.Series(self._delta[rows]),
            "sender": ends((~from_initiator).cast(pl.UInt8)),
            **{name: addresses(self._analysis, segments[name]) for name in ("source", "destination")},
            "flags": _written(flags, flag_names),
            "seq": pl.Series(self.seq[rows]),
            "ack": pl.Series(ack).set(has_no_ack, None),
            "ack_raw": segments["ack"].set(has_no_ack, None),
            "window_bytes": self._window[rows],
            **self._states_of(rows),
            "labels": _written(self.labels[rows], lambda mask: BETWEEN.join(words(mask)) or None),
            "rules": pl.repeat(None, len(segments), dtype=pl.String, eager=True),
            **_sack_edges(segments, ack),
        }

    def _states_of(self, rows: slice) -> Columns:
        columns: Columns = {}
        for end, found in zip(END_NAMES, self.states, strict=True):
            columns[f"{end}_before"] = states(found.before[rows])
            columns[f"{end}_after"] = states(found.after[rows])
            columns[f"{end}_basis"] = pl.Series([basis.word for basis in Basis], dtype=BASIS).gather(
                pl.Series(found.basis[rows], dtype=pl.UInt32)
            )
            columns[f"{end}_passed"] = _passed(found, rows, len(self))
        return columns


def _sack_edges(segments: pl.DataFrame, ack: Int64Array) -> Columns:
    raw_ack = integers(segments, "ack")
    return {
        edge: pl.Series(ack + distance(raw_ack, integers(segments, edge))).set(segments[edge].is_null(), None)
        for edge in ("sack_left", "sack_right")
    }


def _passed(found: StateColumns, rows: slice, count: int) -> pl.Series:
    begin, end, _ = rows.indices(count)
    texts: list[str | None] = [None] * (end - begin)
    first, last = np.searchsorted(found.passed_rows, [begin, end])
    for row, state in zip(found.passed_rows[first:last].tolist(), found.passed[first:last].tolist(), strict=True):
        before = texts[row - begin]
        texts[row - begin] = STATE_NAMES[state] if before is None else f"{before}{BETWEEN}{STATE_NAMES[state]}"
    return pl.Series(texts, dtype=pl.String)


def _written(values: npt.NDArray[np.integer], write: Callable[[int], str | None]) -> pl.Series:
    """Write numbers of which there are few different ones."""
    different, places = np.unique(values, return_inverse=True)
    texts = pl.Series([write(value) for value in different.tolist()], dtype=pl.String)
    return texts.gather(pl.Series(places, dtype=pl.UInt32))
