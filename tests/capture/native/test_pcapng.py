"""pcapng files: sections, interfaces, blocks of packets, and blocks that are none."""

import struct

import pytest

from tcpladder.capture.native.content import Content
from tcpladder.capture.native.frames import State, Stretch
from tcpladder.capture.native.pcapng import LARGEST_BLOCK, pcapng_file
from tests.capture import wrapping
from tests.capture.native.contents import content_of
from tests.capture.wrapping import Frame, block, enhanced, interface, option, padded, section

SECOND = 10**9
FRAME = Frame(1_600_000_000 * SECOND + 123_456_789, b"abcde", 60)
BEGINNING = section() + interface()
PACKET = enhanced(FRAME)
END = option(0, b"")


def stretch(data: bytes) -> tuple[Content, Stretch]:
    content = content_of(data)
    file = pcapng_file(content)
    assert file is not None
    return content, file.stretch(content, 0, 1)


def outcome(data: bytes) -> tuple[int, int, State]:
    """Tell how many frames there are, how many bytes are left, and what comes there."""
    _, found = stretch(data)
    return len(found.frames), len(data) - found.end, found.state


def plain_interface(link: int = 1, snap_length: int = 0, options: bytes = b"", order: str = "<") -> bytes:
    return block(1, struct.pack(f"{order}HHI", link, 0, snap_length) + options, order)


def packet(
    *, at: int = 0, captured: int | None = None, data: bytes = b"abcde", options: bytes = b"", original: int = 60
) -> bytes:
    length = len(data) if captured is None else captured
    return block(6, struct.pack("<IIIII", at, 0, 1, length, original) + padded(data) + options)


@pytest.mark.parametrize("order", ["<", ">"])
def test_a_packet(order: str) -> None:
    data = section(order) + interface(113, order=order) + enhanced(FRAME, order=order)
    content, found = stretch(data)
    frames = found.frames
    assert frames.times.tolist() == [FRAME.time]
    assert (frames.captured.tolist(), frames.wire.tolist(), frames.links.tolist()) == ([5], [60], [113])
    assert frames.positions.tolist() == [len(section()) + len(interface())]
    assert bytes(content.buffer[frames.starts[0] :][:5]) == b"abcde"
    assert (found.end, found.state) == (len(data), State.UNFINISHED)


