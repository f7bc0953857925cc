"""Which datagrams hold a segment, where it starts and how long it is; and which are left to tshark."""

import struct

import numpy as np
import pytest

from tcpladder.capture.native.datagrams import CUT, SEGMENT, Datagrams, ipv4, ipv6
from tcpladder.capture.native.links import ODD, OTHER
from tests.capture import wrapping
from tests.capture.native.contents import frames_in
from tests.capture.wrapping import (
    ATOMIC_FRAGMENT,
    DESTINATION_OPTIONS,
    HOP_BY_HOP,
    TCP,
    UDP,
    Packet,
    extended,
    fragments4,
    ip4,
    ip6,
    routing,
    segment,
    udp,
)

FOUR = segment(payload=b"abc")
SIX = ip6(FOUR, TCP, FOUR.data[20:])
JUMBO = (0, b"\0\xc2\x04" + struct.pack(">I", 70_000))


def read(packet: Packet, *, captured: int | None = None, wire: int | None = None) -> Datagrams:
    length = len(packet.data) if captured is None else captured
    content, frames = frames_in(
        [packet.data[:length], bytes(60)], 101, [len(packet.data) if wire is None else wire, 60]
    )
    frames = frames.chosen(slice(0, 1))
    return (ipv6 if packet.data[0] >> 4 == 6 else ipv4)(content, frames.starts, frames.captured, frames.wire)


def kind(packet: Packet, **lengths: int) -> int:
    return int(read(packet, **lengths).kinds[0])


def changed(packet: Packet, at: int, new: bytes) -> Packet:
    return Packet(packet.time, packet.data[:at] + new + packet.data[at + len(new) :])


def test_a_segment_in_ipv4() -> None:
    found = read(FOUR)
    assert found.kinds.tolist() == [SEGMENT]
    assert (found.starts.tolist(), found.lengths.tolist(), found.captured.tolist()) == ([20], [23], [23])
    assert (found.ids.tolist(), found.ttls.tolist()) == ([7], [99])
    assert (found.sources.tolist(), found.destinations.tolist()) == ([[0xC0000201]], [[0xC0000202]])


def test_a_segment_in_ipv6() -> None:
    found = read(SIX)
    assert found.kinds.tolist() == [SEGMENT]
    assert (found.starts.tolist(), found.lengths.tolist()) == ([40], [23])
    assert found.sources[:, 0].tolist() == [0x20010DB8FFFF0000, 1]
    assert found.chosen(np.array([0])).destinations[:, 0].tolist() == [0x20010DB8FFFF0000, 2]


@pytest.mark.parametrize("packet", [FOUR, SIX], ids=["4", "6"])
def test_padding_behind_a_datagram_is_none_of_it(packet: Packet) -> None:
    found = read(Packet(packet.time, packet.data + bytes(9)))
    assert (found.lengths.tolist(), found.captured.tolist()) == ([23], [23])


@pytest.mark.parametrize(("packet", "at"), [(FOUR, 2), (SIX, 4)], ids=["4", "6"])
def test_a_length_of_zero_is_what_was_on_the_wire(packet: Packet, at: int) -> None:
    assert read(changed(packet, at, bytes(2))).lengths.tolist() == [23]
    assert read(changed(packet, at, bytes(2)), wire=len(packet.data) + 1000).lengths.tolist() == [1023]


@pytest.mark.parametrize(("packet", "at"), [(FOUR, 2), (SIX, 4)], ids=["4", "6"])
def test_a_length_is_never_more_than_was_on_the_wire(packet: Packet, at: int) -> None:
    assert read(changed(packet, at, b"\xff\xff")).lengths.tolist() == [23]


def test_headers_that_the_snap_length_cut() -> None:
    assert [kind(FOUR, captured=length) for length in (19, 20, 35, 36)] == [ODD, CUT, CUT, SEGMENT]
    assert [kind(SIX, captured=length) for length in (39, 40, 55, 56)] == [ODD, CUT, CUT, SEGMENT]


@pytest.mark.parametrize(
    "packet",
    [
        changed(FOUR, 0, b"\x55"),
        changed(FOUR, 0, b"\x44"),
        changed(FOUR, 2, b"\0\x27"),
        changed(FOUR, 2, b"\0\x05"),
        changed(FOUR, 6, b"\x20\x00"),
        changed(FOUR, 6, b"\x00\x10"),
        changed(SIX, 0, b"\x50"),
        changed(SIX, 4, b"\0\x05"),
    ],
    ids=["version", "header", "short", "shorter than its header", "first", "last", "version 6", "short 6"],
)
def test_what_is_malformed_or_a_fragment_is_left_to_tshark(packet: Packet) -> None:
    assert kind(packet) == ODD


