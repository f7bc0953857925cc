"""The bytes of frames in disguise: what of them is there, what it says, and what is left out."""

import struct
from ipaddress import ip_address
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.anonymity.disguise import Disguise, disguise_of
from tcpladder.anonymity.keys import Key
from tcpladder.capture.disguising.frames import DisguisedFrames
from tests.capture import wrapping
from tests.capture.wrapping import ETHERNET, LINKS, MACS, RAW, TUNNELS, Packet, ethernet, extended, segment
from tests.samples import path_of

KEY = Key(b"a key of thirty-two bytes in all")
SECRET = b"the boss's letter"
HOSTS = ["192.0.2.1", "192.0.2.2", "2001:db8::10", "2001:db8::20"]
DISGUISE: Disguise = disguise_of(HOSTS, np.array([1, 3], np.uint32), np.array([80, 80], np.uint16), KEY)
SYN4 = segment(ports=(40000, 80), options=bytes.fromhex("020405b4"))
SYN6 = wrapping.packets_of(path_of("ipv6.client"))[0]


def disguised(data: bytes, link: int = RAW, *, is_filled: bool = False, wire: int | None = None) -> bytes:
    return DisguisedFrames(DISGUISE, is_filled=is_filled)(data, link, len(data) if wire is None else wire)


class Told(NamedTuple):
    """What an IPv4 datagram with a segment says: both ends, what comes behind the window, and how it is summed up."""

    ends: tuple[tuple[str, int], tuple[str, int]]
    checksum: int
    rest: bytes
    sums: tuple[int, int]  # of the IP header, and of all of TCP's with the pseudo header; 0 is right


def told(data: bytes) -> Told:
    (total,) = struct.unpack_from(">H", data, 2)
    source, destination = data[12:16], data[16:20]
    ports = struct.unpack_from(">HH", data, 20)
    tcp = data[20:total]
    pseudo_header = source + destination + struct.pack(">HH", 6, total - 20)
    return Told(
        ends=((str(ip_address(source)), ports[0]), (str(ip_address(destination)), ports[1])),
        checksum=int.from_bytes(data[36:38]),
        rest=data[40:],
        sums=(wrapping.checksum(data[:20]), wrapping.checksum(pseudo_header + tcp + bytes(len(tcp) % 2))),
    )


def summed(packet: Packet, *, wrong: int = 0, left: bool = False) -> Packet:
    """Give a datagram with a TCP checksum: right, wrong by so much, or as a network card finds it."""
    data = bytearray(packet.data)
    pseudo_header = data[12:20] + struct.pack(">HH", 6, len(data) - 20)
    summed_up = pseudo_header if left else pseudo_header + data[20:] + bytes(len(data) % 2)
    right = wrapping.checksum(bytes(summed_up))
    struct.pack_into(">H", data, 36, (0xFFFF - right if left else right) ^ wrong)
    return Packet(packet.time, bytes(data))


def test_addresses_and_the_client_s_port_are_others() -> None:
    found = told(disguised(summed(SYN4).data))
    own = tuple(DISGUISE.addresses.text(address) for address in HOSTS[:2])
    port = DISGUISE.port(ip_address(HOSTS[0]).packed, 40000)
    assert found.ends == ((own[0], port), (own[1], 80))
    assert port != 40000
    assert found.rest == bytes.fromhex("020405b4")
    assert found.sums == (0, 0)


@pytest.mark.parametrize("length", [0, 1, 2, 99])
def test_checksums_stay_right_or_wrong_or_left_to_the_card(length: int) -> None:
    packet = segment(ports=(40000, 80), payload=SECRET.ljust(length, b"!")[:length] if length else b"")
    right, wrong, left = summed(packet), summed(packet, wrong=0x1234), summed(packet, left=True)
    found = [told(disguised(each.data, is_filled=True)) for each in (right, wrong, left)]
    assert [each.rest for each in found] == [bytes(length)] * 3
    assert found[0].sums[1] == 0
    assert found[1].sums[1] != 0
    assert found[2].checksum == told(summed(Packet(0, disguised(left.data, is_filled=True)), left=True).data).checksum
    other = told(disguised(summed(packet, wrong=0x4321).data, is_filled=True))
    assert other.checksum == found[1].checksum  # which wrong one it was is not told


