"""Copies of frames as pcapng: what survives bit by bit, which comments there are, and what becomes of bad files."""

import gzip
import io
import struct
import subprocess
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tcpladder.capture.blocks import NAMES, SECRETS, STATISTICS, Block, blocks_of, options_of
from tcpladder.capture.native.pcapng import INTERFACE, OLD_PACKET, PACKET, SECTION, SIMPLE_PACKET, pcapng_file
from tcpladder.capture.pcapng_copy import PLAIN, Manner, copy_frames
from tcpladder.capture.tshark_job import CancelledError
from tcpladder.errors import CaptureError, TcpladderError
from tests.capture.native.comparing import told
from tests.capture.native.contents import content_of
from tests.capture.wrapping import Frame, block, enhanced, interface, option, padded, pcap, section
from tests.samples import CAPTURES

SECOND = 10**9
FRAMES = [Frame(1_600_000_000 * SECOND + 123_456_789 + at, b"abcde" * (at + 1), 60 + at) for at in range(3)]
END = option(0, b"")
NAME_BLOCK = block(NAMES, struct.pack("<HH", 1, 7) + b"\xc0\0\2\1ns" + bytes(6) + struct.pack("<HH", 0, 0))
STATISTICS_BLOCK = block(STATISTICS, struct.pack("<III", 0, 1, 2) + option(5, bytes(8)) + END)
SECRET_BLOCK = block(SECRETS, struct.pack("<II", 0x544C534B, 4) + b"key!")
NO_TSHARK = "no-such-tshark"


def copied(
    file: Path,
    frames: Sequence[int],
    said: Sequence[tuple[int, list[str]]] = (),
    manner: Manner = PLAIN,
    tshark: str | None = NO_TSHARK,
) -> bytes:
    out = io.BytesIO()
    copy_frames(file, np.array(frames, np.int64), out, said, manner=manner, tshark=tshark)
    return out.getvalue()


def written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def pieces(data: bytes) -> list[Block]:
    return list(blocks_of(io.BytesIO(data)))


def read(data: bytes) -> list[tuple[int, int, int, bytes]]:
    """Give time, length on the wire, link type and bytes of the frames in a file, as the native reader sees them."""
    content = content_of(data)
    file = pcapng_file(content)
    assert file is not None
    frames = file.stretch(content, 0, 1).frames
    assert frames.numbers.tolist() == list(range(1, len(frames) + 1))
    columns = (frames.times, frames.wire, frames.links, frames.starts, frames.captured)
    return [
        (time, wire, link, data[start : start + captured])
        for time, wire, link, start, captured in zip(*(column.tolist() for column in columns), strict=True)
    ]


def comments(data: bytes) -> list[list[bytes]]:
    """Give the comments of each frame."""
    frames = (piece for piece in pieces(data) if piece.frame is not None)
    return [[value for code, value in options_of(frame) if code == 1] for frame in frames]


