"""Bytes that were acknowledged and never captured, counted as Zeek counts content gaps.

A leap in sequence numbers is no gap yet: what it leapt over may come later. It is one as soon as it is acknowledged.

Where the snap length cuts every payload, every connection has gaps. Those in which nothing comes twice or too late, and
these are most, are counted all at once; the others segment by segment.
"""

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.flags import FIN, RST, SYN
from tcpladder.tcp.lookback import NONE, Lookback, begins
from tcpladder.tcp.numbers import BoolArray, Int64Array, connection_starts

Counts = npt.NDArray[np.int64]

Step: TypeAlias = tuple[int, int, int, int, int, bool, int]
"""One of `_Steps`."""

MOST = np.iinfo(np.int64).max  # what nothing leaps over

MOST_WAITING = 10_000
"""Stretches beyond a hole that are kept in mind, of one direction; only hostile captures have more."""

WIDEST = 1 << 62
"""How far the numbers of all connections together may reach to be laid one behind the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Steps:
    """The segments that matter to one direction's bytes, and the acknowledgments of them; connection by connection.

    Of a segment of this direction: where its payload starts, how far that is in the file, where it ends, and whether a
    FIN follows it. The acknowledgment is NONE there.
    """

    connection: Int64Array
    row: Int64Array
    start: Int64Array
    held: Int64Array
    end: Int64Array
    has_fin: BoolArray
    ack: Int64Array

    def one_by_one(self, wanted: BoolArray) -> Iterator[Step]:
        """Give the values of some of them."""
        return zip(*(getattr(self, name)[wanted].tolist() for name in self.__slots__), strict=True)


def gap_counts(tracked: pl.DataFrame) -> Counts:
    """Give for each segment how many stretches of bytes it is the first to acknowledge though none was captured before.

    int64, one entry a row. `tracked` has TRACKED columns. Payload that the snap length cut counts as not captured;
    what comes before a direction's first captured segment does not count, nor what only an RST acknowledges.
    """
    counts = np.zeros(len(tracked), np.int64)
    for steps in _doubtful(tracked):
        back = Lookback(begins(steps.connection))
        acknowledged = _acknowledged(steps, back)
        is_orderly = back.spread(_are_orderly(steps, back, acknowledged))
        if is_orderly.any():
            counts[steps.row[is_orderly]] += _skipped(steps, back, acknowledged)[is_orderly]
        for _, of_connection in groupby(steps.one_by_one(~is_orderly), key=itemgetter(0)):
            for row, missed in _missed(of_connection):
                counts[row] = missed
    return counts


def _doubtful(tracked: pl.DataFrame) -> Iterator[_Steps]:
    """Give the steps of each direction, of those connections only in which something of it may be missing."""
    flags, payload = tracked["flags"].to_numpy(), tracked["payload_length"].to_numpy()
    seq, ack = tracked["seq_relative"].to_numpy(), tracked["ack_relative"].fill_null(NONE).to_numpy()
    is_cut = (tracked["captured_length"] < tracked["wire_length"]).fill_null(value=False).to_numpy() & (payload > 0)
    leaps = is_cut | (seq > tracked["snd_nxt"].fill_null(MOST).to_numpy())
    overtakes = ack > tracked["peer_nxt"].fill_null(MOST).to_numpy()
    is_heard = (flags & RST) == 0
    leaps &= is_heard
    overtakes &= is_heard
    if not leaps.any() and not overtakes.any():
        return
    connection = np.cumsum(connection_starts(tracked)) - 1
    from_initiator = tracked["from_initiator"].to_numpy()
    acknowledges = ack > tracked["rcv_nxt"].fill_null(-1).to_numpy()
    for is_own in (from_initiator, ~from_initiator):
        is_doubtful = np.zeros(len(tracked), np.bool_)
        is_doubtful[connection[np.where(is_own, leaps, overtakes)]] = True
        rows = np.flatnonzero(is_heard & (is_own | acknowledges) & is_doubtful[connection])
        if not len(rows):
            continue
        start = seq[rows] + ((flags[rows] & SYN) != 0)
        end = start + payload[rows]
        yield _Steps(
            connection=connection[rows],
            row=rows,
            start=start,
            held=np.where(is_cut[rows], start, end),
            end=end,
            has_fin=(flags[rows] & FIN) != 0,
            ack=np.where(is_own[rows], NONE, ack[rows]),
        )


def _acknowledged(steps: _Steps, back: Lookback) -> Int64Array:
    """Give how many of the payload's bytes each step acknowledges: not the FIN."""
    fin = back.last((steps.ack == NONE) & steps.has_fin)
    return np.where(fin >= 0, np.minimum(steps.ack, steps.end[fin]), steps.ack)