def test_payload_is_cut_off_and_with_it_what_tells_of_it() -> None:
    one, other = (summed(segment(ports=(40000, 80), payload=text)) for text in (SECRET, SECRET[::-1]))
    found = disguised(one.data)
    assert (len(found), told(found).checksum) == (40, 0)
    assert found == disguised(other.data) == disguised(one.data[:50], wire=len(one.data))
    assert disguised(one.data, is_filled=True) == disguised(other.data, is_filled=True)
    assert (
        disguised(one.data[:50], is_filled=True, wire=len(one.data)) == found
    )  # of what the capture lacks nothing can be told


def test_what_pads_a_frame_becomes_zeros() -> None:
    frame = ethernet(summed(segment(ports=(40000, 80)))) + b"uninit"
    assert disguised(frame, ETHERNET)[-6:] == bytes(6)
    assert len(disguised(frame, ETHERNET)) == len(frame)


@pytest.mark.parametrize("name", [name for name in LINKS if name != "pseudowire"])
@pytest.mark.parametrize("packet", [SYN4, SYN6], ids=["ipv4", "ipv6"])
def test_headers_of_links_stay_but_for_hardware_addresses(name: str, packet: Packet) -> None:
    link, wrap = LINKS[name]
    found = disguised(wrap(packet), link)
    expected = wrap(Packet(packet.time, disguised(packet.data)))
    for mac in (MACS[:6], MACS[6:]):
        expected = expected.replace(mac, DISGUISE.addresses.hardware(mac))
    assert found == expected
    assert MACS[:5] not in found


def test_a_datagram_is_no_longer_than_there_was_on_the_wire() -> None:
    data = bytearray(summed(segment(ports=(40000, 80), payload=SECRET)).data)
    data[2] = 0x40  # so long it says it is
    found = disguised(bytes(data), is_filled=True)
    assert found[40:] == bytes(len(SECRET))
    assert len(disguised(bytes(data), is_filled=True, wire=2000)) == 40


@pytest.mark.parametrize(
    ("link", "header"),
    [(104, "0f000800"), (104, "0f008847 00012140"), (9, "ff030021"), (9, "0021"), (50, "ff030021")],
)
def test_serial_links_too(link: int, header: str) -> None:
    assert disguised(bytes.fromhex(header) + SYN4.data, link) == bytes.fromhex(header) + disguised(SYN4.data)
    assert disguised(bytes.fromhex(header)[:2], link) == b""


def test_ip_header_checksums_stay_right_wrong_or_empty() -> None:
    for spoilt, expected in ((0, True), (0x0F0F, False)):
        data = bytearray(SYN4.data)
        data[10] ^= spoilt >> 8
        assert (told(disguised(bytes(data))).sums[0] == 0) is expected
    empty = SYN4.data[:10] + bytes(2) + SYN4.data[12:]
    assert disguised(empty)[10:12] == bytes(2)


