"""What is to be said of packets, in comments of a line each: changes of state, findings, and what users wrote.

All numbers of packets in them are those that packets have in the capture that was analysed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tcpladder.annotations.wording import one_line
from tcpladder.connections.grouping import column
from tcpladder.connections.table import Connections
from tcpladder.ladder.notation import state_word
from tcpladder.printable import printable
from tcpladder.rulebook.findings import Finding, concerned
from tcpladder.rules import catalogue
from tcpladder.tcp.inference import History
from tcpladder.tcp.states import Basis, Endpoint, State
from tcpladder.tcp.timeline import Histories

if TYPE_CHECKING:
    from tcpladder.report.annotation_list import Noted
    from tcpladder.report.limits import Limits
    from tcpladder.report.model import Report

Int64Array = npt.NDArray[np.int64]

AT_ONCE = 4096
MOST = 32
"""Comments of one packet: readers of captures look at no more than some dozens of options."""


def frames_in(connections: Connections, numbers: Int64Array) -> Int64Array:
    """Give the frame numbers (rising) of all segments of some connections, by their numbers."""
    frames = column(connections.segments, "frame").astype(np.int64)
    if len(numbers) == len(connections):
        return frames
    return np.sort(frames[connections.order[connections.places_of(numbers)]])


def packet_comments(report: "Report", frames: Int64Array) -> Iterator[tuple[int, Sequence[str]]]:
    """Give the packets of a report that have something to say, in order, and what: a comment each.

    `frames` (rising) are those of a copy that the comments are for. Where a packet has another number in it than in the
    capture, the first comment says which it had.
    """
    states = _states(report.analysis.connections, report.judgement.histories, report.numbers)
    findings = _findings(report, frames)
    written = _written(report)
    told = np.unique(np.concatenate([states.frames, _keys(findings), _keys(written)]))
    bounds = np.searchsorted(states.frames, told), np.searchsorted(states.frames, told, side="right")
    numbers = np.searchsorted(frames, told) + 1
    for frame, number, begin, end in _rows(told, numbers, *bounds):
        lines = [f"no.{frame} of {report.name}"] if frame != number else []
        lines += (states.line(at) for at in range(begin, end))
        lines += findings.get(frame, ())
        lines += written.get(frame, ())
        yield frame, lines if len(lines) <= MOST else [*lines[: MOST - 1], f"and {len(lines) - MOST + 1} more comments"]


def _rows(*columns: Int64Array) -> Iterator[tuple[int, ...]]:
    """Give the rows of columns one after the other, without making lists of whole columns."""
    for at in range(0, len(columns[0]), AT_ONCE):
        yield from zip(*(each[at : at + AT_ONCE].tolist() for each in columns), strict=True)


def _keys(lines: Mapping[int, object]) -> Int64Array:
    return np.fromiter(lines, np.int64, len(lines))


# -- states -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _States:
    """Changes of state: in which frames (rising), what is said (head and tail), and the frames that caused them."""

    frames: Int64Array
    causes: Int64Array  # 0 where it is the frame itself
    words: Int64Array
    texts: Sequence[tuple[str, str]]

    def line(self, at: int) -> str:
        head, tail = self.texts[self.words[at]]
        cause = self.causes[at]
        return f"{head}, no.{cause}{tail}" if cause else head + tail


def _states(connections: Connections, histories: Histories, numbers: Int64Array) -> _States:
    """Give the changes of state of connections. What is said is worded once for all connections of a shape."""
    texts: dict[tuple[str, str], int] = {}
    shape_of = histories.shape_of[numbers - 1]
    changes: list[tuple[int, int, int]] = []
    counts = np.zeros(len(histories.shapes), np.int64)
    for shape in np.unique(shape_of).tolist():
        own = [
            (row, cause, texts.setdefault(text, len(texts))) for row, cause, text in _changes(histories.shapes[shape])
        ]
        counts[shape] = len(own)
        changes += own
    rows, causes, words = np.array(changes, np.int64).reshape(-1, 3).T
    # One entry a change of each connection: whose it is, and which of those above.
    repeats = counts[shape_of]
    owners = np.repeat(np.arange(len(numbers)), repeats)
    entry = (
        np.arange(len(owners)) - (np.cumsum(repeats) - repeats)[owners] + (np.cumsum(counts) - counts)[shape_of][owners]
    )
    owners = numbers[owners]
    first_control = np.append(0, histories.ends)[owners - 1]
    first_row = connections.offsets[owners - 1]
    frame = column(connections.segments, "frame")

    def frames_of(control: Int64Array) -> Int64Array:
        place: Int64Array = first_row + histories.control[first_control + control]
        return frame[connections.order[place]].astype(np.int64)

    frames = frames_of(rows[entry])
    is_late = causes[entry] != rows[entry]
    order = np.argsort(frames, kind="stable")
    return _States(
        frames=frames[order],
        causes=np.where(is_late, frames_of(causes[entry]), 0)[order],
        words=words[entry][order],
        texts=list(texts),
    )


def _changes(pair: tuple[History, History]) -> Iterator[tuple[int, int, tuple[str, str]]]:
    """Give the rows of a shape where either endpoint changes its state, those of the causes, and the words."""
    for endpoint, history in zip(Endpoint, pair, strict=True):
        before = history.initial
        for row, group in groupby(history.transitions, key=attrgetter("row")):
            passed = list(group)
            last = passed[-1]
            path = " -> ".join(_named(state) for state in (before, *(each.state for each in passed)))
            events = " and then ".join(each.event.value for each in passed)
            tail = "; inferred)" if last.basis is Basis.INFERRED else ")"
            yield row, last.cause, (f"state: {endpoint.name.lower()} {path} ({events}", tail)
            before = last.state


def _named(state: State) -> str:
    return "unknown" if state is State.UNKNOWN else state_word(state)


# -- findings -----------------------------------------------------------------------------------


def _findings(report: "Report", frames: Int64Array) -> dict[int, list[str]]:
    """Give what findings say, by the frames that prove them; without one, by the first of its connections."""
    found: dict[int, list[str]] = {}
    first_frames = column(report.analysis.connections.table, "first_frame")
    for finding in report.findings:
        proof = np.array(finding.frames, np.int64)
        is_there = np.append(frames, 0)[np.searchsorted(frames, proof)] == proof
        own = list(dict.fromkeys(proof[is_there].tolist()))
        if not own:
            own = [int(first_frames[number - 1]) for number in concerned(finding) if report.kept[number - 1]]
        decisive, *others = own if len(own) <= len(proof) else own[:1]
        found.setdefault(decisive, []).append(finding_line(finding, report.limits_of(finding)))
        for frame in others:
            found.setdefault(frame, []).append(f"evidence of the {finding.level.word} {finding.rule} at no.{decisive}")
    return found


def finding_line(finding: Finding, limits: "Limits") -> str:
    """Write a finding on one line: level, rule, clause, what was found, and what the capture lacks for it."""
    about = f" of {finding.about}" if finding.about else ""
    parts = [f"{finding.level.word} {finding.rule} ({_clauses(finding.rule)}){about}: {finding.message}"]
    parts += [f"weaker because {words}" for words in limits.rests_on_missing]
    parts += [f"missing: {words}" for words in limits.missing if words not in limits.rests_on_missing]
    return printable("; ".join(part.rstrip(".") for part in parts))


@cache
def _clauses(rule: str) -> str:
    return next(", ".join(each.sources) for each in catalogue() if each.id == rule)


# -- marks and notes ----------------------------------------------------------------------------


def _written(report: "Report") -> dict[int, list[str]]:
    """Give what users wrote, by frames; what is about a connection by its first."""
    found: dict[int, list[str]] = {}
    for each in report.noted:
        found.setdefault(each.place.frame, []).extend(written_lines(each))
    return found


def written_lines(each: "Noted") -> Iterator[str]:
    """Write a mark and a note, a line each."""
    about = "" if each.frame is not None else " of the connection"
    if each.what.mark:
        yield f"user's mark{about}: {each.what.mark}"
    if each.what.note:
        yield f"user's note{about}: {one_line(each.what.note)}"
