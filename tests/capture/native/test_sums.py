"""Sums of stretches of bytes are those that a plain loop gives (RFC 1071 §1)."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.capture.native import sums as module
from tcpladder.capture.native.sums import sums
from tcpladder.packets.checksums import MODULUS
from tests.capture.native.contents import content_of


def plainly(data: bytes) -> int:
    padded = data + b"\0" * (len(data) % 2)
    return sum(int.from_bytes(padded[at : at + 2]) for at in range(0, len(padded), 2)) % MODULUS


@given(
    pieces=st.lists(st.tuples(st.binary(max_size=7), st.binary(max_size=40)), min_size=1), at_once=st.integers(1, 99)
)
def test_stretches_at_any_place_of_any_length(pieces: list[tuple[bytes, bytes]], at_once: int) -> None:
    starts, data = [], b""
    for gap, piece in pieces:
        data += gap
        starts.append(len(data))
        data += piece
    before, module.AT_ONCE = module.AT_ONCE, at_once
    try:
        lengths = np.array([len(piece) for _, piece in pieces])
        found = sums(content_of(data), np.array(starts), lengths)
    finally:
        module.AT_ONCE = before
    assert found.tolist() == [plainly(piece) for _, piece in pieces]


def test_no_stretch() -> None:
    assert sums(content_of(b"abc"), np.empty(0, np.int64), np.empty(0, np.int64)).tolist() == []


def test_large_words_do_not_overflow() -> None:
    data = b"\xff" * 300_001
    assert sums(content_of(data), np.array([1]), np.array([300_000])).tolist() == [0]
