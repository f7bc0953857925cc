"""Which rows of a ladder are shown: runs of plain segments folded into one row each, and idle gaps as rows.

A fold never hides a row that has something of its own to say: a change of state, a proof of a finding, a label, a
SACK block, an opening, a close or a reset, or what the user has marked. Everything here is columnar: a row costs a few
bytes, and none is looked at by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from tcpladder.ladder.notation import NS
from tcpladder.ladder.rungs import Ladder
from tcpladder.packets.flags import ACK, FIN, RESERVED, RST, SYN, URG
from tcpladder.tcp.numbers import BoolArray, Int64Array

LEAST_RUN = 5  # fewer plain segments than these stay as they are
FOLDED_FROM = 100  # a connection of so many segments opens with its runs folded
IDLE_NS = NS  # what is no longer than this is never an idle gap
IDLE_MEDIANS = 5  # nor what is no longer than so many times the usual time between two segments


class Kind(IntEnum):
    """What a row shows."""

    SEGMENT = 0
    RUN = 1  # several segments
    GAP = 2  # the time before a segment, in which nothing was captured


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: segments `first` to `last`, counted from 0. Of a gap both are the segment that ends it."""

    kind: Kind
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Where plain segments follow one another: run i has the segments from `first[i]` up to before `end[i]`."""

    first: Int64Array
    end: Int64Array

    def at(self, segment: int) -> int | None:
        """Give the run that a segment belongs to."""
        run = int(np.searchsorted(self.first, segment, "right")) - 1
        return run if run >= 0 and segment < self.end[run] else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Folding:
    """The rows of a ladder of `segments` segments, and which of its runs are folded.

    `firsts` (int64) and `kinds` (uint8) have an entry a row. The numbers in `firsts` rise; a gap's is that of the row
    after it.
    """

    segments: int
    runs: Runs
    gaps: Int64Array
    is_folded: BoolArray  # an entry a run
    firsts: Int64Array
    kinds: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.firsts)

    def row(self, at: int) -> Row:
        """Give a row, counted from 0."""
        kind, first = Kind(self.kinds[at]), int(self.firsts[at])
        last = int(self.runs.end[self.runs.at(first) or 0]) - 1 if kind is Kind.RUN else first
        return Row(kind=kind, first=first, last=last)

    def row_of(self, segment: int) -> int:
        """Give the row that shows a segment, by itself or folded."""
        return int(np.searchsorted(self.firsts, segment, "right")) - 1

    def is_hidden(self, segment: int) -> bool:
        """Tell whether a segment is folded into a run."""
        run = self.runs.at(segment)
        return run is not None and bool(self.is_folded[run])

    def toggled(self, segment: int) -> "Folding | None":
        """Fold the run that a segment belongs to, or unfold it; None where it belongs to none."""
        run = self.runs.at(segment)
        if run is None:
            return None
        is_folded = self.is_folded.copy()
        is_folded[run] = not is_folded[run]
        return self._with(is_folded)

    def all(self, *, folded: bool) -> "Folding":
        """Fold all runs, or unfold them."""
        return self._with(np.full(len(self.is_folded), folded))

    @property
    def is_any_folded(self) -> bool:
        """Tell whether something is folded."""
        return bool(self.is_folded.any())

    def carried_to(self, runs: Runs, gaps: Int64Array) -> "Folding":
        """Fold those of other runs of the same segments that begin where something is folded."""
        own = np.searchsorted(self.runs.first, runs.first, "right") - 1
        within = own >= 0
        within[within] = runs.first[within] < self.runs.end[own[within]]
        within[within] = self.is_folded[own[within]]
        return _folding(self.segments, runs, gaps, within)

    def _with(self, is_folded: BoolArray) -> "Folding":
        return _folding(self.segments, self.runs, self.gaps, is_folded)


def folding(ladder: Ladder, *, folded: bool | None = None, protected: Iterable[int] = ()) -> Folding:
    """Choose the rows of a ladder. `folded` says whether runs are folded; None folds those of long connections.

    `protected` are rows that no fold may hide, beside those that have something to say.
    """
    count = len(ladder)
    is_folded = count >= FOLDED_FROM if folded is None else folded
    found, gaps = parts(ladder, protected)
    return _folding(count, found, gaps, np.full(len(found.first), is_folded))


def refolded(before: Folding, ladder: Ladder, *, protected: Iterable[int] = ()) -> Folding:
    """Choose the rows anew, for the same connection of which more is known; what was folded stays so."""
    return before.carried_to(*parts(ladder, protected))


def parts(ladder: Ladder, protected: Iterable[int] = ()) -> tuple[Runs, Int64Array]:
    """Give a ladder's runs, and the segments that idle gaps end with."""
    gaps = idle_gaps(ladder.column("time"))
    is_plain = plain(ladder)
    is_plain[list(protected)] = False
    edges = np.diff(is_plain.view(np.int8), prepend=0, append=0)
    first, end = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    first, end = _cut(first, end, gaps)
    is_long = end - first >= LEAST_RUN
    return Runs(first=first[is_long], end=end[is_long]), gaps


def plain(ladder: Ladder) -> BoolArray:
    """Mark the segments that have nothing to say but data and acknowledgments; bool, shape (n,)."""
    flags = ladder.column("flags")
    is_plain: BoolArray = (flags & (SYN | FIN | RST | URG | RESERVED | ACK)) == ACK
    is_plain &= ladder.column("sack_count") == 0
    if ladder.labels is not None:
        is_plain &= ladder.labels == 0
    is_plain[ladder.telling_rows()] = False
    return is_plain


def idle_gaps(time: npt.NDArray[np.integer]) -> Int64Array:
    """Give the segments before which nothing was captured for long; `time` in ns, shape (n,)."""
    deltas = np.diff(time)
    rows = np.flatnonzero(deltas > IDLE_NS)
    if len(rows) and 2 * np.count_nonzero(deltas > IDLE_NS // IDLE_MEDIANS) >= len(deltas):
        rows = rows[deltas[rows] > IDLE_MEDIANS * np.median(deltas)]
    return rows + 1


def _cut(first: Int64Array, end: Int64Array, gaps: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Part runs where a gap lies within."""
    if not len(first) or not len(gaps):
        return first, end
    run = np.searchsorted(first, gaps, "right") - 1
    within = gaps[(run >= 0) & (gaps > first[run]) & (gaps < end[run])]
    return np.sort(np.concatenate([first, within])), np.sort(np.concatenate([end, within]))


def _folding(segments: int, runs: Runs, gaps: Int64Array, is_folded: BoolArray) -> Folding:
    firsts, kinds = _rows(segments, runs, gaps, is_folded)
    return Folding(segments=segments, runs=runs, gaps=gaps, is_folded=is_folded, firsts=firsts, kinds=kinds)


def _rows(
    segments: int, runs: Runs, gaps: Int64Array, is_folded: BoolArray
) -> tuple[Int64Array, npt.NDArray[np.uint8]]:
    first, end = runs.first[is_folded], runs.end[is_folded]
    if len(first):
        edges = np.zeros(segments + 1, np.int8)
        edges[first + 1] = 1
        edges[end] = -1
        shown = np.flatnonzero(np.cumsum(edges[:-1], dtype=np.int8) == 0)
    else:
        shown = np.arange(segments)
    kinds = np.zeros(len(shown), np.uint8)
    kinds[np.searchsorted(shown, first)] = Kind.RUN
    if not len(gaps):
        return shown, kinds
    at = np.searchsorted(shown, gaps)
    return np.insert(shown, at, gaps), np.insert(kinds, at, Kind.GAP)