def as_read(frames: Sequence[Frame], unit: int = 1) -> list[tuple[int, int, int, bytes]]:
    return [(frame.time // unit * unit, frame.wire_length or 0, 1, frame.data) for frame in frames]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("ticks", "unit"), [(10**6, 1000), (10**9, 1)])
def test_pcap_files_of_either_byte_order_and_precision(tmp_path: Path, order: str, ticks: int, unit: int) -> None:
    file = written(tmp_path / "a.pcap", pcap(FRAMES, order=order, ticks=ticks))
    copy = copied(file, [1, 3], [(1, ["first"]), (2, ["of a frame that stays here"]), (3, ["a", "b"])])
    assert read(copy) == as_read(FRAMES[::2], unit)
    assert comments(copy) == [[b"first"], [b"a", b"b"]]


def test_compressed_files_are_copied_alike(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.pcap", pcap(FRAMES))
    packed = written(tmp_path / "a.pcap.gz", gzip.compress(pcap(FRAMES)))
    assert copied(packed, [2], [(2, ["here"])]) == copied(plain, [2], [(2, ["here"])])


def test_sections_interfaces_names_and_statistics_survive(tmp_path: Path) -> None:
    described = option(2, b"eth0") + option(14, struct.pack("<q", 7)) + option(13, b"\4")
    about = section(options=option(1, b"from the core switch") + END)
    beginning = about + interface(113, options=described) + interface(1, resolution=6) + NAME_BLOCK
    other = section(">") + interface(276, order=">") + enhanced(FRAMES[2], order=">", comment="theirs")
    whole = beginning + enhanced(FRAMES[0], at=1, ticks=10**6) + enhanced(FRAMES[1]) + STATISTICS_BLOCK + other
    file = written(tmp_path / "a.pcapng", whole)
    assert copied(file, [1, 2, 3]) == whole
    copy = copied(file, [2, 3], [(2, ["ours"]), (3, ["theirs", "ours"])])
    assert read(copy) == read(whole)[1:]
    assert comments(copy) == [[b"ours"], [b"theirs", b"ours"]]
    kept = [piece for piece in pieces(copy) if piece.frame is None]
    assert [piece.data for piece in kept] == [piece.data for piece in pieces(whole) if piece.frame is None]


def test_a_section_no_longer_says_how_long_it_is(tmp_path: Path) -> None:
    told = block(SECTION, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, 4711))
    copy = copied(written(tmp_path / "a.pcapng", told + interface() + enhanced(FRAMES[0])), [1])
    assert copy == section() + interface() + enhanced(FRAMES[0])


def test_secrets_and_what_nobody_knows_stay_behind(tmp_path: Path) -> None:
    data = section() + interface() + SECRET_BLOCK + block(77, b"abcd") + enhanced(FRAMES[0])
    copy = copied(written(tmp_path / "a.pcapng", data), [1])
    assert [piece.kind for piece in pieces(copy)] == [SECTION, INTERFACE, PACKET]


def test_packets_of_older_kinds_are_commented_too(tmp_path: Path) -> None:
    """A simple packet has no place for a comment, so that it becomes one that has; one without stays as it is."""
    old = block(OLD_PACKET, struct.pack("<HHIIII", 0, 7, 1, 5, 3, 60) + padded(b"abc"))
    simple = block(SIMPLE_PACKET, struct.pack("<I", 5) + padded(b"abcde"))
    data = section() + interface() + old + simple + simple
    copy = copied(written(tmp_path / "a.pcapng", data), [1, 2, 3], [(1, ["old"]), (2, ["simple"])])
    assert read(copy) == read(data)
    assert comments(copy) == [[b"old"], [b"simple"], []]
    assert [piece.kind for piece in pieces(copy)][2:] == [OLD_PACKET, PACKET, SIMPLE_PACKET]


def test_other_options_of_a_packet_stay(tmp_path: Path) -> None:
    flags, count = (2, struct.pack("<I", 1)), (4, bytes(8))
    head = struct.pack("<IIIII", 0, 0, 1, 5, 60) + padded(b"abcde")
    data = section() + interface() + block(PACKET, head + option(*flags) + option(1, b"theirs") + option(*count) + END)
    file = written(tmp_path / "a.pcapng", data)
    assert list(options_of(pieces(copied(file, [1], [(1, ["ours"])]))[-1])) == [
        flags, (1, b"theirs"), count, (1, b"ours"),
    ]  # fmt: skip


def test_comments_are_cut_where_an_option_ends_and_never_within_a_character(tmp_path: Path) -> None:
    file = written(tmp_path / "a.pcap", pcap(FRAMES[:1]))
    [[comment]] = comments(copied(file, [1], [(1, ["x" + "é" * 40_000])]))
    assert comment.decode() == "x" + "é" * 32_767
    [[odd]] = comments(copied(file, [1], [(1, ["\udcff"])]))
    assert odd == b"?"


def test_frames_can_be_rewritten_and_all_that_describes_left_behind(tmp_path: Path) -> None:
    described = option(2, b"eth0") + option(4, bytes(8))
    hashed = option(2, struct.pack("<I", 1)) + option(3, b"\2abcd") + option(1, b"theirs")
    head = struct.pack("<IIIII", 1, 0, 1, 5, 60) + padded(b"abcde")
    data = section(options=option(3, b"this machine") + END) + NAME_BLOCK + interface(113)
    data += interface(1, options=described) + block(PACKET, head + hashed + END) + STATISTICS_BLOCK
    asked = []

    def upper(content: bytes, link: int, wire: int) -> bytes:
        asked.append((content, link, wire))
        return content.upper() + b"!!"

    file = written(tmp_path / "a.pcapng", data)
    copy = copied(file, [1], [(1, ["ours"])], Manner(rewrite=upper, is_bare=True))
    assert asked == [(b"abcde", 1, 60)]
    assert read(copy) == [(1, 60, 1, b"ABCDE!!")]
    assert [piece.kind for piece in pieces(copy)] == [SECTION, INTERFACE, INTERFACE, PACKET]
    told = [[code for code, _ in options_of(piece)] for piece in pieces(copy)]
    assert told == [[], [9], [9], [2, 1]]
    rewritten = copied(file, [1], [], Manner(rewrite=upper))
    assert [code for code, _ in options_of(pieces(rewritten)[-2])] == [2, 1]
    pcap_file = written(tmp_path / "a.pcap", pcap(FRAMES[:1], link_type=101))
    assert read(copied(pcap_file, [1], [], Manner(rewrite=upper)))[0][1:] == (60, 101, b"ABCDE!!")


def test_of_a_file_that_is_cut_off_there_is_what_comes_before(tmp_path: Path) -> None:
    whole = section() + interface() + b"".join(map(enhanced, FRAMES))
    file = written(tmp_path / "cut.pcapng", whole[:-3])
    assert copied(file, [1, 2]) == whole[: -len(enhanced(FRAMES[2]))]


def test_a_frame_that_is_not_there_is_told(tmp_path: Path) -> None:
    file = written(tmp_path / "a.pcap", pcap(FRAMES))
    with pytest.raises(CaptureError, match=r"Frame 4 of '.*a.pcap' can't be read any more"):
        copied(file, [1, 4], tshark=None)


def test_of_no_frames_there_is_a_file_without_any(tmp_path: Path) -> None:
    file = written(tmp_path / "a.pcap", pcap(FRAMES))
    assert [piece.kind for piece in pieces(copied(file, []))] == [SECTION, INTERFACE]
    assert copied(written(tmp_path / "a.snoop", b"snoop\0\0\0"), []) == section()


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    file = written(tmp_path / "a.pcap", pcap(FRAMES * 2000))
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(CancelledError):
        copy_frames(file, np.arange(1, 6001), io.BytesIO(), cancelled=cancelled)


def test_every_sample_s_copy_has_the_same_segments_to_the_nanosecond(tmp_path: Path) -> None:
    """So it has the same connections, states and findings: they are made of nothing else."""
    for path in CAPTURES:
        own = told(path, "native")
        frames = own.segments["frame"].to_list()
        file = written(tmp_path / path.name, copied(path, frames, [(frame, ["ours"]) for frame in frames]))
        copy = told(file, "native")
        assert_frame_equal(copy.segments.drop("position", "frame"), own.segments.drop("position", "frame"))
        assert comments(file.read_bytes()) == [[b"ours"]] * len(frames)


@pytest.fixture(scope="module")
def strange(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A capture with a journal's entry, which only tshark can count, between two packets of two interfaces."""
    data = section() + interface(1) + interface(1, resolution=6) + enhanced(FRAMES[0])
    data += block(9, padded(b"__REALTIME_TIMESTAMP=1\n")) + enhanced(FRAMES[1], at=1, ticks=10**6)
    return written(tmp_path_factory.mktemp("strange") / "strange.pcapng", data)


def test_what_only_tshark_can_read_goes_on_in_a_section_of_its_own(strange: Path) -> None:
    copy = copied(strange, [1, 3], [(1, ["first"]), (3, ["last"])], tshark=None)
    assert [(time, data) for time, _, _, data in read(copy)] == [
        (FRAMES[0].time, FRAMES[0].data), (FRAMES[1].time // 1000 * 1000, FRAMES[1].data),
    ]  # fmt: skip
    assert comments(copy) == [[b"first"], [b"last"]]
    assert [piece.kind for piece in pieces(copy)].count(SECTION) == 2


def test_where_descriptions_stay_behind_so_does_what_nobody_knows(strange: Path) -> None:
    assert b"REALTIME" in copied(strange, [2], tshark=None)
    assert b"REALTIME" not in copied(strange, [2], manner=Manner(is_bare=True), tshark=None)


def test_wireshark_shows_the_comments(tmp_path: Path, strange: Path) -> None:
    """All that a copy may have is in one file: sections of both byte orders, an older packet, one from tshark."""
    old = block(OLD_PACKET, struct.pack("<HHIIII", 0, 7, 1, 5, 3, 60) + padded(b"abc"))
    data = section() + interface() + NAME_BLOCK + enhanced(FRAMES[0], comment="theirs") + old + STATISTICS_BLOCK
    data += section(">") + interface(order=">") + enhanced(FRAMES[1], order=">")
    said = [(1, ["state: a, b", "violation x: é"]), (2, ["old"]), (3, ["last"])]
    copy = copied(written(tmp_path / "a.pcapng", data), [1, 2, 3], said) + copied(strange, [3], tshark=None)
    file = written(tmp_path / "copy.pcapng", copy)
    fields = ["-T", "fields", "-E", "aggregator=|", "-e", "frame.time_epoch", "-e", "frame.comment"]
    shown = subprocess.run(["tshark", "-r", file, *fields], capture_output=True, text=True, check=True).stdout
    assert [line.split("\t") for line in shown.splitlines()] == [
        ["1600000000.123456789", "theirs|state: a, b|violation x: é"],
        ["4.294967301", "old"],
        ["1600000000.123456790", "last"],
        ["1600000000.123456000", ""],
    ]
    counted = subprocess.run(["capinfos", "-Tmrc", file], capture_output=True, text=True, check=True)
    assert counted.stdout.strip().endswith(",4")


WHOLE = (
    section(options=option(1, b"about") + END) + interface(options=option(2, b"eth0")) + NAME_BLOCK
    + enhanced(FRAMES[0], comment="theirs") + block(OLD_PACKET, struct.pack("<HHIIII", 0, 7, 1, 5, 3, 60) + b"abc\0")
    + block(SIMPLE_PACKET, struct.pack("<I", 4) + b"abcd") + section(">") + interface(order=">")
    + enhanced(FRAMES[1], order=">")
)  # fmt: skip


@given(
    damage=st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=4),
    size=st.integers(0, len(WHOLE)),
    is_bare=st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_damaged_files_are_copied_as_far_as_they_are_whole(
    tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, int]], size: int, *, is_bare: bool
) -> None:
    data = bytearray(WHOLE)
    for place, value in damage:
        data[place] = value
    file = written(tmp_path_factory.getbasetemp() / "damaged.pcapng", bytes(data[:size]))
    there = [piece.content for piece in pieces(bytes(data[:size])) if piece.frame is not None]
    frames = range(1, len(there) + 1)
    copy = copied(file, frames, [(frame, ["ours"]) for frame in frames], Manner(is_bare=is_bare))
    found = pieces(copy)
    assert [piece.content for piece in found if piece.frame is not None] == there
    assert sum(len(piece.data) for piece in found) == len(copy)
    assert all(own[-1] == b"ours" for own in comments(copy))
    with pytest.raises(TcpladderError):
        copied(file, [*frames, len(there) + 1])
