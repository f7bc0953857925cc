"""Connections, segments and findings as data frames: what notebooks read, and CSV and Parquet files hold.

Every column is described in `frame_columns`. They are flat: several words in one are one text with `;` between them.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Annotation, Subject
from tcpladder.annotations.sidecar import Annotations
from tcpladder.printable import encodable
from tcpladder.report.frame_columns import (
    CONNECTION_COLUMNS,
    END_NAMES,
    FINDING_COLUMNS,
    LEVEL,
    STATE,
    STATE_NAMES,
    TIMED_STATES,
    FrameColumn,
)
from tcpladder.report.json_lines import ROUND_TRIPS
from tcpladder.report.judged_columns import retransmissions
from tcpladder.report.limits import lacking, limits
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.judging import Judgement
from tcpladder.tcp.inference import History
from tcpladder.tcp.state_spans import NEVER, state_spans
from tcpladder.tcp.states import Endpoint

Int64Array = npt.NDArray[np.int64]
Columns = dict[str, pl.Series]

BETWEEN = ";"
SPANS_AT_ONCE = 8_192  # connections
NS = 1_000_000_000
MS = 1_000_000


def all_numbers(analysis: Analysis) -> Int64Array:
    """Give the numbers of all connections, int64."""
    return np.arange(1, len(analysis.connections) + 1)


def connection_frame(
    analysis: Analysis, numbers: Int64Array | None = None, annotations: Annotations | None = None
) -> pl.DataFrame:
    """Give a row for each of the connections whose numbers, which rise, are given; of all without any.

    The columns are CONNECTION_COLUMNS. `annotations` are what users wrote about the capture.
    """
    numbers = all_numbers(analysis) if numbers is None else numbers
    rows = pl.Series(numbers - 1, dtype=pl.UInt32)
    judgement = analysis.judgement
    table, verdicts = analysis.connections.table[rows], judgement.verdicts[rows]
    columns: Columns = {
        **_taken(table, CONNECTION_COLUMNS),
        **{end: addresses(analysis, table[end]) for end in END_NAMES},
        "start": table["start"].cast(CONNECTION_COLUMNS["start"].dtype),
        "duration_s": divided(table["end"] - table["start"], NS),
        "retransmissions": retransmissions(judgement).gather(rows),
        **_taken(verdicts, CONNECTION_COLUMNS),
        **{name: ends(verdicts[name]) for name in ("closed_first", "reset_by")},
        "tags": _words(map(_joined, verdicts["tags"].to_list())),
        **_round_trips(verdicts),
        **_found(judgement, numbers),
        **_last_states(judgement, numbers),
        **_paths(judgement, numbers),
        **_state_seconds(analysis, numbers),
        **written(table["first_frame"], Subject.CONNECTION, annotations),
    }
    return made(CONNECTION_COLUMNS, columns)


def finding_frame(analysis: Analysis, numbers: Int64Array | None = None) -> pl.DataFrame:
    """Give a row for each finding about the connections whose numbers are given, or that rests on one; of all without.

    The columns are FINDING_COLUMNS.
    """
    findings: Iterable[Finding] = analysis.judgement.findings
    if numbers is not None:
        wanted = set(numbers.tolist())
        findings = [
            finding for finding in findings if not wanted.isdisjoint({finding.connection, *finding.connections})
        ]
    return finding_rows(analysis, findings)


def finding_rows(analysis: Analysis, findings: Iterable[Finding]) -> pl.DataFrame:
    """Give a row for each of some findings, in their order, with FINDING_COLUMNS."""
    found = list(findings)
    missing = lacking(analysis.judgement, found)
    far = [limits(finding, missing) for finding in found]
    frames = pl.Series([finding.frames[0] if finding.frames else None for finding in found], dtype=pl.UInt32)
    connection = pl.Series([finding.connection for finding in found], dtype=pl.UInt32)
    of_connection = analysis.connections.table[:, list(_ENDS)][(connection.fill_null(1) - 1)] if found else None
    columns: Columns = {
        "rule": _words(finding.rule for finding in found),
        "level": _words(finding.level.word for finding in found),
        "confidence": _words(finding.confidence.word for finding in found),
        "connection": connection,
        "endpoint": ends(pl.Series([finding.endpoint for finding in found], dtype=pl.UInt8)),
        "about": _words(finding.about or None for finding in found),
        "frame": frames,
        "time": _times(analysis, frames),
        "message": _words(finding.message for finding in found),
        "frames": _words(_joined(finding.frames) for finding in found),
        "connections": _words(_joined(finding.connections) for finding in found),
        "lacking": _words(_joined(finding.rests_on_missing) for finding in found),
        "missing": _words(_joined(each.missing) for each in far),
        "would_change": _words(" ".join(each.would_change) for each in far),
    }
    if of_connection is not None:
        is_none = connection.is_null()
        columns |= {name: of_connection[name].set(is_none, None) for name in _ENDS}
        columns |= {end: addresses(analysis, columns[end]) for end in END_NAMES}
    return made(FINDING_COLUMNS, columns)


_ENDS = ("initiator", "initiator_port", "responder", "responder_port")


def made(columns: Mapping[str, FrameColumn], values: Columns) -> pl.DataFrame:
    """Put columns in their order, each of its type; those without values are of no rows."""
    return pl.DataFrame(
        [
            values[name].alias(name).cast(column.dtype) if name in values else pl.Series(name, [], column.dtype)
            for name, column in columns.items()
        ]
    )


def addresses(analysis: Analysis, ids: pl.Series) -> pl.Series:
    """Write address ids."""
    return pl.Series(analysis.addresses.texts(), dtype=pl.String).gather(ids)


def divided(nanoseconds: pl.Series, unit: int) -> pl.Series:
    """Give times in a unit of so many ns: the floating-point numbers that are nearest."""
    return nanoseconds.cast(pl.Float64) / pl.repeat(unit, len(nanoseconds), dtype=pl.Float64, eager=True)


def ends(numbers: pl.Series) -> pl.Series:
    """Write endpoints by their numbers (`tcp.states.Endpoint`), null where there is none."""
    return pl.Series(END_NAMES).gather(numbers.cast(pl.UInt32))


def written(frames: pl.Series, subject: Subject, annotations: Annotations | None) -> Columns:
    """Give the marks and notes on what has the frames, or begins with them, and the capture's own comments on it."""
    found: Mapping[int, Annotation] = annotations.of(subject) if annotations else {}
    own = [found.get(frame) for frame in frames.to_list()] if found else []
    texts = {
        "mark": [what.mark or None if what else None for what in own],
        "note": [encodable(what.note) or None if what else None for what in own],
        "comment": [encodable(what.comment) or None if what else None for what in own],
    }
    return {
        name: pl.Series(values, dtype=pl.String) if own else pl.repeat(None, len(frames), dtype=pl.String, eager=True)
        for name, values in texts.items()
    }


