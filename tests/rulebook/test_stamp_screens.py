"""What screens know of time stamps: who offered them, which segments have them, and what echoes answer."""

from collections.abc import Callable

import pytest

from tcpladder.rulebook.shard import BoolArray, Int64Array, Shard
from tcpladder.rulebook.stamp_screens import (
    NONE,
    echoes,
    has_stamp,
    is_syn_ack,
    negotiated,
    offered,
    samples,
    stamped,
)
from tcpladder.rulebook.subject import SECOND
from tests.rulebook.shards import shard_of

HANDSHAKE = """
    initiator > responder  SYN tsval=100 tsecr=0
    initiator < responder  SYN,ACK tsval=900 tsecr=100
    initiator > responder  ACK tsval=101 tsecr=900
"""


def frames(shard: Shard, rows: BoolArray | Int64Array) -> list[int]:
    found: list[int] = shard.segments["frame"].to_numpy()[rows].tolist()
    return found


@pytest.mark.parametrize(("tell", "expected"), [(has_stamp, [1, 2, 3]), (is_syn_ack, [2])])
def test_segments_are_told_apart(tell: Callable[[Shard], BoolArray], expected: list[int]) -> None:
    shard = shard_of(HANDSHAKE + "initiator < responder  ACK")
    assert frames(shard, tell(shard)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HANDSHAKE, (True, True, True)),
        ("initiator > responder  SYN tsval=1 tsecr=0\n initiator < responder  SYN,ACK", (True, False, False)),
        ("initiator < responder  SYN,ACK tsval=1 tsecr=0", (False, True, False)),
        ("initiator > responder  ACK tsval=1 tsecr=0", (False, False, False)),
    ],
)
def test_timestamps_are_negotiated_where_syns_of_both_offer_them(text: str, expected: tuple[bool, bool, bool]) -> None:
    shard = shard_of(text)
    assert (*(mask.item() for mask in offered(shard)), negotiated(shard).item()) == expected


def test_a_clock_is_read_from_neither_syn_acks_nor_resets() -> None:
    text = (
        HANDSHAKE
        + """
        initiator < responder  ACK tsval=901 tsecr=101
        initiator < responder  ACK
        initiator < responder  ACK tsval=4 tsecr=101 +3s
        initiator < responder  RST,ACK tsval=0 tsecr=101
    """
    )
    shard = shard_of(text)
    assert frames(shard, stamped(shard).rows) == [1, 3, 2, 4, 6]
    found = samples(shard)
    assert frames(shard, found.sent.rows) == [1, 3, 4, 6]
    assert found.counts.tolist() == [2, 2]
    assert (found.spans[1] > 3 * SECOND, found.ticks[3] - found.ticks[2]) == (True, 4 - 901)
    long = found.of(found.spans > SECOND)
    assert (frames(shard, long.sent.rows), long.counts.tolist()) == ([4, 6], [2])
    assert long.ticks.tolist() == found.ticks[2:].tolist()


def test_an_echo_is_known_by_the_lowest_number_that_was_stamped_with_it() -> None:
    text = (
        HANDSHAKE
        + """
        initiator > responder  ACK len=10 tsval=101 tsecr=900
        initiator > responder  ACK len=10 tsval=102 tsecr=900
        initiator < responder  ACK tsval=901 tsecr=101
        initiator < responder  ACK tsval=901 tsecr=102
        initiator < responder  ACK tsval=901 tsecr=901   # its own
        initiator < responder  ACK
    """
    )
    shard = shard_of(text)
    found = echoes(shard)
    assert dict(zip(frames(shard, found.sent.rows), found.lowest.tolist(), strict=True)) == {
        1: NONE,
        2: 0,
        3: 0,
        4: 0,
        5: 0,
        6: 1,
        7: 11,
        8: NONE,
    }


def test_where_nothing_was_negotiated_there_are_no_echoes() -> None:
    assert len(echoes(shard_of("initiator > responder  ACK tsval=1 tsecr=0")).sent) == 0
