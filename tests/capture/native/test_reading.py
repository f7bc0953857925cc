"""What the native reader gives equals what tshark gives, column by column, and so does what it says of bad files."""

import gzip
import os
import random
import struct
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcpladder.capture.native import reading
from tcpladder.capture.opening import read_capture
from tcpladder.capture.reader import ReadRequest
from tcpladder.packets.addresses import AddressBook
from tests.capture import wrapping
from tests.capture.native.comparing import assert_same, check_both_tell_the_same, told
from tests.capture.reading import DATA, TRAFFIC
from tests.capture.wrapping import (
    LINKS,
    TUNNELS,
    Frame,
    Packet,
    block,
    enhanced,
    extended,
    fragments4,
    fragments6,
    framed,
    frames_of,
    gre,
    icmp_quoting,
    interface,
    ip6,
    option,
    packets_of,
    padded,
    pcap,
    pcapng,
    section,
    segment,
)
from tests.samples import CAPTURES

if TYPE_CHECKING:
    from collections.abc import Callable

PACKETS = packets_of(TRAFFIC)
FRAMES = frames_of(TRAFFIC)
RECORDED = sorted(path for path in DATA.iterdir() if ".pcap" in path.suffixes and path.suffix != ".lz4")
FILE_HEADER, RECORD_HEADER = 24, 16
SECOND = 10**9


def check(content: bytes, directory: Path) -> None:
    path = directory / "capture"
    path.write_bytes(content)
    check_both_tell_the_same(path)


# Starting tshark takes longer than all that it does here: what can be is put into one file.


def of_one_kind(paths: list[Path]) -> list[list[Path]]:
    """Put those pcap files together that have the same header."""
    kinds: dict[bytes, list[Path]] = {}
    for path in paths:
        head = path.read_bytes()[:FILE_HEADER] if path.suffix == ".pcap" else bytes(path)
        kinds.setdefault(head, []).append(path)
    return list(kinds.values())


@pytest.mark.parametrize(
    "paths", of_one_kind([*CAPTURES, *RECORDED]), ids=lambda paths: f"{len(paths)} as {paths[0].name}"
)
def test_every_capture_of_this_repository(paths: list[Path], tmp_path: Path) -> None:
    first, *others = [path.read_bytes() for path in paths]
    path = tmp_path / paths[0].name
    path.write_bytes(first + b"".join(content[FILE_HEADER:] for content in others))
    assert len(check_both_tell_the_same(path).segments)


def order(name: str) -> str:
    """Choose a byte order, for each name always the same."""
    return random.Random(name).choice("<>")  # noqa: S311 - no secret


@pytest.mark.parametrize("name", LINKS)
def test_links(name: str, tmp_path: Path) -> None:
    link, wrap = LINKS[name]
    check(pcap(framed(PACKETS, wrap), link_type=link, order=order(name)), tmp_path)


def test_sections_of_different_links(tmp_path: Path) -> None:
    sections = [
        pcapng(framed(PACKETS, wrap), link_type=link, order=order(name)) for name, (link, wrap) in LINKS.items()
    ]
    check(b"".join(sections), tmp_path)


def test_tunnels_beside_other_frames(tmp_path: Path) -> None:
    packets = [
        wrap(packet) if number % 4 == 1 else packet
        for wrap, _ in TUNNELS.values()
        for number, packet in enumerate(PACKETS)
    ]
    check(pcap(framed(packets)), tmp_path)


def test_fragments_beside_other_frames(tmp_path: Path) -> None:
    cut = {wrapping.IPV4: fragments4, wrapping.IPV6: fragments6}
    pieces = [piece for packet in PACKETS[:8] for piece in cut[packet.ethertype](packet, 1400)]
    check(pcap(framed([*PACKETS, *pieces, *PACKETS, *pieces[:3]])), tmp_path)


def test_interfaces_of_different_links(tmp_path: Path) -> None:
    blocks = [section(), interface(wrapping.RAW), interface(wrapping.LINUX_SLL2, resolution=6), interface(147)]
    for number, packet in enumerate(PACKETS):
        data, ticks = [(packet.data, SECOND), (wrapping.cooked2(packet), 10**6), (b"x" * 20, SECOND)][number % 3]
        blocks.append(enhanced(Frame(packet.time, data), at=number % 3, ticks=ticks, comment="!" * (number % 5)))
    check(b"".join(blocks), tmp_path)


def test_each_snap_length(tmp_path: Path) -> None:
    cut = [Frame(frame.time, frame.data[:length], frame.wire_length) for length in range(120) for frame in FRAMES]
    check(pcap(cut), tmp_path)


