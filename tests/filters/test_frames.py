"""Frames are those of connections, or of none."""

import numpy as np
import pytest

from tcpladder.filters.frames import holding
from tests.building import grouped

TWO = """
    first = 10.0.0.1:1000
    second = 10.0.0.2:1000
    first > responder SYN
    second > responder SYN
    first < responder RST,ACK
    second < responder RST,ACK
"""


@pytest.mark.parametrize(
    ("frames", "held"),
    [
        ([], [False, False]),
        ([1], [True, False]),
        ([2, 4], [False, True]),
        ([3, 4], [True, True]),
        ([5, 4_000_000_000], [False, False]),
        ([0], [False, False]),
    ],
)
def test_the_connections_that_hold_a_frame(frames: list[int], held: list[bool]) -> None:
    assert holding(grouped(TWO), np.array(frames, np.uint32)).tolist() == held


def test_a_capture_without_connections_holds_none() -> None:
    assert holding(grouped(""), np.array([1], np.uint32)).tolist() == []
