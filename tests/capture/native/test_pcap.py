"""pcap files: their headers, and the records behind them."""

import struct

import numpy as np
import pytest

from tcpladder.capture.native.content import Content
from tcpladder.capture.native.frames import State, Stretch
from tcpladder.capture.native.pcap import FILE_HEADER, LARGEST_FRAME, pcap_file
from tests.capture import wrapping
from tests.capture.native.contents import content_of
from tests.capture.wrapping import Frame

SECOND = 10**9
FRAMES = [Frame(SECOND, b"abc", 60), Frame(2 * SECOND + 5000, b"defgh"), Frame(3 * SECOND, b"")]
ORDERS = pytest.mark.parametrize("order", ["<", ">"])


def stretch(data: bytes, number: int = 1) -> tuple[Content, Stretch]:
    content = content_of(data)
    file = pcap_file(content)
    assert file is not None
    return content, file.stretch(content, FILE_HEADER, number)


@ORDERS
@pytest.mark.parametrize("ticks", [10**6, 10**9])
def test_frames_are_what_their_records_say(order: str, ticks: int) -> None:
    content, found = stretch(wrapping.pcap(FRAMES, order=order, ticks=ticks, link_type=113), 7)
    frames = found.frames
    assert frames.numbers.tolist() == [7, 8, 9]
    assert frames.times.tolist() == [frame.time for frame in FRAMES]
    assert frames.captured.tolist() == [3, 5, 0]
    assert frames.wire.tolist() == [60, 5, 0]
    assert frames.positions.tolist() == [24, 43, 64]
    assert frames.links.tolist() == [113] * 3
    assert bytes(content.buffer[frames.starts[1] :][:5]) == b"defgh"
    assert (found.end, found.state) == (content.size, State.UNFINISHED)


def test_positions_count_from_the_start_of_the_file() -> None:
    data = wrapping.pcap(FRAMES)
    file = pcap_file(content_of(data))
    assert file is not None
    rest = content_of(data[24:], base=24)
    assert file.stretch(rest, 0, 1).frames.positions.tolist() == [24, 43, 64]


@ORDERS
@pytest.mark.parametrize("cut", [1, 15, 16, 18])
def test_a_record_that_is_not_whole_is_left(cut: int, order: str) -> None:
    _, found = stretch(wrapping.pcap(FRAMES[:1], order=order) + wrapping.pcap(FRAMES[:1], order=order)[24 : 24 + cut])
    assert len(found.frames) == 1
    assert (found.end, found.state) == (43, State.UNFINISHED)


@ORDERS
@pytest.mark.parametrize("length", [LARGEST_FRAME + 1, 0x7FFFFFFF, 0xFFFFFFFF])
def test_a_length_that_no_program_writes_is_damage(length: int, order: str) -> None:
    bad = struct.pack(f"{order}IIII", 1, 0, length, length)
    _, found = stretch(wrapping.pcap(FRAMES * 2, order=order) + bad)
    assert len(found.frames) == 6
    assert found.state is State.DAMAGED


def test_a_length_on_the_wire_that_is_too_large_is_the_largest() -> None:
    _, found = stretch(wrapping.pcap([*FRAMES, Frame(1, b"x", 0xFFFFFFF0)]))
    assert found.frames.wire.tolist()[-1] == 0x7FFFFFFF


@pytest.mark.parametrize("version", [(2, 3), (2, 5), (1, 4)])
def test_other_versions_are_not_known(version: tuple[int, int]) -> None:
    data = wrapping.pcap(FRAMES)
    assert pcap_file(content_of(data[:4] + struct.pack("<HH", *version) + data[8:])) is None


@pytest.mark.parametrize("link", [1 | 4 << 28 | 1 << 26, 1 | 1 << 16])
def test_a_link_type_with_more_in_it_is_not_known(link: int) -> None:
    assert pcap_file(content_of(wrapping.pcap(FRAMES, link_type=link))) is None


@pytest.mark.parametrize("data", [b"", b"\xd4\xc3\xb2\xa1", wrapping.pcap([])[:23], b"\x0a\x0d\x0d\x0a" + bytes(60)])
def test_what_does_not_begin_as_one_is_none(data: bytes) -> None:
    assert pcap_file(content_of(data)) is None


@pytest.mark.parametrize(
    "record",
    [
        struct.pack("<IIII", 1, 0, 5, 4),
        struct.pack("<IIII", 1, 10**9, 4, 4),
        struct.pack("<IIII", 1, 0, 4, 1 << 28),
    ],
)
def test_formats_with_the_same_magic_number_are_told_by_their_first_records(record: bytes) -> None:
    assert pcap_file(content_of(wrapping.pcap([]) + record + bytes(40))) is None
    assert pcap_file(content_of(wrapping.pcap(FRAMES) + record + bytes(40))) is not None


def test_a_file_of_a_header_alone() -> None:
    _, found = stretch(wrapping.pcap([]))
    assert (len(found.frames), found.end, found.state) == (0, FILE_HEADER, State.UNFINISHED)
    assert found.frames.times.dtype == np.int64
