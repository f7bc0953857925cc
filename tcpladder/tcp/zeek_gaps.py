"""Bytes that were acknowledged and never captured, counted as Zeek counts content gaps.

A leap in sequence numbers is no gap yet: what it leapt over may come later. It is one as soon as it is acknowledged.
"""

from bisect import insort
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.flags import FIN, RST, SYN
from tcpladder.tcp.lookback import NONE
from tcpladder.tcp.numbers import connection_starts

Counts = npt.NDArray[np.int64]

Step: TypeAlias = tuple[int, int, int, int, int, bool, int]
"""A segment that matters to one direction's bytes, or an acknowledgment of them: connection, row, then, of a segment
of this direction, where its payload starts, how far that is in the file, where it ends, and whether a FIN follows it;
then the acknowledgment, NONE in segments of this direction."""

MOST = np.iinfo(np.int64).max  # what nothing leaps over

MOST_WAITING = 10_000
"""Stretches beyond a hole that are kept in mind, of one direction; only hostile captures have more."""


def gap_counts(tracked: pl.DataFrame) -> Counts:
    """Give for each segment how many stretches of bytes it is the first to acknowledge though none was captured before.

    int64, one entry a row. `tracked` has TRACKED columns. Payload that the snap length cut counts as not captured;
    what comes before a direction's first captured segment does not count, nor what only an RST acknowledges.
    """
    counts = np.zeros(len(tracked), np.int64)
    for steps in _doubtful(tracked):
        for _, of_connection in groupby(steps, key=itemgetter(0)):
            for row, missed in _missed(of_connection):
                counts[row] = missed
    return counts


def _doubtful(tracked: pl.DataFrame) -> Iterator[Iterator[Step]]:
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
        start = seq[rows] + ((flags[rows] & SYN) != 0)
        end = start + payload[rows]
        yield zip(
            connection[rows].tolist(),
            rows.tolist(),
            start.tolist(),
            np.where(is_cut[rows], start, end).tolist(),
            end.tolist(),
            ((flags[rows] & FIN) != 0).tolist(),
            np.where(is_own[rows], NONE, ack[rows]).tolist(),
            strict=True,
        )


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
