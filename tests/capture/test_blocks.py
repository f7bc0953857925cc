"""Files cut into their pieces: what each is, where a frame's bytes are, where the walk ends; options."""

import gzip
import io
import struct
from pathlib import Path

import pytest

from tcpladder.capture.blocks import (
    NOTHING,
    PCAP_HEADER,
    PCAP_RECORD,
    Block,
    blocks_of,
    opened,
    options_in,
    options_of,
    padded,
    written_block,
    written_options,
)
from tests.capture.wrapping import Frame, block, enhanced, interface, option, pcap, section

FRAME = Frame(1_600_000_000_123_456_789, b"abcde", 60)
BEGINNING = section() + interface()
JOURNAL = block(9, b"abcd")


def pieces(data: bytes, *, is_from_tshark: bool = False) -> list[Block]:
    return list(blocks_of(io.BytesIO(data), is_from_tshark=is_from_tshark))


def contents(data: bytes, *, is_from_tshark: bool = False) -> list[bytes]:
    found = pieces(data, is_from_tshark=is_from_tshark)
    return [piece.content for piece in found if piece.frame is not None]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("ticks", [10**6, 10**9])
def test_a_pcap_file_is_a_header_and_records(order: str, ticks: int) -> None:
    found = pieces(pcap([FRAME, FRAME], order=order, ticks=ticks))
    assert [(piece.kind, piece.order) for piece in found] == [(PCAP_HEADER, order), *[(PCAP_RECORD, order)] * 2]
    assert contents(pcap([FRAME, FRAME], order=order, ticks=ticks)) == [b"abcde"] * 2


@pytest.mark.parametrize("order", ["<", ">"])
def test_blocks_of_packets_of_all_kinds_are_frames(order: str) -> None:
    old = block(2, struct.pack(f"{order}HHIIII", 0, 0, 0, 5, 3, 60) + b"fgh\0", order)
    simple = block(3, struct.pack(f"{order}I", 3) + b"ijk\0", order)
    data = section(order) + interface(order=order) + enhanced(FRAME, order=order) + old + simple
    assert contents(data) == [b"abcde", b"fgh", b"ijk"]
    assert b"".join(piece.data for piece in pieces(data)) == data


def test_simple_packets_are_cut_to_the_snap_length_of_the_first_interface() -> None:
    def snapped(length: int) -> bytes:
        return block(1, struct.pack("<HHI", 1, 0, length))

    simple = block(3, struct.pack("<I", 60) + b"abc\0")
    assert contents(section() + snapped(3) + snapped(9) + simple + section() + snapped(2) + simple) == [b"abc", b"ab"]


def test_sections_have_byte_orders_of_their_own() -> None:
    other = section(">") + interface(order=">") + enhanced(FRAME, order=">")
    assert [piece.order for piece in pieces(BEGINNING + other)] == ["<", "<", ">", ">", ">"]


def test_unknown_blocks_are_no_frames() -> None:
    assert [piece.frame for piece in pieces(BEGINNING + block(77, b"abcd"))][-1] is None


def test_what_some_tshark_take_for_frames_ends_the_walk_unless_a_tshark_wrote_it() -> None:
    data = BEGINNING + enhanced(FRAME) + JOURNAL + enhanced(FRAME)
    assert contents(data) == [b"abcde"]
    assert contents(data, is_from_tshark=True) == [b"abcde", b"", b"abcde"]
    assert [piece.frame for piece in pieces(data, is_from_tshark=True)][3] == NOTHING


@pytest.mark.parametrize(
    "end",
    [
        b"\x06\0\0\0",
        enhanced(FRAME)[:-1],
        enhanced(FRAME)[:-4] + b"\x01\0\0\0",  # another length at its end
        struct.pack("<II", 6, 8) + bytes(4),  # shorter than any block
        struct.pack("<II", 6, 14) + bytes(6),
        struct.pack("<II", 6, 0xFFFFFFF0) + bytes(64),
        block(6, bytes(16)),
        block(6, struct.pack("<IIIII", 0, 0, 1, 400, 400) + bytes(8)),  # more than there is
        block(3, struct.pack("<I", 40) + bytes(4)),
        block(1, bytes(4)),
        block(0x0A0D0D0A, bytes(16)),  # of no byte order
    ],
)
def test_the_walk_ends_before_what_is_cut_off_or_damaged(end: bytes) -> None:
    assert contents(BEGINNING + enhanced(FRAME) + end + enhanced(FRAME)) == [b"abcde"]


def test_what_is_no_such_file_has_no_pieces() -> None:
    assert pieces(b"") == pieces(b"GIF89a") == pieces(section()[:7]) == []


def test_records_that_are_cut_off_or_claim_to_be_huge_end_a_pcap_file() -> None:
    data = pcap([FRAME])
    assert contents(data + data[24:-1]) == [b"abcde"]
    assert contents(data + struct.pack("<IIII", 1, 0, 0x7FFFFFFF, 60)) == [b"abcde"]


def test_compressed_files_are_opened_as_what_is_in_them(tmp_path: Path) -> None:
    file = tmp_path / "a.pcap.gz"
    file.write_bytes(gzip.compress(pcap([FRAME])))
    with opened(file) as stream:
        assert [piece.kind for piece in blocks_of(stream)] == [PCAP_HEADER, PCAP_RECORD]


@pytest.mark.parametrize("order", ["<", ">"])
def test_options_are_read_as_they_are_written(order: str) -> None:
    options = [(1, b"one"), (2, b""), (1, b"four")]
    assert list(options_in(written_options(options, order), order)) == options
    assert written_options([], order) == b""
    [_, found] = pieces(section(order) + interface(resolution=9, order=order))
    assert list(options_of(found)) == [(9, b"\x09")]
    assert list(options_of(pieces(section(order, options=option(4, b"me", order)))[0])) == [(4, b"me")]


def test_options_that_do_not_fit_end_them() -> None:
    assert list(options_in(option(1, b"one") + struct.pack("<HH", 1, 9) + b"four", "<")) == [(1, b"one")]
    assert list(options_in(option(1, b"one") + b"\1", "<")) == [(1, b"one")]


def test_of_a_packet_the_options_stand_behind_its_bytes() -> None:
    commented = pieces(BEGINNING + enhanced(FRAME, comment="here"))[-1]
    assert list(options_of(commented)) == [(1, b"here")]
    assert list(options_of(pieces(BEGINNING + block(3, struct.pack("<I", 4) + b"abcd"))[-1])) == []


def test_blocks_are_written_with_their_length_at_both_ends() -> None:
    assert written_block(6, "<", padded(b"abc")) == block(6, b"abc\0")
