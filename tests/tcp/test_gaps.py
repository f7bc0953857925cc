"""Gaps in what was captured of one direction, against a set of numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.tcp.gaps import LOWEST, Gaps, fills_and_acknowledgments


def gap(*bounds: tuple[int, int]) -> Gaps:
    gaps = Gaps()
    for start, end in bounds:
        gaps.open(start, end)
    return gaps


@pytest.mark.parametrize(
    ("start", "end", "fills", "left"),
    [
        (10, 20, True, [(30, 40)]),
        (12, 15, True, [(10, 12), (15, 20), (30, 40)]),
        (0, 15, True, [(15, 20), (30, 40)]),
        (15, 35, True, [(10, 15), (35, 40)]),
        (0, 99, True, []),
        (20, 30, False, [(10, 20), (30, 40)]),
        (0, 10, False, [(10, 20), (30, 40)]),
        (40, 50, False, [(10, 20), (30, 40)]),
    ],
)
def test_a_gap_is_filled_as_far_as_captured(start: int, end: int, *, fills: bool, left: list[tuple[int, int]]) -> None:
    gaps = gap((10, 20), (30, 40))
    assert gaps.fill(start, end) is fills
    assert list(zip(gaps.starts, gaps.ends, strict=True)) == left


def test_an_acknowledgment_of_a_gap_is_told_as_far_as_it_is_new() -> None:
    gaps = gap((10, 20), (30, 40))
    acks = {10: False, 15: True, 14: False, 20: True, 30: False, 31: True, 99: True, 100: False}
    assert {ack: gaps.acknowledge(ack) for ack in acks} == acks


def test_nothing_is_asked_of_a_gap_that_opens_below_what_was_acknowledged() -> None:
    gaps = Gaps()
    assert not gaps.acknowledge(50)
    gaps.open(10, 20)
    assert not gaps.acknowledge(60)


def test_what_came_before_the_capture_can_be_filled_but_is_not_missed() -> None:
    gaps = Gaps()
    gaps.begin(10)
    assert not gaps.acknowledge(10)
    assert gaps.fill(5, 10)
    assert not gaps.fill(5, 10)
    assert gaps.fill(4, 6)


spans = st.tuples(st.integers(0, 60), st.integers(0, 8))


@given(st.lists(st.tuples(st.booleans(), spans, st.none() | st.integers(0, 70)), min_size=1, max_size=30))
def test_it_is_what_sets_of_numbers_say(rows: list[tuple[bool, tuple[int, int], int | None]]) -> None:
    far = range(-1, 80)  # below all numbers, and above
    sent: dict[bool, int] = {}
    missing: dict[bool, set[int]] = {True: set(), False: set()}
    acknowledged = {True: far.start, False: far.start}
    nxt, expected_fills, expected_acknowledges = [], [], []
    for sender, (seq, length), ack in rows:
        nxt.append(sent.get(sender, LOWEST))
        numbers = set(range(seq, seq + length))
        expected_fills.append(seq <= sent.get(sender, far.start) and bool(missing[sender] & numbers))
        if sender not in sent:
            acknowledged[sender] = max(acknowledged[sender], seq)
        missing[sender] |= set(range(sent.get(sender, far.start), seq))
        missing[sender] -= numbers
        sent[sender] = max(sent.get(sender, far.start), seq + length)
        covered = range(acknowledged[not sender], far.start if ack is None else ack)
        expected_acknowledges.append(bool(missing[not sender] & set(covered)))
        acknowledged[not sender] = max(acknowledged[not sender], far.start if ack is None else ack)
    columns = (
        np.array([row[1][0] for row in rows]),
        np.array([sum(row[1]) for row in rows]),
        np.array(nxt, np.int64),
    )
    acks = np.array([LOWEST if row[2] is None else row[2] for row in rows], np.int64)
    fills, acknowledges = fills_and_acknowledgments(np.array([row[0] for row in rows]), columns, acks)
    assert fills.tolist() == expected_fills
    assert acknowledges.tolist() == expected_acknowledges
