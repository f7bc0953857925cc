"""A shard tells of connections what its rows tell."""

from itertools import accumulate

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.packets.flags import RST, SYN
from tcpladder.rulebook.rule import any_of
from tcpladder.rulebook.shard import Int64Array, Sent, Shard, changes
from tests.rulebook.shards import shard_of

TEXT = """
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    a > responder  SYN
    b > responder  SYN
    a < responder  RST,ACK seq=0
    """

TWO_WAYS = """
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    a > responder  SYN
    b > responder  SYN
    a < responder  SYN,ACK
    a < responder  ACK len=10
    b > responder  SYN seq=0
    a > responder  ACK
    """


def test_each_segment_belongs_to_a_connection() -> None:
    shard = shard_of(TEXT)
    assert len(shard) == 2
    assert shard.connection.tolist() == [0, 0, 1]


def test_a_connection_is_marked_for_one_segment_that_satisfies_a_condition() -> None:
    shard = shard_of(TEXT)
    assert shard.some(any_of(SYN)).tolist() == [True, True]
    assert shard.some(any_of(RST)).tolist() == [True, False]
    assert shard.some(pl.col("tsval") > 0).tolist() == [False, False]
    assert shard.having(np.array([False, False, True])).tolist() == [False, True]
    assert shard.of(np.array([0, 1])).tolist() == [True, False]


def test_what_several_screens_ask_is_worked_out_once() -> None:
    asked = []

    def lengths(shard: Shard) -> Int64Array:
        asked.append(len(shard))
        return np.diff(shard.offsets)

    shard = shard_of(TEXT)
    assert shard.once(lengths) is shard.once(lengths)
    assert asked == [2]


def test_conditions_and_flags_mark_segments_and_nothing_is_known_of_what_is_null() -> None:
    shard = shard_of(TEXT)
    assert shard.where(pl.col("snd_nxt").is_null()).tolist() == [True, True, True]
    assert shard.has(RST | SYN).tolist() == [True, True, True]
    assert shard.has(RST).tolist() == [False, True, False]
    assert shard.is_known("tsval").tolist() == [False, False, False]
    assert shard.column("tsval").tolist() == [0, 0, 0]
    assert shard.column("destination_port").tolist() == [443, 40001, 443]


def test_each_endpoint_has_its_first_and_its_last_marked_segment() -> None:
    shard = shard_of(TWO_WAYS)
    every = np.ones(6, np.bool_)
    assert [rows.tolist() for rows in shard.first_of(every)] == [[0, 4], [1, 6]]
    assert [rows.tolist() for rows in shard.last_of(every)] == [[3, 5], [2, -1]]


def test_segments_are_given_as_each_endpoint_sent_them() -> None:
    shard = shard_of(TWO_WAYS)
    sent = shard.sent(np.ones(6, np.bool_))
    assert sent.rows.tolist() == [0, 3, 4, 5, 1, 2]
    assert sent.endpoint.tolist() == [0, 0, 1, 1, 2, 2]
    assert shard.peer_of(sent).tolist() == [2, 2, 3, 3, 0, 0]
    assert (sent.first.tolist(), sent.last.tolist(), sent.counts.tolist()) == ([0, 2, 4], [1, 3, 5], [2, 2, 2])
    some = sent.only(np.array([False, True, True, True, False, False]))
    assert (some.rows.tolist(), some.first.tolist()) == ([3, 4, 5], [0, 1])
    assert len(shard.sent(np.zeros(6, np.bool_))) == 0


def series(*lengths: int) -> Sent:
    """Give what several endpoints sent, so many rows each."""
    return Sent(rows=np.arange(sum(lengths)), endpoint=np.repeat(np.arange(len(lengths)) * 2, lengths))


def test_steps_and_highest_values_are_those_of_one_endpoint() -> None:
    values = np.array([5, 3, 8, -4, -7, 6])
    assert series(3, 3).steps(values).tolist() == [0, -2, 5, 0, -3, 13]
    assert series(3, 3).highest_so_far(values).tolist() == [5, 5, 8, -4, -4, 6]
    assert series().highest_so_far(np.empty(0, np.int64)).tolist() == []


def test_a_value_is_found_where_its_endpoint_has_it_first() -> None:
    values = np.array([5, 3, 3, -4, 3, 6])
    endpoints, asked = np.array([0, 0, 0, 2, 2, 1, 9]), np.array([3, 5, 6, 6, 3, 3, 6])
    assert series(3, 3).find(values, endpoints, asked).tolist() == [1, 0, -1, 5, 4, -1, -1]
    assert series().find(np.empty(0, np.int64), endpoints, asked).tolist() == [-1] * 7


@given(
    st.lists(st.lists(st.integers(-(2**40), 2**40), min_size=1, max_size=6), min_size=1, max_size=5),
    st.lists(st.integers(-(2**40), 2**40), max_size=4),
)
def test_numbers_of_one_endpoint_are_never_taken_for_those_of_another(lists: list[list[int]], more: list[int]) -> None:
    sent, values = series(*map(len, lists)), np.array([value for values in lists for value in values])
    assert sent.highest_so_far(values).tolist() == [high for own in lists for high in accumulate(own, max)]
    pairs = [(place * 2, value) for place, _ in enumerate(lists) for value in (*values.tolist(), *more)]
    found = sent.find(values, np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs]))
    rows = list(zip(sent.endpoint.tolist(), values.tolist(), strict=True))
    assert found.tolist() == [rows.index(pair) if pair in rows else -1 for pair in pairs]


def test_a_change_is_the_first_value_and_each_other_one() -> None:
    assert changes(np.array([4, 4, 5, 4])).tolist() == [True, False, True, True]
