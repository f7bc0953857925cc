"""Many walks side by side find the very records that one plain walk finds."""

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.capture.native import walking
from tcpladder.capture.native.content import Content
from tcpladder.capture.native.pcap import FILE_HEADER, PcapRecords
from tcpladder.capture.native.pcapng import PcapngRecords
from tcpladder.capture.native.walking import Records, walk
from tests.capture import wrapping
from tests.capture.native.contents import content_of
from tests.capture.wrapping import Frame

SECOND = 1_600_000_000


def plainly(records: Records, content: Content, at: int) -> tuple[list[int], int]:
    places = []
    while length := records.length(content, at):
        places.append(at)
        at += length
    return places, at


def check(records: Records, content: Content, start: int) -> None:
    places, end = walk(records, content, start)
    assert (places.tolist(), end) == plainly(records, content, start)
    assert places.dtype == np.int64


def payload(kind: int, length: int, order: str) -> bytes:
    """Give data that looks like records, or like nothing."""
    if kind == 0:
        return bytes(length)
    if kind == 1:  # record headers, one behind the other, that say where there is none
        return (struct.pack(f"{order}IIII", SECOND, 7, 4, 4) + b"abcd")[:20] * (length // 20)
    if kind == 2:
        return (struct.pack(f"{order}II", 6, 36) + bytes(24) + struct.pack(f"{order}I", 36)) * (length // 36)
    return b"x" * length


LOTS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 300), st.integers(1, 40)), min_size=1, max_size=60
)  # what a packet holds, how long it is, how many like it follow each other


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("PLAIN_RECORDS", 3), ("FEW_RECORDS", 20), ("FEW_WALKS", 2)):
        monkeypatch.setattr(walking, name, value)


@settings(max_examples=60, deadline=None)
@given(lots=LOTS, order=st.sampled_from("<>"), cut=st.integers(0, 400), spoilt=st.integers(0, 1 << 16))
def test_pcap(lots: list[tuple[int, int, int]], order: str, cut: int, spoilt: int) -> None:
    frames = [Frame(SECOND * 10**9, payload(kind, length, order)) for kind, length, many in lots for _ in range(many)]
    data = bytearray(wrapping.pcap(frames, order=order))
    data[FILE_HEADER + spoilt % len(data) : FILE_HEADER + spoilt % len(data) + 1] = b"\xff"
    check(PcapRecords(order), content_of(bytes(data[: len(data) - cut])), FILE_HEADER)


@settings(max_examples=60, deadline=None)
@given(lots=LOTS, order=st.sampled_from("<>"), cut=st.integers(0, 400), spoilt=st.integers(0, 1 << 16))
def test_pcapng(lots: list[tuple[int, int, int]], order: str, cut: int, spoilt: int) -> None:
    frames = [Frame(SECOND * 10**9, payload(kind, length, order)) for kind, length, many in lots for _ in range(many)]
    data = bytearray(wrapping.pcapng(frames, order=order))
    start = len(wrapping.section(order))
    data[start + spoilt % (len(data) - start)] ^= 0x55
    check(PcapngRecords(order), content_of(bytes(data[: len(data) - cut])), start)


def test_no_record_at_all() -> None:
    places, end = walk(PcapRecords("<"), content_of(b"abc"), 0)
    assert (places.tolist(), end) == ([], 0)


def test_one_record_longer_than_the_stretches_between_starts() -> None:
    sizes = [10] * 100 + [20_000] + [10] * 100
    content = content_of(wrapping.pcap([Frame(SECOND * 10**9, bytes(size)) for size in sizes]))
    check(PcapRecords("<"), content, FILE_HEADER)
    places, _ = walk(PcapRecords("<"), content, FILE_HEADER)
    assert (np.diff(places) - 16).tolist() == sizes[:-1]
