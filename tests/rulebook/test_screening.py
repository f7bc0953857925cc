"""Screens and endings pick the connections that a rule examines."""

import polars as pl
import pytest

from tcpladder.packets.flags import RST
from tcpladder.rulebook.rule import any_of
from tcpladder.rulebook.screening import candidates
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.tcp.endings import Ending
from tests.rulebook.shards import shard_of
from tests.rulebook.test_judging import rule

TEXT = """
    a = 192.0.2.10:40001
    b = 192.0.2.10:40002
    c = 192.0.2.10:40003
    a > responder  SYN
    b > responder  SYN
    a < responder  RST,ACK seq=0
    c < responder  RST
    ... +60s
    """


def picked(**changes: object) -> list[int]:
    """Give the places of the connections that a rule would examine."""
    (mask,) = candidates(shard_of(TEXT), [rule(**changes)])
    return [int(place) for place in mask.nonzero()[0]]


def by_function(shard: Shard) -> BoolArray:
    return ~shard.some(any_of(RST))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"screen": None}, [0, 1, 2]),
        ({"screen": any_of(RST)}, [0, 2]),
        ({"screen": pl.col("tsval") > 0}, []),
        ({"screen": by_function}, [1]),
        ({"screen": None, "among": frozenset({Ending.REFUSED})}, [0]),
        ({"screen": by_function, "among": frozenset({Ending.HANDSHAKE_TIMEOUT, Ending.REFUSED})}, [1]),
        ({"screen": by_function, "among": frozenset({Ending.REFUSED})}, []),
        ({"screen": None, "examine": None}, []),
    ],
)
def test_a_connection_is_picked_by_what_a_segment_shows_and_how_it_ended(
    changes: dict[str, object], expected: list[int]
) -> None:
    assert picked(**changes) == expected


def test_each_rule_has_its_own() -> None:
    masks = candidates(shard_of(TEXT), [rule(), rule(screen=any_of(RST))])
    assert masks.tolist() == [[False, False, False], [True, False, True]]


def test_of_no_connections_none_is_picked() -> None:
    rules = [rule(), rule(screen=by_function), rule(screen=None)]
    assert candidates(shard_of([]), rules).shape == (3, 0)
