"""A shard tells of connections what its rows tell."""

import numpy as np
import polars as pl

from tcpladder.packets.flags import RST, SYN
from tcpladder.rulebook.rule import any_of
from tcpladder.rulebook.shard import Int64Array, Shard
from tests.rulebook.shards import shard_of

TEXT = """
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    a > responder  SYN
    b > responder  SYN
    a < responder  RST,ACK seq=0
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
