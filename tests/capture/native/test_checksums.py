"""Checksums of segments that are wholly there; nothing is said about the others."""

import struct

import numpy as np
import pytest

from tcpladder.capture.native.checksums import checksums
from tcpladder.capture.native.datagrams import ipv4, ipv6
from tcpladder.capture.native.segments import TCP_FIELDS
from tcpladder.packets.checksums import BAD, GOOD, LEFT_TO_CARD, MODULUS
from tests.capture.native.contents import frames_in
from tests.capture.wrapping import TCP, Packet, checksum, ip6, segment

FOUR = segment(payload=b"abcde")
SIX = ip6(FOUR, TCP, FOUR.data[20:])
PAYLOAD = (0x6162 + 0x6364 + 0x6500) % MODULUS


def pseudo_header(packet: Packet, length: int) -> bytes:
    if packet.data[0] >> 4 == 6:
        return packet.data[8:40] + struct.pack(">II", length, TCP)
    return packet.data[12:20] + struct.pack(">HH", TCP, length)


def tcp_of(packet: Packet) -> bytes:
    return packet.data[40 if packet.data[0] >> 4 == 6 else 20 :]


def with_checksum(packet: Packet, value: int) -> Packet:
    at = len(packet.data) - len(tcp_of(packet)) + 16
    return Packet(packet.time, packet.data[:at] + struct.pack(">H", value) + packet.data[at + 2 :])


def right(packet: Packet) -> int:
    segment_bytes = tcp_of(packet)
    return checksum(pseudo_header(packet, len(segment_bytes)) + segment_bytes + b"\0" * (len(segment_bytes) % 2))


def told(packet: Packet, captured: int | None = None) -> tuple[int | None, int | None]:
    """Give status and payload sum, None where they are not known."""
    length = len(packet.data) if captured is None else captured
    content, frames = frames_in([packet.data[:length], bytes(60)], 101, [len(packet.data), 60])
    frames = frames.chosen(slice(0, 1))
    read = ipv6 if packet.data[0] >> 4 == 6 else ipv4
    datagrams = read(content, frames.starts, frames.captured, frames.wire)
    head = content.rows(datagrams.starts, TCP_FIELDS.itemsize).view(TCP_FIELDS)
    found = checksums(content, head, datagrams, np.array([20]), np.array([0]))
    status, payload = found["checksum_status"].tolist()[0], found["payload_sum"].tolist()[0]
    return status if found["is_checked"][0] else None, payload if found["has_sum"][0] else None


@pytest.mark.parametrize("packet", [FOUR, SIX], ids=["4", "6"])
def test_verdicts(packet: Packet) -> None:
    length = len(tcp_of(packet))
    good = right(packet)
    assert told(with_checksum(packet, good)) == (GOOD, PAYLOAD)
    assert told(with_checksum(packet, good ^ 1)) == (BAD, None)
    for left in (length, 0):  # cards that cut datagrams into segments fill in the length too
        assert told(with_checksum(packet, 0xFFFF - checksum(pseudo_header(packet, left)))) == (LEFT_TO_CARD, None)


@pytest.mark.parametrize("packet", [FOUR, SIX], ids=["4", "6"])
def test_nothing_is_said_about_what_is_cut(packet: Packet) -> None:
    assert told(with_checksum(packet, right(packet)), len(packet.data) - 1) == (None, None)


def test_zero_and_all_ones_are_the_same_number() -> None:
    packet = next(packet for packet in (segment(seq=seq) for seq in range(1 << 16)) if right(packet) == 0)
    assert told(with_checksum(packet, 0)) == told(with_checksum(packet, 0xFFFF)) == (GOOD, 0)