def test_evil_and_not_to_be_fragmented_are_no_fragments() -> None:
    assert [kind(changed(FOUR, 6, flags)) for flags in (b"\x40\0", b"\x80\0")] == [SEGMENT, SEGMENT]


@pytest.mark.parametrize("protocol", [1, 2, 50, 58, 89, 132])
def test_protocols_that_hold_no_segment(protocol: int) -> None:
    assert kind(ip4(FOUR, protocol, bytes(40))) == kind(ip6(FOUR, protocol, bytes(40))) == OTHER


@pytest.mark.parametrize("protocol", [4, 41, 47, 51, 97, 115, 137, 200])
def test_protocols_that_only_tshark_can_tell(protocol: int) -> None:
    assert kind(ip4(FOUR, protocol, bytes(40))) == kind(ip6(FOUR, protocol, bytes(40))) == ODD


def test_udp_holds_no_segment_but_in_tunnels() -> None:
    plain = struct.pack(">HHHH", 4000, 53, 20, 0) + bytes(12)
    assert kind(ip4(FOUR, UDP, plain)) == kind(ip6(FOUR, UDP, plain)) == OTHER
    for port in (4789, 6081, 2152, 1701, 3544):
        assert kind(ip4(FOUR, UDP, udp(port, bytes(12)))) == ODD
        assert kind(ip6(FOUR, UDP, udp(port, bytes(12)))) == ODD
        assert kind(ip4(FOUR, UDP, struct.pack(">HHHH", port, 9999, 20, 0) + bytes(12))) == ODD


def test_fragments_of_udp_may_become_a_tunnel() -> None:
    whole = ip4(FOUR, UDP, struct.pack(">HHHH", 4000, 53, 48, 0) + bytes(40))
    assert [kind(piece) for piece in fragments4(whole, 24)] == [ODD, ODD]


def with_options(options: bytes) -> Packet:
    head = bytes([0x45 + len(options) // 4]) + FOUR.data[1:2] + struct.pack(">H", len(FOUR.data) + len(options))
    return Packet(FOUR.time, head + FOUR.data[4:20] + options + FOUR.data[20:])


def test_options_of_ipv4() -> None:
    found = read(with_options(b"\x94\x04\0\0"))
    assert (found.kinds.tolist(), found.starts.tolist(), found.lengths.tolist()) == ([SEGMENT], [24], [23])
    assert kind(with_options(b"\x83\x07\x04\1\2\3\4\0")) == ODD  # what the checksum covers is another address


@pytest.mark.parametrize(
    "headers",
    [[HOP_BY_HOP], [DESTINATION_OPTIONS], [routing(2, "2001:db8::1")], [HOP_BY_HOP, DESTINATION_OPTIONS]],
)
def test_extension_headers_are_stepped_over(headers: list[tuple[int, bytes]]) -> None:
    found = read(extended(SIX, *headers))
    assert found.kinds.tolist() == [SEGMENT]
    assert found.starts.tolist() == [40 + sum(1 + len(content) for _, content in headers)]
    assert found.lengths.tolist() == [23]


@pytest.mark.parametrize(
    "headers",
    [
        [ATOMIC_FRAGMENT],
        [routing(4, "2001:db8::1")],
        [(43, b"\x02\x02\x01" + bytes(20))],
        [DESTINATION_OPTIONS, HOP_BY_HOP],
        [(60, b"\x02\x01\0\xc9\x10" + bytes(18))],
        [(60, b"\0\x01\x77\0\0\0\0")],
        [(60, b"\xff" + bytes(6))],
        [DESTINATION_OPTIONS] * 9,
    ],
    ids=["fragment", "segments", "left", "order", "home", "overrun", "too long", "many"],
)
def test_extension_headers_that_are_left_to_tshark(headers: list[tuple[int, bytes]]) -> None:
    assert kind(extended(SIX, *headers)) == ODD


def test_jumbograms() -> None:
    jumbo = changed(extended(SIX, JUMBO), 4, bytes(2))
    found = read(jumbo, wire=70_040)
    assert (found.kinds.tolist(), found.lengths.tolist(), found.captured.tolist()) == ([SEGMENT], [69_992], [23])
    assert read(jumbo, wire=60_000).lengths.tolist() == [59_952]
    small = changed(extended(SIX, (0, b"\0\xc2\x04" + struct.pack(">I", 31))), 4, bytes(2))
    assert kind(small) == ODD


def test_tunnels_of_recorded_kinds_are_left_to_tshark() -> None:
    for wrap, _ in wrapping.TUNNELS.values():
        assert kind(wrap(FOUR)) == ODD
