"""Bytes that were acknowledged and never captured, counted where they are acknowledged."""

from itertools import groupby
from operator import itemgetter

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.connections.table import group
from tcpladder.packets.schema import CAPTURED
from tcpladder.tcp import zeek_gaps
from tcpladder.tcp.tracking import tracked
from tcpladder.tcp.zeek_gaps import gap_counts
from tests.building import Segment, one_connection, segments, table, without
from tests.generating import any_segments, maimed_lives

LIFE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  ACK len=100
    initiator > responder  ACK len=100
    initiator > responder  ACK len=100
    initiator < responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    """


def gaps(rows: str | list[Segment]) -> dict[int, int]:
    """Give how many gaps each frame acknowledges, of those that do."""
    table = tracked(one_connection(rows))
    counted = zip(table["frame"].to_list(), gap_counts(table).tolist(), strict=True)
    return {frame: count for frame, count in counted if count}


@pytest.mark.parametrize(
    ("missing", "found"),
    [
        ((), {}),
        ((5,), {6: 1}),  # the acknowledgment is the sixth segment now
        ((4, 6), {5: 2}),
        ((4, 5, 6), {4: 1}),
        ((7,), {}),  # nothing says that data is missing where only an ACK is
    ],
)
def test_a_gap_is_counted_where_it_is_acknowledged(missing: tuple[int, ...], found: dict[int, int]) -> None:
    assert gaps(without(segments(LIFE), *missing)) == found


def test_a_leap_that_is_filled_before_it_is_acknowledged_is_no_gap() -> None:
    rows = segments(LIFE)
    assert gaps([*rows[:4], rows[5], rows[4], *rows[6:]]) == {}


def test_what_only_a_reset_acknowledges_does_not_count() -> None:
    text = """
        initiator > responder  ACK seq=100 ack=50 len=10
        initiator < responder  RST,ACK seq=50 ack=900
        """
    assert gaps(text) == {}


CUT = {"captured_length": 96, "wire_length": 1500}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("initiator > responder  ACK len=100\n initiator < responder  ACK", {5: 1}),
        ("initiator > responder  ACK len=100\n" * 3 + "initiator < responder  ACK", {7: 1}),
        ("initiator > responder  ACK len=100\n initiator < responder  ACK\n" * 2, {5: 1, 7: 1}),
        ("initiator > responder  FIN,ACK len=100\n initiator < responder  ACK", {5: 1}),
    ],
)
def test_payload_that_the_snap_length_cut_is_missing(text: str, found: dict[int, int]) -> None:
    rows = one_connection("\n".join(LIFE.splitlines()[:4]) + "\n" + text)
    cut = tracked(rows).with_columns(pl.lit(value).cast(CAPTURED[name]).alias(name) for name, value in CUT.items())
    counted = gap_counts(cut)
    assert {row + 1: counted[row] for row in np.flatnonzero(counted)} == found


def test_a_gap_that_was_acknowledged_to_its_end_is_not_missing_again() -> None:
    rows = one_connection(
        "\n".join(LIFE.splitlines()[:4])
        + """
        initiator > responder  ACK len=100
        initiator < responder  ACK
        initiator > responder  ACK len=100
        initiator < responder  ACK
        """
    )
    only_first = tracked(rows).with_columns(
        captured_length=pl.when(pl.col("frame") == 4).then(96).otherwise(154).cast(CAPTURED["captured_length"]),
        wire_length=pl.lit(154, CAPTURED["wire_length"]),
    )
    assert gap_counts(only_first).tolist() == [0, 0, 0, 0, 1, 0, 0]


@given(maimed_lives() | any_segments(), st.data())
def test_what_is_counted_at_once_is_what_is_counted_segment_by_segment(
    rows: list[Segment], data: st.DataObject
) -> None:
    lengths = data.draw(st.lists(st.sampled_from([1500, 1500, 96]), min_size=len(rows), max_size=len(rows)))
    cut = table(rows).with_columns(
        captured_length=pl.Series(lengths, dtype=CAPTURED["captured_length"]),
        wire_length=pl.lit(1500, CAPTURED["wire_length"]),
    )
    connections = group(cut)
    followed = tracked(connections.segments[connections.order])
    expected = np.zeros(len(rows), np.int64)
    for steps in zeek_gaps._doubtful(followed):
        every_step = steps.one_by_one(np.ones(len(steps.row), np.bool_))
        for _, of_connection in groupby(every_step, key=itemgetter(0)):
            for row, missed in zeek_gaps._missed(of_connection):
                expected[row] = missed
    assert gap_counts(followed).tolist() == expected.tolist()
