"""A row's numbers are those that `tcp.numbers` gives for the whole connection."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.ladder.numbers import LOOK_BACK, Numbers
from tcpladder.packets.flags import ACK
from tcpladder.sequence import MODULUS
from tcpladder.tcp.numbers import offered_windows, relative_numbers
from tests.building import Segment, analysed, segments
from tests.generating import INITIATOR, RESPONDER, any_segments, maimed_lives


def assert_same(found: pl.DataFrame) -> None:
    numbers = Numbers(found, found["from_initiator"].to_numpy())
    seq, ack = relative_numbers(found)
    window, is_told = offered_windows(found)
    rows = range(len(found))
    assert [numbers.relative(row) for row in rows] == list(zip(seq.tolist(), ack.tolist(), strict=True))
    assert [numbers.window(row) for row in rows] == list(zip(window.tolist(), is_told.tolist(), strict=True))


@given(maimed_lives() | any_segments())
def test_they_are_the_same_whatever_was_captured(rows: list[Segment]) -> None:
    analysis = analysed(rows)
    for connection in range(1, len(analysis.connections) + 1):
        assert_same(analysis.segments_of(connection))


@given(st.lists(st.tuples(st.booleans(), st.integers(-(2**31), 2**31 - 1)), min_size=1, max_size=40))
def test_they_are_the_same_however_often_numbers_wrap(steps: list[tuple[bool, int]]) -> None:
    rows, at = [], 0
    for is_initiator, step in steps:
        at = (at + step) % MODULUS
        ends = (INITIATOR, RESPONDER) if is_initiator else (RESPONDER, INITIATOR)
        rows.append(Segment(source=ends[0], destination=ends[1], flags=ACK, seq=at, ack=(at * 7) % MODULUS))
    assert_same(analysed(rows).segments_of(1))


@pytest.mark.parametrize("window", [0, 100, 250, 500, 1000, 4000])
def test_a_window_is_compared_with_the_sender_s_last_one_however_long_ago(window: int) -> None:
    text = f"""
        initiator > responder  SYN wscale=3 win=500
        initiator < responder  SYN,ACK wscale=2 win=500
        initiator > responder  ACK win=500
        {"initiator < responder  ACK len=10 win=900" + chr(10)}""" + (
        "initiator < responder  ACK len=10 win=900\n" * (LOOK_BACK * 6)
    )
    assert_same(analysed(segments(f"{text} initiator > responder  ACK win={window}")).segments_of(1))


def test_a_keep_alive_before_the_first_number_is_negative() -> None:
    found = analysed(
        segments("initiator > responder  ACK seq=0\n initiator > responder  ACK seq=4294967295")
    ).segments_of(1)
    assert_same(found)
    assert relative_numbers(found)[0].tolist() == [1, 0]
    assert np.all(found["seq"].to_numpy() == [1000, 999])
