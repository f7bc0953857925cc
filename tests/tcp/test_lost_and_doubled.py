"""What a capture lacks, or has twice, does not make it tell of states that were none.

Each segment of each sample capture, taken on either host, is left out once and captured twice once. All the maimed
copies of a connection are analysed at once, as so many connections.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tcpladder.tcp.copies import originals
from tcpladder.tcp.states import Basis, Endpoint, State
from tcpladder.tcp.teardown import teardowns
from tcpladder.tcp.timeline import Change, Timeline, histories
from tests import samples

COPY_NS = 20_000
"""Between a packet and its second capture."""

ROUND_TRIP_NS = 11_000_000
"""The wire takes 5 ms each way: segments that are not further apart may have crossed."""

ONE_SEGMENT = ("from_initiator", "flags", "seq", "payload_length")


def connections(path: Path) -> Iterator[tuple[pl.DataFrame, Timeline]]:
    analysis = samples.analysis_of(path)
    for number in range(1, len(analysis.connections) + 1):
        yield analysis.segments_of(number), analysis.timeline(number)


def numbered(copies: list[pl.DataFrame]) -> pl.DataFrame:
    """Put copies of a connection into one table, each under a number of its own."""
    return pl.concat(
        copy.with_columns(connection=pl.lit(number, pl.UInt32)) for number, copy in enumerate(copies, start=1)
    )


def without(segments: pl.DataFrame, row: int) -> pl.DataFrame:
    return pl.concat([segments[:row], segments[row + 1 :]])


def with_copy(segments: pl.DataFrame, row: int) -> pl.DataFrame:
    copy = segments[row].with_columns(time=pl.col("time") + COPY_NS)
    return pl.concat([segments[: row + 1], copy, segments[row + 1 :]])


def is_captured_before(segments: pl.DataFrame) -> list[bool]:
    marks: list[bool] = (originals(segments) != np.arange(len(segments))).tolist()
    return marks


def moved(change: Change, to: list[int]) -> Change:
    """Give the change with its rows counted otherwise: row n is row `to[n]`."""
    return replace(change, row=to[change.row], cause=to[change.cause])


def at_that_time(whole: Timeline, segments: pl.DataFrame, change: Change) -> set[State]:
    """Give the states that the whole capture tells for the time at which a change may have happened.

    That is the time from the segment behind it, whichever of its transmissions arrived, to the segment that shows it,
    and as much earlier as segments take to cross.
    """
    cause = segments.row(change.cause, named=True)
    is_same = segments.select(pl.all_horizontal(pl.col(name) == cause[name] for name in ONE_SEGMENT)).to_series()
    rows = [change.row, *is_same.arg_true().to_list()]
    times = segments["time"].to_list()
    first, last = min(rows), max(rows)
    while first and times[first - 1] > times[change.row] - ROUND_TRIP_NS:
        first -= 1
    shown = [each for each in whole.changes if each.endpoint is change.endpoint]
    passed = {each.state for each in shown if first <= each.row <= last or first <= each.cause <= last}
    return {whole.before(first, change.endpoint), whole.after(last, change.endpoint)} | passed


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_whatever_segment_is_missing_no_state_is_claimed_as_seen_that_was_none(path: Path) -> None:
    for segments, whole in connections(path):
        length = len(segments)
        if length == 1:
            continue
        found = histories(numbered([without(segments, row) for row in range(length)]))
        for missing in range(length):
            rows = [row for row in range(length) if row != missing]
            for change in found.timeline(missing + 1, length - 1).changes:
                if change.basis is Basis.SEEN:
                    claimed = moved(change, rows)
                    assert claimed.state in at_that_time(whole, segments, claimed), (
                        segments["frame"][missing],
                        claimed,
                    )


@pytest.mark.parametrize("path", samples.CAPTURES, ids=lambda path: path.stem)
def test_whatever_segment_is_captured_twice_states_and_ending_are_the_same(path: Path) -> None:
    for segments, whole in connections(path):
        length = len(segments)
        doubled = numbered([with_copy(segments, row) for row in range(length)])
        found, once = histories(doubled, packet_of=originals(doubled)), histories(numbered([segments]))
        known = is_captured_before(segments)
        told, (expected,) = teardowns(found), teardowns(once)
        is_copy = is_captured_before(doubled)
        for row in range(length):
            rows = [at - (at > row) for at in range(length + 1)]
            shown = found.timeline(row + 1, length + 1)
            assert tuple(moved(change, rows) for change in shown.changes) == whole.changes, segments["frame"][row]
            assert told[row].ending is expected.ending
            of_copy = is_copy[row * (length + 1) : (row + 1) * (length + 1)]
            if of_copy == [*known[: row + 1], True, *known[row + 1 :]]:  # it is told from a segment sent twice
                assert found.of(row + 1) == once.of(1)
                assert told[row] == expected
                codes = found.codes[row * (length + 1) : (row + 1) * (length + 1)].tolist()
                assert codes[row + 1] == codes[row]


def test_most_segments_captured_twice_are_told_from_segments_sent_twice() -> None:
    recognised = total = 0
    for segments, _ in (found for path in samples.CAPTURES[::6] for found in connections(path)):
        is_copy = is_captured_before(numbered([with_copy(segments, row) for row in range(len(segments))]))
        recognised += sum(is_copy)
        total += len(segments)
    assert recognised > 0.8 * total


@pytest.mark.parametrize("endpoint", Endpoint)
def test_a_reset_that_is_captured_twice_changes_a_state_once(endpoint: Endpoint) -> None:
    segments, whole = next(connections(samples.path_of("closed-by-resets.client")))
    (reset,) = segments.select((pl.col("flags") & 4 != 0).arg_true()).to_series().to_list()
    shown = histories(with_copy(segments, reset)).timeline(1, len(segments) + 1)
    closed = [change for change in shown.changes if change.endpoint is endpoint and change.state is State.CLOSED]
    assert closed == [
        change for change in whole.changes if change.endpoint is endpoint and change.state is State.CLOSED
    ]
    assert [change.row for change in closed] == [reset]
