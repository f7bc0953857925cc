"""Which rows of a ladder a report has: all of a short one, and of a very long one what has something to say."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from tcpladder.ladder.folding import Folding, Kind, Row
from tcpladder.ladder.rungs import Ladder
from tcpladder.tcp.numbers import Int64Array

MOST_ROWS = 600
"""Rows of a ladder in a report; of longer ones those are left out that have least to say."""
AROUND = 200
"""Rows that a shortened ladder keeps at each of its ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Rows of a ladder that are not drawn: `rows` of them, which stand for `segments` segments."""

    rows: int
    segments: int

    @property
    def words(self) -> str:
        """Say what is left out."""
        return f"{self.rows} rows left out, with {self.segments} segments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A ladder as it is drawn in a report: its rows from the first to the last, without those of `LeftOut`."""

    ladder: Ladder
    rows: tuple[Row | LeftOut, ...]


def shortened(ladder: Ladder, shown: Folding) -> Iterator[Row | LeftOut]:
    """Give the rows of a ladder; of a very long one both ends and what has something to say."""
    places = np.arange(len(shown))
    if len(shown) > MOST_ROWS:
        places = np.unique(np.concatenate([places[:AROUND], _telling(ladder, shown), places[-AROUND:]]))
    before = -1
    for place in places.tolist():
        if place > before + 1:
            yield _left_out(shown, before + 1, place)
        yield shown.row(place)
        before = place


def _telling(ladder: Ladder, shown: Folding) -> Int64Array:
    """Give the rows that have most to say: of findings and notes first, then all others with something of their own."""
    segments = dict.fromkeys([*ladder.annotations, *ladder.finding_rows(), *ladder.telling_rows()])
    rows = map(shown.row_of, islice(segments, MOST_ROWS))
    return np.fromiter(rows, np.int64)


def _left_out(shown: Folding, first: int, end: int) -> LeftOut:
    """Sum up the rows from `first` up to before `end`, which is a row too."""
    rows = end - first
    gaps = int(np.count_nonzero(shown.kinds[first:end] == Kind.GAP))
    return LeftOut(rows=rows - gaps, segments=int(shown.firsts[end] - shown.firsts[first]))