OPTION = st.sampled_from(
    [
        b"\x02\x04\x05\xb4",
        b"\x01",
        b"\x00",
        b"\x03\x03\x07",
        b"\x04\x02",
        b"\x08\x0a\0\0\0\1\0\0\0\2",
        b"\x05\x0a" + bytes(8),
        b"\x05\x12" + bytes(16),
        b"\xfd\x06\xf9\x89ab",
        b"\x22\x0aabcdefgh",
        b"\x13\x12" + bytes(16),
        b"\x02\x05\x05\xb4\x01",
        b"\x03\x04\x07\x01",
        b"\x04\x03\x01",
        b"\x08\x09" + bytes(7),
        b"\x05\x06abcd",
        b"\x05\x03a",
        b"\x05\x0b" + bytes(9),
        b"\x02\x02",
        b"\x05\x00",
        b"\xff\x02",
    ]
)
HEADER = st.sampled_from([wrapping.HOP_BY_HOP, wrapping.DESTINATION_OPTIONS, wrapping.routing(2, "2001:db8::1")])


@st.composite
def packets(draw: st.DrawFn) -> Packet:
    """A datagram of TCP that may be odd in any part of it."""
    packet = segment(
        options=b"".join(draw(st.lists(OPTION, max_size=5)))[:40],
        payload=draw(st.binary(max_size=9)),
        flags=draw(st.integers(0, 0xFFF)),
        seq=draw(st.integers(0, (1 << 32) - 1)),
        data_offset=draw(st.none() | st.integers(0, 15)) if draw(st.integers(0, 9)) == 0 else None,
    )
    if draw(st.booleans()):
        packet = ip6(packet, wrapping.TCP, packet.data[20:])
        packet = extended(packet, *draw(st.lists(HEADER, max_size=2)))
    match draw(st.integers(0, 20)):
        case 0:
            at = draw(st.integers(0, min(len(packet.data), 60) - 1))
            changed = bytes([draw(st.integers(0, 255))])
            packet = Packet(packet.time, packet.data[:at] + changed + packet.data[at + 1 :])
        case 1:
            packet = draw(st.sampled_from([icmp_quoting, gre, wrapping.vxlan]))(packet)
    return packet


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    content=st.lists(st.tuples(packets(), st.binary(max_size=8), st.none() | st.integers(0, 90)), min_size=30),
    name=st.sampled_from(sorted(LINKS)),
    order=st.sampled_from("<>"),
    form=st.sampled_from(["pcap", "nanoseconds", "pcapng", "coarse", "binary"]),
)
def test_odd_packets(
    content: list[tuple[Packet, bytes, int | None]],
    name: str,
    order: str,
    form: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    link, wrap = LINKS[name]
    frames = []
    for packet, padding, cut in content:
        data = wrap(packet) + padding
        frames.append(Frame(packet.time, data[:cut], len(data)))
    write: dict[str, Callable[[], bytes]] = {
        "pcap": lambda: pcap(frames, link_type=link, order=order, ticks=10**6),
        "nanoseconds": lambda: pcap(frames, link_type=link, order=order),
        "pcapng": lambda: pcapng(frames, link_type=link, order=order),
        "coarse": lambda: pcapng(frames, link_type=link, order=order, resolution=3),
        "binary": lambda: pcapng(frames, link_type=link, order=order, resolution=0x80 | 20),
    }
    check(write[form](), tmp_path_factory.mktemp("odd"))


# Bad files

GOOD = framed([segment(payload=b"abc", time=1_600_000_000 * SECOND + number) for number in range(6)])
LENGTH = len(GOOD[0].data)
PCAP = pcap(GOOD)
FOURTH = FILE_HEADER + 3 * (RECORD_HEADER + LENGTH)
BEGINNING = section() + interface()
PACKET = enhanced(GOOD[0])
NG = BEGINNING + PACKET * 3


def with_length(captured: int, wire: int | None = None) -> bytes:
    """Give the file with other lengths in its fourth record."""
    lengths = struct.pack("<II", captured, LENGTH if wire is None else wire)
    return PCAP[: FOURTH + 8] + lengths + PCAP[FOURTH + 16 :]


def packet_block(
    *, at: int = 0, captured: int = LENGTH, total: int | None = None, last: int | None = None, options: bytes = b""
) -> bytes:
    body = struct.pack("<IIIII", at, 0, 1, captured, LENGTH) + padded(GOOD[0].data) + options
    length = len(body) + 12
    first = struct.pack("<II", 6, length if total is None else total)
    return first + body + struct.pack("<I", length if last is None else last)


def interface_block(options: bytes) -> bytes:
    return block(1, struct.pack("<HHI", 1, 0, 0) + options)


BAD = {
    "nothing behind the header": PCAP[:FILE_HEADER],
    "half a header": PCAP[:20],
    "cut in a record's header": PCAP[: FOURTH + 7],
    "cut in a record's data": PCAP[: FOURTH + 30],
    "a length of zero": with_length(0)[: FOURTH + RECORD_HEADER] + PCAP[FILE_HEADER:],
    "a negative length": with_length(0xFFFFFFFF),
    "a length past the end": with_length(2000),
    "a length over what there may be": with_length(262_145),
    "a length over the snap length": with_length(LENGTH),
    "captured more than there was": with_length(LENGTH, 10),
    "more on the wire than there can be": with_length(LENGTH, 0xFFFFFFF0),
    "the first length is bad": PCAP[: FILE_HEADER + 8] + struct.pack("<I", 300_000) + PCAP[FILE_HEADER + 12 :],
    "the first captured more than there was": PCAP[: FILE_HEADER + 12] + b"\5\0\0\0" + PCAP[FILE_HEADER + 16 :],
    "another version": PCAP[:4] + struct.pack("<HH", 2, 3) + PCAP[8:],
    "frame check sequences": PCAP[:20] + struct.pack("<I", 0x14000001) + PCAP[24:],
    "a link type nobody knows": PCAP[:20] + struct.pack("<I", 9999) + PCAP[24:],
    "garbage": PCAP[:FOURTH] + b"\xa5" * 400,
    "garbage at once": PCAP[:FILE_HEADER] + b"\xa5" * 400,
    "a section alone": section(),
    "half a section": section()[:20],
    "no interface": section() + PACKET,
    "an interface that is not there": NG + packet_block(at=1) + PACKET,
    "an interface that comes too late": BEGINNING + PACKET + packet_block(at=1) + interface() + PACKET,
    "an interface of the section before": NG + section() + PACKET,
    "a section that ends early": NG + PACKET[:50],
    "half a block header": NG + PACKET[:5],
    "half an interface": NG + interface()[:10],
    "an unknown block": NG + block(0x77, b"abcd") + PACKET,
    "half an unknown block": NG + block(0x77, b"abcdefgh")[:14],
    "custom blocks": NG + block(0xBAD, struct.pack("<I", 32473) + b"abcd") + PACKET,
    "a block of no length": NG + struct.pack("<II", 6, 0) + PACKET,
    "a block of 8 bytes": NG + struct.pack("<II", 6, 8) + PACKET,
    "a block of an odd length": NG + packet_block(total=93) + PACKET,
    "a block larger than all memory": NG + packet_block(total=0x7FFFFFF0) + PACKET,
    "a block larger than the file": NG + packet_block(total=17 << 20) + PACKET,
    "an unknown block larger than the file": NG + struct.pack("<II", 0x77, 17 << 20) + bytes(100),
    "another length at the end": NG + packet_block(last=77) + PACKET,
    "captured more than its block": NG + packet_block(captured=500) + PACKET,
    "captured more than anybody": NG + packet_block(captured=300_000) + PACKET,
    "captured less than its block": NG + packet_block(captured=40) + PACKET,
    "options past the end": NG + packet_block(options=struct.pack("<HH", 1, 500)) + PACKET,
    "a frame check sequence": NG + packet_block(options=option(2, struct.pack("<I", 4 << 5))) + PACKET,
    "an interface's options past the end": NG + interface_block(struct.pack("<HH", 9, 500)) + PACKET,
    "an interface too short": NG + block(1, b"abcd") + PACKET,
    "a resolution of 2^-127": section() + interface_block(option(9, b"\xff")) + PACKET * 2,
    "a resolution of 10^-20": section() + interface_block(option(9, b"\x14")) + PACKET * 2,
    "times that do not fit": section() + interface_block(option(9, b"\0")) + PACKET * 2,
    "an offset of times": section() + interface_block(option(9, b"\x09") + option(14, struct.pack("<q", 100))) + PACKET,
    "another version of sections": NG + section()[:12] + struct.pack("<HH", 2, 0) + section()[16:] + PACKET,
    "another byte order mark": NG + section()[:8] + b"abcd" + section()[12:] + PACKET,
    "zeros": NG + bytes(400),
    "ones": NG + b"\xff" * 400,
    "gzip": gzip.compress(PCAP),
    "gzip cut off": gzip.compress(pcap(GOOD * 200), 1)[:3000],
    "gzip cut off in its end": gzip.compress(PCAP)[:-4],
    "gzip of half a file": gzip.compress(PCAP[: FOURTH + 30]),
    "gzip and more": gzip.compress(PCAP) + gzip.compress(PCAP[FILE_HEADER:]),
    "gzip and garbage": gzip.compress(PCAP) + b"\xa5" * 100,
    "gzip of no capture": gzip.compress(b"not a capture" * 100),
}
ONLY_TSHARK = (
    "half a header",
    "a link type nobody knows",
    "the first length is bad",
    "the first captured more than there was",
    "another version",
    "frame check sequences",
    "half a section",
    "garbage at once",
    "gzip of no capture",
)
"""What does not look like a file of a known form from the start."""

STRANGE = (
    "custom blocks",
    "a block of an odd length",
    "a block larger than the file",
    "captured less than its block",
    "options past the end",
    "a frame check sequence",
    "an interface's options past the end",
    "another version of sections",
)
"""What looks like one, until there is something that only tshark can tell."""


@pytest.mark.parametrize("name", BAD)
def test_both_readers_say_the_same_of_bad_files(name: str, tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(BAD[name])
    by_tshark = told(path, "tshark")
    assert_same(told(path, "auto"), by_tshark)
    found = told(path, "native")
    if name in ONLY_TSHARK:
        assert found.error is not None
        assert "is not, or not wholly, in a format that the native reader knows" in found.error
    elif name in STRANGE:
        assert found.segments["frame"].to_list() == [1, 2, 3]
        assert "is not, or not wholly, in a format" in found.notices[0]
        assert found.notices[0].endswith("What was read, up to frame 3, is shown.")
    else:
        assert_same(found, by_tshark)


def test_a_file_that_grows_is_read_as_far_as_it_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FIRST_READ", FOURTH + 10)
    path = tmp_path / "capture"
    path.write_bytes(PCAP[: FOURTH + 10])
    batches = read_capture(ReadRequest(path=path, addresses=AddressBook(), reader="native"))
    first = next(batches)
    assert first.segments["frame"].to_list() == [1, 2, 3]
    with path.open("ab") as file:
        file.write(PCAP[FOURTH + 10 :])
    *_, rest, last = batches
    assert rest.segments["frame"].to_list() == [4, 5, 6]
    assert last.notices == ()


def test_a_file_that_is_cut_short_meanwhile_just_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FIRST_READ", FOURTH + 10)
    path = tmp_path / "capture"
    path.write_bytes(PCAP)
    batches = read_capture(ReadRequest(path=path, addresses=AddressBook(), reader="native"))
    assert len(next(batches).segments) == 3
    os.truncate(path, 100)
    *_, last = batches
    assert "is cut off in the middle of a packet. What was read, up to frame 3, is shown." in last.notices[0].sentence


def test_positions_of_compressed_files_count_what_they_hold(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(gzip.compress(PCAP))
    batches = list(read_capture(ReadRequest(path=path, addresses=AddressBook(), reader="native")))
    assert batches[0].position == len(PCAP)
    assert batches[0].segments["position"][0] == FILE_HEADER


def test_the_first_batch_is_small_and_stretches_make_no_difference(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "capture"
    content = pcap(framed([*PACKETS, gre(PACKETS[0]), *PACKETS] * 40))
    path.write_bytes(content)
    whole = told(path, "native")
    monkeypatch.setattr(reading, "FIRST_READ", 5000)
    monkeypatch.setattr(reading, "AT_ONCE", 300_000)
    first = next(read_capture(ReadRequest(path=path, addresses=AddressBook(), reader="native")))
    assert 0 < len(first.segments) < 40
    assert_same(told(path, "native"), whole)
    assert len(whole.segments) == 81 * 40


def test_a_large_block_is_passed_over_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 1 << 20)
    check(NG + block(10, struct.pack("<II", 0x544C534B, 5 << 20) + bytes(5 << 20)) + PACKET, tmp_path)


def test_without_tshark_what_needs_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(pcap(framed([*PACKETS[:5], gre(PACKETS[5]), *PACKETS[6:]])))
    found = told(path, "auto", tshark="/no/such/tshark")
    assert len(found.segments) == len(PACKETS) - 1
    assert found.notices[0].startswith("skipped: 1 frame is left out that only tshark can read")


def test_without_tshark_a_file_of_tunnels_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(pcap(framed(map(gre, PACKETS))))
    found = told(path, "auto", tshark="/no/such/tshark")
    assert found.error is not None
    assert found.error.startswith("There is no program '/no/such/tshark'. Install it")


def test_without_tshark_a_file_that_turns_strange_is_read_up_to_there(tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(BAD["options past the end"])
    found = told(path, "auto", tshark="/no/such/tshark")
    assert len(found.segments) == 3
    assert found.notices == [
        "incomplete: There is no program '/no/such/tshark'. What was read, up to frame 3, is shown."
    ]
