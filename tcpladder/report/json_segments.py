"""Segments of many connections for programs: the objects of `json_lines.ladder_lines`, a million of them in seconds."""

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import repeat
from typing import Any

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Subject
from tcpladder.annotations.sidecar import Annotations
from tcpladder.packets.flags import flag_names
from tcpladder.report.frame_columns import END_NAMES, STATE_NAMES
from tcpladder.report.json_lines import annotation_object, exact_seconds, finding_object
from tcpladder.report.segment_frames import Part, in_parts
from tcpladder.tcp.labels import words
from tcpladder.tcp.numbers import integers
from tcpladder.tcp.states import Basis

Int64Array = npt.NDArray[np.int64]

AT_ONCE = 8_192  # segments
OBJECT = (
    '{"frame": %s, "time": %s, "from": %s, "flags": %s, "seq": %s, "ack": %s, "seq_raw": %s, "ack_raw": %s, "len": %s, '
    '%s, "passed": %s, "basis": %s, "labels": %s, "findings": %s}'
)
NOTHING_PASSED = json.dumps({end: [] for end in END_NAMES})


def segment_objects(
    analysis: Analysis, numbers: Int64Array, annotations: Annotations | None = None
) -> Iterator[tuple[int, str]]:
    """Give the number of its connection and its object for each segment of connections, whose numbers rise."""
    packets = annotations.of(Subject.PACKET) if annotations else {}
    for some in in_parts(analysis, numbers):
        part = _WrittenPart(analysis, some)
        for begin in range(0, len(part), AT_ONCE):
            for number, frame, line in part.rows(slice(begin, begin + AT_ONCE)):
                own = annotation_object(packets.get(frame)) if packets else {}
                yield number, f"{line[:-1]}, {json.dumps(own)[1:]}" if own else line


class _WrittenPart:
    """Some connections, with what is written of few of their segments."""

    def __init__(self, analysis: Analysis, numbers: Int64Array) -> None:
        self._part = Part(analysis, numbers)
        self._findings = self._proofs(analysis, numbers)
        self._passed = self._gone_through()

    def __len__(self) -> int:
        return len(self._part)

    def rows(self, rows: slice) -> Iterator[tuple[int, int, str]]:
        """Give the number of its connection, the frame and the object for each of some segments."""
        part, (initiator, responder) = self._part, self._part.states
        segments = part.segments[rows]
        before_after = [found[rows] for each in (initiator, responder) for found in (each.before, each.after)]
        frames = segments["frame"].to_list()
        columns = (
            frames,
            map(exact_seconds, segments["time"].to_list()),
            _each([segments["from_initiator"].to_numpy()], lambda is_own: json.dumps(END_NAMES[not is_own])),
            _each([integers(segments, "flags")], lambda flags: json.dumps(flag_names(flags))),
            part.seq[rows].tolist(),
            part.ack[rows].tolist(),
            segments["seq"].to_list(),
            segments["ack"].fill_null(0).to_list(),
            segments["payload_length"].to_list(),
            _each(before_after, _states),
            self._few(self._passed, rows, NOTHING_PASSED),
            _each([initiator.basis[rows], responder.basis[rows]], _bases),
            _each([part.labels[rows]], lambda mask: json.dumps(words(mask))),
            self._few(self._findings, rows, "[]"),
        )
        numbers = segments["connection"].to_list()
        yield from zip(numbers, frames, map(OBJECT.__mod__, zip(*columns, strict=True)), strict=True)

    def _few(self, found: dict[int, str], rows: slice, other: str) -> Iterator[str]:
        """Give a text for each row, of which few have one of their own."""
        begin, end, _ = rows.indices(len(self))
        return map(found.get, range(begin, end), repeat(other)) if found else repeat(other, end - begin)

    def _proofs(self, analysis: Analysis, numbers: Int64Array) -> dict[int, str]:
        """Write the findings that segments prove, by the rows of the segments."""
        segments = self._part.segments
        keys = (segments["connection"].to_numpy().astype(np.int64) << 32) | segments["frame"].to_numpy()
        proven: dict[int, list[str]] = {}
        for number in numbers.tolist():
            for finding in analysis.judgement.findings_of(number):
                wanted = np.array([number << 32 | frame for frame in set(finding.frames)], np.int64)
                rows = np.searchsorted(keys, wanted)
                for row in rows[np.append(keys, -1)[rows] == wanted].tolist():
                    proven.setdefault(row, []).append(json.dumps(finding_object(finding)))
        return {row: f"[{', '.join(found)}]" for row, found in proven.items()}

    def _gone_through(self) -> dict[int, str]:
        """Write the states that endpoints went through between those before and after a segment, by rows."""
        passed: dict[int, dict[str, list[str]]] = {}
        for end, found in zip(END_NAMES, self._part.states, strict=True):
            for row, state in zip(found.passed_rows.tolist(), found.passed.tolist(), strict=True):
                passed.setdefault(row, {name: [] for name in END_NAMES})[end].append(STATE_NAMES[state])
        return {row: json.dumps(found) for row, found in passed.items()}


def _each(columns: Sequence[npt.NDArray[Any]], write: Callable[..., str]) -> list[str]:
    """Write rows of numbers, all below 2**16 and of which there are few different ones; equal rows only once."""
    key = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        key = key << 16 | column.astype(np.int64)
    _, firsts, places = np.unique(key, return_index=True, return_inverse=True)
    rows = zip(*(column[firsts].tolist() for column in columns), strict=True)
    texts = [write(*row) for row in rows]
    return [texts[place] for place in places.tolist()]


def _states(before: int, after: int, before_of_responder: int, after_of_responder: int) -> str:
    pairs = {"before": (before, before_of_responder), "after": (after, after_of_responder)}
    return json.dumps(
        {key: {END_NAMES[at]: STATE_NAMES[state] for at, state in enumerate(pair)} for key, pair in pairs.items()}
    )[1:-1]


def _bases(*bases: int) -> str:
    return json.dumps({end: Basis(basis).word for end, basis in zip(END_NAMES, bases, strict=True)})
