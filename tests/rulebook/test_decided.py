"""What is decided by column: of which connections it may be, and what is kept of it."""

import numpy as np

from tcpladder.rulebook.decided import Matches, first, is_plain, last, some
from tests.rulebook.shards import shard_of

MARKED, STARTS = np.array([False, True, True, False, False]), np.array([0, 3])


def test_of_each_run_of_rows_the_first_and_the_last_marked_one_are_found() -> None:
    assert some(MARKED, STARTS).tolist() == [True, False]
    assert first(MARKED, STARTS).tolist() == [1, 5]
    assert last(MARKED, STARTS).tolist() == [2, -1]


def test_what_was_captured_twice_or_damaged_is_not_plain() -> None:
    shard = shard_of(
        """
        whole = 192.0.2.10:1
        twice = 192.0.2.10:2
        damaged = 192.0.2.10:3
        spoilt = 192.0.2.10:4
        whole > responder  SYN check=1
        twice > responder  SYN ip_id=7
        twice > responder  SYN seq=0 ip_id=7  +0ns
        damaged > responder  SYN check=1
        damaged > responder  ACK check=1
        damaged > responder  ACK check=0
        spoilt > responder  SYN check=0
        """
    )
    assert is_plain(shard).tolist() == [True, False, False, True]


def test_matches_of_some_connections_can_be_left_out() -> None:
    found = Matches(places=np.array([0, 2, 3]), frames=[(1,), (2,), (3,)], messages=["a", "b", "c"])
    kept = found.only(np.array([True, True, False, True]))
    assert (kept.places.tolist(), kept.frames, kept.messages) == ([0, 3], [(1,), (3,)], ["a", "c"])
    assert found.only(np.ones(4, np.bool_)) is found
    assert len(kept) == 2
