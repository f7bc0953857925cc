"""What screens know of RSTs: who sent how many, and who went on."""

import numpy as np

from tcpladder.packets.flags import ACK
from tcpladder.rulebook.reset_screens import (
    has_reset,
    ignores_reset,
    is_reset,
    outlives_reset,
    repeats_reset,
    resets_each_other,
    resets_opening,
)
from tests.rulebook.shards import shard_of

TEXT = """
    refused = 192.0.2.10:1
    crossed = 192.0.2.10:2
    alive = 192.0.2.10:3
    closed = 192.0.2.10:4
    deaf = 192.0.2.10:5
    refused > responder  SYN
    refused < responder  RST,ACK
    refused < responder  RST,ACK
    crossed > responder  ACK
    crossed < responder  ACK
    crossed > responder  RST
    crossed < responder  RST
    alive > responder  ACK
    alive > responder  RST
    alive > responder  ACK
    closed > responder  FIN,ACK
    deaf > responder  ACK
    deaf < responder  ACK
    deaf > responder  RST,ACK
    deaf < responder  ACK
"""
REFUSED, CROSSED, ALIVE, CLOSED, DEAF = range(5)
SHARD = shard_of(TEXT)


def places(mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> list[int]:
    found: list[int] = np.flatnonzero(mask).tolist()
    return found


def test_a_shard_knows_its_resets() -> None:
    assert is_reset(SHARD).sum() == 6
    assert places(has_reset(SHARD)) == [REFUSED, CROSSED, ALIVE, DEAF]


def test_one_endpoint_may_send_several_and_both_may_send_one() -> None:
    assert places(repeats_reset(SHARD)) == [REFUSED]
    assert places(resets_each_other(SHARD)) == [CROSSED]


def test_the_sender_or_the_other_side_may_go_on() -> None:
    assert places(outlives_reset(SHARD)) == [ALIVE]
    assert places(ignores_reset(SHARD, is_reset(SHARD))) == [DEAF]
    assert places(ignores_reset(SHARD, is_reset(SHARD) & ~SHARD.has(ACK))) == []


def test_an_rst_may_be_all_that_an_endpoint_sends() -> None:
    assert places(resets_opening(SHARD)) == [REFUSED]