@pytest.mark.parametrize(
    ("data", "link"),
    [
        (b"", ETHERNET),
        (ethernet(SYN4)[:30], ETHERNET),
        (ethernet(SYN4)[:-14], ETHERNET),  # not even the window
        (SYN4.data, 147),  # a link type of somebody's own
        (LINKS["pseudowire"][1](SYN4), ETHERNET),
        (bytes.fromhex("01000c000000") + ethernet(SYN4)[6:], ETHERNET),  # Cisco's ISL
        (wrapping.icmp_quoting(SYN4).data, RAW),
        (wrapping.icmp_quoting(SYN6).data, RAW),
        (wrapping.fragments4(SYN4, 16)[0].data, RAW),
        (wrapping.fragments4(SYN4, 16)[1].data, RAW),
        (wrapping.fragments6(SYN6, 16)[0].data, RAW),
        (extended(SYN6, wrapping.routing(4, "2001:db8::7")).data, RAW),
        (wrapping.ip4(SYN4, 17, wrapping.udp(53, SYN4.data)).data, RAW),
        (wrapping.ip4(SYN4, 47, struct.pack(">HHI", 0x8000, 0x0800, 0) + SYN4.data).data, RAW),  # GRE with a checksum
        (segment(data_offset=4).data, RAW),
        (segment(data_offset=15).data, RAW),
        (segment(total_length=30).data, RAW),
    ],
)
def test_of_what_is_not_understood_nothing_is_there(data: bytes, link: int) -> None:
    frames = DisguisedFrames(DISGUISE, is_filled=False)
    assert frames(data, link, len(data)) == b""
    assert frames.left_out == 1


@pytest.mark.parametrize("name", TUNNELS)
@pytest.mark.parametrize("packet", [SYN4, SYN6], ids=["ipv4", "ipv6"])
def test_what_is_in_tunnels_is_disguised_alike(name: str, packet: Packet) -> None:
    tunnel, outer = TUNNELS[name]
    found = disguised(tunnel(packet).data)
    inside = disguised(packet.data)
    assert found.endswith(inside)
    assert len(found) == len(tunnel(packet).data)
    for address in outer:
        assert ip_address(address).packed not in found
        assert DISGUISE.addresses.of(ip_address(address).packed) in found


def test_extension_headers_stay_without_the_addresses_in_them() -> None:
    headers = (wrapping.HOP_BY_HOP, wrapping.routing(2, "2001:db8::77"), wrapping.ATOMIC_FRAGMENT)
    found = disguised(extended(SYN6, *headers, wrapping.DESTINATION_OPTIONS).data)
    home = DISGUISE.addresses.of(ip_address("2001:db8::77").packed)
    assert found[40:] == (
        bytes.fromhex("2b00 010400000000 2c02 020000000000")
        + home
        + bytes.fromhex("3c00 0000 0000004d 0600 010400000000")
        + disguised(SYN6.data)[40:]
    )


def secret_frames() -> list[tuple[bytes, int]]:
    """Give frames of many kinds that have secrets wherever headers leave room."""
    full = segment(ports=(40000, 80), options=b"\x22\x12" + SECRET[:16] + b"\x1e\x06" + SECRET[:4], payload=SECRET * 3)
    found = [(wrap(full), link) for link, wrap in LINKS.values()]
    return found + [(ethernet(tunnel(full)), ETHERNET) for tunnel, _ in TUNNELS.values()]


@given(frame=st.sampled_from(secret_frames()), size=st.integers(20, 300), is_filled=st.booleans())
@settings(max_examples=200)
def test_no_frame_wherever_it_is_cut_tells_a_secret(frame: tuple[bytes, int], size: int, *, is_filled: bool) -> None:
    found = disguised(frame[0][:size], frame[1], is_filled=is_filled, wire=len(frame[0]))
    parts = [SECRET[at : at + 4] for at in range(len(SECRET) - 3)]
    assert not [part for part in parts if part in found]


@given(
    st.sampled_from(secret_frames()),
    st.lists(st.tuples(st.integers(0, 120), st.integers(0, 255)), max_size=4),
    st.integers(0, 300),
)
@settings(max_examples=200)
def test_whatever_a_frame_holds_it_never_grows(
    frame: tuple[bytes, int], changes: list[tuple[int, int]], size: int
) -> None:
    data = bytearray(frame[0])
    for at, value in changes:
        data[min(at, len(data) - 1)] = value
    found = disguised(bytes(data[:size]), frame[1], wire=len(data))
    assert len(found) <= size
    assert SECRET not in found
