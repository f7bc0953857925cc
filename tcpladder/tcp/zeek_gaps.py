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

Counts = npt.NDArray[np.int64]

Step: TypeAlias = tuple[int, int, int, int, int, bool, int | None]
"""A segment that matters to one direction's bytes, or an acknowledgment of them: connection, row, then, of a segment
of this direction, where its payload starts, how far that is in the file, where it ends, and whether a FIN follows it;
then the acknowledgment, None in segments of this direction."""


MOST_WAITING = 10_000
"""Stretches beyond a hole that are kept in mind, of one direction; only hostile captures have more."""


def gap_counts(tracked: pl.DataFrame) -> Counts:
    """Give for each segment how many stretches of bytes it is the first to acknowledge though none was captured before.

    int64, one entry a row. `tracked` has TRACKED columns. Payload that the snap length cut counts as not captured;
    what comes before a direction's first captured segment does not count, nor what only an RST acknowledges.
    """
    counts = np.zeros(len(tracked), np.int64)
    for is_initiator in (True, False):
        steps = _steps(tracked, is_initiator=is_initiator)
        for _, of_connection in groupby(steps, key=itemgetter(0)):
            for row, missed in _missed(of_connection):
                counts[row] = missed
    return counts


def _steps(tracked: pl.DataFrame, *, is_initiator: bool) -> list[Step]:
    """List the steps of one direction, of those connections only in which something of it may be missing."""
    is_rst, is_syn = (pl.col("flags") & RST) != 0, (pl.col("flags") & SYN) != 0
    payload = pl.col("payload_length").cast(pl.Int64)
    is_own = pl.col("from_initiator") == is_initiator
    is_cut = (payload > 0) & (pl.col("captured_length") < pl.col("wire_length")).fill_null(value=False)
    leaps = is_own & ((pl.col("seq_relative") > pl.col("snd_nxt")).fill_null(value=False) | is_cut)
    overtakes = ~is_own & (pl.col("ack_relative") > pl.col("peer_nxt")).fill_null(value=False)
    acknowledges = ~is_own & (pl.col("ack_relative") > pl.col("rcv_nxt").fill_null(-1)).fill_null(value=False)
    start = pl.col("seq_relative") + is_syn.cast(pl.Int64)
    steps: list[Step] = (
        tracked.select(
            "connection",
            row=pl.int_range(pl.len()),
            start=start,
            held=start + pl.when(is_cut).then(0).otherwise(payload),
            end=start + payload,
            has_fin=(pl.col("flags") & FIN) != 0,
            ack=pl.when(~is_own).then("ack_relative"),
            is_wanted=~is_rst & (is_own | acknowledges),
            is_doubtful=~is_rst & (leaps | overtakes),
        )
        .filter(pl.col("is_doubtful").any().over("connection"))
        .filter("is_wanted")
        .select("connection", "row", "start", "held", "end", "has_fin", "ack")
        .rows()
    )
    return steps


def _missed(steps: Iterable[Step]) -> Iterator[tuple[int, int]]:
    """Give the rows of one direction's acknowledgments that skip bytes, and how many stretches of them."""
    expected: int | None = None  # where the next byte in order belongs; None before the direction's first segment
    last: int | None = None  # where the FIN is
    waiting: list[tuple[int, int]] = []  # captured beyond a hole, in order
    for _, row, start, held, end, has_fin, ack in steps:
        if ack is None:
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
