"""Where the records of a file start.

Each record says only where the next one is, so that a plain walk takes them one by one. Here many walks go side by
side, a step of all of them at once: from the start, and from places further on that look like the start of a record.
A walk from such a place counts only if the walk before it ends exactly there. So the result is proven, not guessed;
where walks do not meet, the stretch is walked plainly.
"""

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from tcpladder.capture.native.content import Content, Places

PLAIN_RECORDS = 64  # so many are walked plainly first: they tell how long records are
FEW_RECORDS = 2000  # to walk plainly is quicker
STARTS_PER_RECORD = 6.0  # what makes the search for starts take as long as the walks from there
MOST_WALKS = 2048
FEW_WALKS = 12  # that go on when the others have ended: plain ones are quicker


class Records(Protocol):
    """What a file format says of its records."""

    def length(self, content: Content, at: int) -> int:
        """Give the length of the record at a place, with its header; 0 if it is not whole or not to be walked over."""

    def lengths(self, content: Content, places: Places) -> Places:
        """Give the same for many places."""

    def find(self, content: Content, at: int, stop: int, example: int) -> int | None:
        """Find a place in [at, stop) that looks like a record's start, as the one at `example` does."""


def walk(records: Records, content: Content, start: int) -> tuple[Places, int]:
    """Give the places of the records from `start` on, and where the first one is that can't be walked over."""
    first, at = _plain(records, content, start, content.size, PLAIN_RECORDS)
    if len(first) < PLAIN_RECORDS:
        return np.array(first, np.int64), at
    expected = (content.size - at) * PLAIN_RECORDS // (at - start)
    if expected < FEW_RECORDS:
        rest, at = _plain(records, content, at, content.size)
        return np.array([*first, *rest], np.int64), at
    walks = min(int((expected * STARTS_PER_RECORD) ** 0.5), MOST_WALKS)
    starts = [at, *_starts(records, content, at, walks, start)]
    found, ends = _side_by_side(records, content, starts)
    proven = list(_proven(records, content, starts, found, ends))
    pieces = [np.array(first, np.int64), *(piece for piece, _ in proven)]
    return np.concatenate(pieces), proven[-1][1]


def _plain(records: Records, content: Content, at: int, stop: int, count: int | None = None) -> tuple[list[int], int]:
    """Walk from record to record until `stop`, or over so many; give their places, and where the walk ended."""
    places: list[int] = []
    while at < stop and len(places) != count:
        length = records.length(content, at)
        if not length:
            break
        places.append(at)
        at += length
    return places, at


def _starts(records: Records, content: Content, at: int, walks: int, example: int) -> Iterator[int]:
    stretch = (content.size - at) // walks + 1
    last = at
    for begin in range(at + stretch, content.size, stretch):
        found = records.find(content, begin, min(begin + stretch, content.size), example)
        if found is not None and found > last:
            last = found
            yield found


def _side_by_side(records: Records, content: Content, starts: list[int]) -> tuple[list[Places], list[int]]:
    """Walk from each start to the next one or beyond; give each walk's places, and where it ended."""
    limits = np.array([*starts[1:], content.size], np.int64)
    now = np.array(starts, np.int64)
    ends = now.copy()
    active = np.arange(len(starts))
    steps: list[Places] = []
    while len(active) > FEW_WALKS:
        lengths = records.lengths(content, now)
        moves = lengths > 0
        if not moves.all():
            ends[active[~moves]] = now[~moves]
            active, now, lengths = active[moves], now[moves], lengths[moves]
        step = np.full(len(starts), -1, np.int64)
        step[active] = now
        steps.append(step)
        now = now + lengths
        goes_on = now < limits[active]
        if not goes_on.all():
            ends[active[~goes_on]] = now[~goes_on]
            active, now = active[goes_on], now[goes_on]
    matrix = np.array(steps, np.int64).reshape(-1, len(starts)).T
    is_place = matrix >= 0
    found = np.split(matrix[is_place], np.cumsum(np.count_nonzero(is_place, axis=1))[:-1])
    for number, at in zip(active.tolist(), now.tolist(), strict=True):
        rest, ends[number] = _plain(records, content, at, int(limits[number]))
        found[number] = np.append(found[number], np.array(rest, np.int64))
    return found, ends.tolist()


def _proven(
    records: Records, content: Content, starts: list[int], found: list[Places], ends: list[int]
) -> Iterator[tuple[Places, int]]:
    """Put the walks together that begin where the one before ended; walk plainly between those that do not."""
    at = starts[0]
    for start, stop, places, end in zip(starts, [*starts[1:], content.size], found, ends, strict=True):
        if at >= stop:  # one record reaches over this whole stretch
            continue
        if at == start:
            at = end
            yield places, at
        else:
            plain, at = _plain(records, content, at, stop)
            yield np.array(plain, np.int64), at
        if at < stop:  # here is something that can't be walked over
            return