def test_interfaces_have_their_own_links_and_clocks() -> None:
    data = section() + interface(1, resolution=9) + interface(101, resolution=6)
    data += enhanced(FRAME, at=1, ticks=10**6) + enhanced(FRAME) + interface(113) + enhanced(FRAME, at=2)
    _, found = stretch(data)
    assert found.frames.links.tolist() == [101, 1, 113]
    assert found.frames.times.tolist() == [FRAME.time // 1000 * 1000, FRAME.time, FRAME.time]
    assert found.frames.numbers.tolist() == [1, 2, 3]


def test_a_new_section_has_its_own_byte_order_and_interfaces() -> None:
    other = section(">") + interface(276, order=">") + enhanced(FRAME, order=">")
    _, found = stretch(BEGINNING + PACKET + other + BEGINNING + PACKET)
    assert found.frames.links.tolist() == [1, 276, 1]
    assert found.frames.times.tolist() == [FRAME.time] * 3
    assert outcome(BEGINNING + PACKET + section() + PACKET)[0::2] == (1, State.DAMAGED)


def test_simple_packets_have_no_time_and_are_cut_to_the_snap_length() -> None:
    data = section() + plain_interface(snap_length=3) + block(3, struct.pack("<I", 5) + padded(b"abc"))
    _, found = stretch(data)
    assert (found.frames.times.tolist(), found.frames.captured.tolist(), found.frames.wire.tolist()) == ([0], [3], [5])
    whole = section() + interface() + block(3, struct.pack("<I", 5) + padded(b"abcde"))
    assert stretch(whole)[1].frames.captured.tolist() == [5]
    assert outcome(section() + interface() + block(3, struct.pack("<I", 4) + padded(b"abcde")))[2] is State.STRANGE
    assert outcome(section() + interface() + block(3, struct.pack("<I", 50) + padded(b"abcde")))[2] is State.DAMAGED
    assert outcome(section() + block(3, struct.pack("<I", 4) + b"abcd"))[2] is State.DAMAGED


def test_old_packet_blocks() -> None:
    old = block(2, struct.pack("<HHIIII", 1, 7, 0, 5, 3, 60) + padded(b"abc"))
    _, found = stretch(section() + plain_interface(1) + plain_interface(101) + old)
    assert (found.frames.links.tolist(), found.frames.times.tolist()) == ([101], [5000])


@pytest.mark.parametrize(
    ("options", "time"),
    [
        (b"", 1000),
        (option(9, b"\x09") + END, 1),
        (option(9, b"\x09") + option(9, b"\x06") + END, 1),
        (END + option(9, b"\x09"), 1000),
        (option(9, b"\x09\x06") + END, 1000),
        (option(9, b"\xff") + END, 0),
        (option(2, b"eth0") + option(14, struct.pack("<q", 5)) + END, 5 * SECOND + 1000),
        (option(13, b"\0") + END, 1000),
    ],
)
def test_options_of_an_interface(options: bytes, time: int) -> None:
    _, found = stretch(section() + plain_interface(options=options) + packet())
    assert found.frames.times.tolist() == [time]


@pytest.mark.parametrize(
    "options",
    [struct.pack("<HH", 9, 500), b"\0", option(13, b"\x04")],
    ids=["too long", "half", "frame check sequence"],
)
def test_options_of_an_interface_that_only_tshark_understands(options: bytes) -> None:
    assert outcome(BEGINNING + PACKET + plain_interface(options=options) + PACKET)[0::2] == (1, State.STRANGE)


@pytest.mark.parametrize(
    "options",
    [
        option(1, b"a comment") + END,
        option(1, b"no end"),
        option(2, struct.pack("<I", 1)) + option(4, bytes(8)) + option(5, bytes(8)) + option(6, bytes(4)) + END,
        option(32769, b"of macOS") + END,
    ],
)
def test_options_of_packets_that_change_nothing(options: bytes) -> None:
    assert outcome(BEGINNING + packet(options=options) + PACKET) == (2, 0, State.UNFINISHED)


@pytest.mark.parametrize(
    "options",
    [option(2, struct.pack("<I", 4 << 5)), option(2, b"abcdef"), struct.pack("<HH", 1, 500), option(3, b"\2abcd")],
    ids=["frame check sequence", "flags of another length", "too long", "hash"],
)
def test_options_of_packets_that_only_tshark_understands(options: bytes) -> None:
    bad = packet(options=options)
    assert outcome(BEGINNING + PACKET + bad + PACKET) == (1, len(bad + PACKET), State.STRANGE)


@pytest.mark.parametrize("kind", [4, 5, 10, 0x77, 0x80000001])
def test_blocks_that_are_no_frames_are_passed_over(kind: int) -> None:
    assert outcome(BEGINNING + block(kind, bytes(20)) + PACKET + block(kind, b"") + PACKET) == (2, 0, State.UNFINISHED)


@pytest.mark.parametrize("kind", [9, 0xBAD, 0x40000BAD, 0x204])
def test_blocks_that_are_frames_only_for_some(kind: int) -> None:
    assert outcome(BEGINNING + PACKET + block(kind, bytes(40)) + PACKET)[0::2] == (1, State.STRANGE)


DAMAGED = {
    "no interface": section() + PACKET,
    "another interface": BEGINNING + packet(at=1),
    "an interface that comes later": BEGINNING + packet(at=1) + interface(),
    "captured more than the block holds": BEGINNING + packet(captured=9),
    "captured more than any program does": BEGINNING + packet(captured=300_000),
    "a block too short for a packet": BEGINNING + block(6, bytes(16)),
    "a block too short for an interface": section() + block(1, b"abcd"),
    "a block of no length": BEGINNING + struct.pack("<II", 6, 0) + bytes(20),
    "a block of less than its header": BEGINNING + struct.pack("<II", 6, 8) + bytes(20),
    "a block larger than any": BEGINNING + struct.pack("<II", 0x77, LARGEST_BLOCK + 1) + bytes(20),
    "another length at the end": BEGINNING + PACKET[:-4] + struct.pack("<I", 36),
    "zeros": BEGINNING + bytes(100),
    "a section of another byte order": BEGINNING + section()[:8] + b"abcd" + section()[12:],
    "a section too short": BEGINNING + section()[:4] + struct.pack("<I", 20) + section()[8:],
    "a section with another length at its end": BEGINNING + section()[:-4] + struct.pack("<I", 36),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage(name: str) -> None:
    whole = PACKET if name != "no interface" else b""
    data = DAMAGED[name].replace(BEGINNING, BEGINNING + whole, 1) if whole else DAMAGED[name]
    assert outcome(data)[2] is State.DAMAGED


@pytest.mark.parametrize("total", [33, 34, 1 << 21])
def test_lengths_that_only_tshark_knows_what_to_do_with(total: int) -> None:
    assert outcome(BEGINNING + PACKET + struct.pack("<II", 6, total) + bytes(60))[0::2] == (1, State.STRANGE)


@pytest.mark.parametrize("cut", [1, 8, 11, 20, 27])
def test_a_block_that_is_not_whole_is_left(cut: int) -> None:
    for following in (PACKET, section(), interface()):
        assert outcome(BEGINNING + PACKET + following[:cut]) == (1, cut, State.UNFINISHED)


def test_a_large_block_without_a_frame_is_passed_over_unseen() -> None:
    begun = struct.pack("<II", 10, 1 << 24) + bytes(100)
    _, found = stretch(BEGINNING + PACKET + begun)
    assert (len(found.frames), found.state) == (1, State.UNFINISHED)
    assert found.end == len(BEGINNING + PACKET) + (1 << 24)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        section()[:27],
        section()[:12] + b"\2\0\0\0" + section()[16:],
        wrapping.pcap([FRAME]),
        b"\x0a\x0d\x0d\x0a" * 9,
    ],
)
def test_what_does_not_begin_as_one_is_none(data: bytes) -> None:
    assert pcapng_file(content_of(data)) is None