def _are_orderly(steps: _Steps, back: Lookback, acknowledged: Int64Array) -> BoolArray:
    """Tell of which connections the segments follow one another, each captured before it is acknowledged."""
    is_own = steps.ack == NONE
    own = np.flatnonzero(is_own)
    is_back = (np.diff(steps.connection[own]) == 0) & (steps.start[own][1:] < steps.end[own][:-1])
    reached = back.last(is_own)
    is_beyond = ~is_own & (reached >= 0) & (acknowledged > steps.end[reached])
    width = int(steps.end.max()) - int(steps.start.min())
    are_orderly = np.full(len(back.starts), width * len(back.starts) < WIDEST)
    are_orderly[back.connection[own[1:][is_back]]] = False
    are_orderly[back.connection[is_beyond]] = False
    return are_orderly


def _skipped(steps: _Steps, back: Lookback, acknowledged: Int64Array) -> Counts:
    """Give for each step of orderly connections how many holes it acknowledges; of others, anything.

    There, a hole is the same at any time. A step skips those that begin before what it acknowledges, and reach beyond
    what was acknowledged before it.
    """
    counts = np.zeros(len(steps.row), np.int64)
    is_own = steps.ack == NONE
    connections = np.arange(len(back.starts))
    first = steps.start[np.minimum(back.earliest(is_own), len(counts) - 1)]
    captured = np.flatnonzero(is_own & (steps.held > steps.start))
    before = np.searchsorted(back.connection[captured], connections)
    after = np.searchsorted(back.connection[captured], connections, "right")
    lowest, highest = steps.start.min(), steps.end.max()
    # One hole before each captured payload, and one without end after the last; all on one line, by connection.
    begin = np.insert(steps.held[captured], before, first)
    end = np.insert(steps.start[captured], after, highest + 1)
    line = (highest - lowest + 2) * connections
    offset = np.repeat(line, after - before + 1)
    is_hole = begin < end
    begin, end = (begin + offset)[is_hole], (end + offset)[is_hole]

    counting = ~is_own & (back.last(is_own) >= 0)
    known = np.maximum(back.highest_before(acknowledged, counting), back.spread(first))
    rows = np.flatnonzero(counting & (acknowledged > known))
    at = back.spread(line)[rows]
    counts[rows] = np.searchsorted(begin, acknowledged[rows] + at) - np.searchsorted(end, known[rows] + at, "right")
    return counts


def _missed(steps: Iterable[Step]) -> Iterator[tuple[int, int]]:
    """Give the rows of one direction's acknowledgments that skip bytes, and how many stretches of them."""
    expected: int | None = None  # where the next byte in order belongs; None before the direction's first segment
    last: int | None = None  # where the FIN is
    waiting: list[tuple[int, int]] = []  # captured beyond a hole, in order
    for _, row, start, held, end, has_fin, ack in steps:
        if ack == NONE:
            expected = start if expected is None else expected
            last = end if has_fin else last
            if held > start and len(waiting) < MOST_WAITING:
                insort(waiting, (start, held))
        elif expected is not None:
            acknowledged = ack if last is None else min(ack, last)
            missed = 0
            while waiting and waiting[0][0] < acknowledged:
                hole_end, reach = waiting.pop(0)
                missed += hole_end > expected
                expected = max(expected, reach)
            missed += acknowledged > expected
            expected = max(expected, acknowledged)
            if missed:
                yield row, missed
        while waiting and expected is not None and waiting[0][0] <= expected:
            expected = max(expected, waiting.pop(0)[1])