def _taken(table: pl.DataFrame, wanted: Iterable[str]) -> Columns:
    return {name: table[name] for name in wanted if name in table.columns}


def _words(texts: Iterable[str | None]) -> pl.Series:
    return pl.Series(list(texts), dtype=pl.String)


def _joined(parts: Iterable[object]) -> str | None:
    return BETWEEN.join(map(str, parts)) or None


def _times(analysis: Analysis, frames: pl.Series) -> pl.Series:
    """Give the times of frames of the capture, ns since 1970, null for no frame."""
    segments = analysis.connections.segments
    if segments.is_empty():
        return pl.repeat(None, len(frames), dtype=pl.Int64, eager=True)
    places = np.searchsorted(segments["frame"].to_numpy(), frames.fill_null(0).to_numpy())
    at = pl.Series(np.minimum(places, len(segments) - 1), dtype=pl.UInt32)
    is_frame = (segments["frame"].gather(at) == frames).fill_null(value=False)
    return segments["time"].gather(at).set(~is_frame, None)


def _round_trips(verdicts: pl.DataFrame) -> Columns:
    handshake = verdicts["handshake_rtt_initiator_ns"] + verdicts["handshake_rtt_responder_ns"]
    found = {"handshake": handshake, **{words: verdicts[column] for words, column in ROUND_TRIPS.items()}}
    return {f"rtt_{words}_ms": divided(nanoseconds, MS) for words, nanoseconds in found.items()}


def _found(judgement: Judgement, numbers: Int64Array) -> Columns:
    """Give the gravest level, the number and the rules of each connection's findings, each rule once."""
    own = [judgement.findings_of(number) for number in numbers.tolist()]
    return {
        "level": pl.Series([found[0].level.word if found else None for found in own], dtype=LEVEL),
        "findings": pl.Series([len(found) for found in own], dtype=pl.UInt32),
        "rules": _words(_joined(dict.fromkeys(finding.rule for finding in found)) for found in own),
    }


def _last_states(judgement: Judgement, numbers: Int64Array) -> Columns:
    return {
        f"{end}_state": states(last[numbers - 1])
        for end, last in zip(END_NAMES, judgement.histories.last_states(), strict=True)
    }


def states(numbers: npt.NDArray[np.uint8]) -> pl.Series:
    """Write states by their numbers (`tcp.states.State`)."""
    return pl.Series(STATE_NAMES, dtype=STATE).gather(pl.Series(numbers, dtype=pl.UInt32))


def _paths(judgement: Judgement, numbers: Int64Array) -> Columns:
    histories = judgement.histories
    shapes = pl.Series(histories.shape_of[numbers - 1], dtype=pl.UInt32)
    return {
        f"{end.name.lower()}_states": _words(_path(pair[end]) for pair in histories.shapes).gather(shapes)
        for end in Endpoint
    }


def _path(history: History) -> str:
    return BETWEEN.join(state.name for state in history.states)


def _state_seconds(analysis: Analysis, numbers: Int64Array) -> Columns:
    """Give how long each endpoint of each connection was in each state; the cells of `state_spans` are large."""
    names = {f"{end.name.lower()}_{state.name.lower()}_s": (end, state) for end in Endpoint for state in TIMED_STATES}
    parts: dict[str, list[pl.Series]] = {name: [] for name in names}
    connections = analysis.connections
    for begin in range(0, len(numbers), SPANS_AT_ONCE):
        some = numbers[begin : begin + SPANS_AT_ONCE]
        counts = connections.offsets[some] - connections.offsets[some - 1]
        places = connections.places_of(some)
        times = connections.segments["time"].gather(connections.order[places]).to_numpy()
        spans = state_spans(analysis.judgement.histories.only(some), times, np.cumsum(counts) - counts)
        for name, (end, state) in names.items():
            own = spans[:, end, state]
            parts[name].append(pl.Series(own / NS).set(pl.Series(own == NEVER), None))
    return {name: pl.concat(own) for name, own in parts.items() if own}
