"""Ethernet frames with a TCP segment in them: what a policy reads of one, and what a middlebox makes of it."""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

FIN, SYN, RST, ACK = 0x01, 0x02, 0x04, 0x10

ETH_P_IP, ETH_P_IPV6 = 0x0800, 0x86DD
END_OF_OPTIONS, NO_OPERATION, TIMESTAMPS = 0, 1, 8
IP_AT = 14
"""Where the IP header begins."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Segment:
    """What a policy may decide on, and the frame that it came in."""

    from_client: bool
    flags: int
    seq: int
    ack: int
    payload_length: int
    frame: bytes
    tcp_at: int
    """Where the TCP header begins in the frame."""

    @property
    def end(self) -> int:
        """The sequence number behind the segment's last (RFC 9293 §3.3.1: SEG.SEQ + SEG.LEN)."""
        return (self.seq + self.payload_length + bool(self.flags & SYN) + bool(self.flags & FIN)) & 0xFFFF_FFFF


def parse_segment(frame: bytes, *, from_client: bool) -> Segment | None:
    """Read what a policy needs from an Ethernet frame; None if it holds no TCP. IPv6 extension headers are not read."""
    kind = struct.unpack_from("!H", frame, 12)[0]
    if kind == ETH_P_IP and frame[IP_AT + 9] == socket.IPPROTO_TCP:
        end = IP_AT + struct.unpack_from("!H", frame, IP_AT + 2)[0]
        tcp = IP_AT + (frame[IP_AT] & 0x0F) * 4
    elif kind == ETH_P_IPV6 and frame[IP_AT + 6] == socket.IPPROTO_TCP:
        tcp = IP_AT + 40
        end = tcp + struct.unpack_from("!H", frame, IP_AT + 4)[0]
    else:
        return None
    seq, ack = struct.unpack_from("!II", frame, tcp + 4)
    return Segment(
        from_client=from_client,
        flags=frame[tcp + 13],
        seq=seq,
        ack=ack,
        payload_length=end - tcp - (frame[tcp + 12] >> 4) * 4,
        frame=frame,
        tcp_at=tcp,
    )


def renumbered(segment: Segment, *, seq: int = 0, ack: int = 0) -> bytes:
    """Give an IPv4 frame with so much added to its sequence and its acknowledgment number."""
    frame = bytearray(segment.frame)
    numbers = ((segment.seq + seq) & 0xFFFF_FFFF, (segment.ack + ack) & 0xFFFF_FFFF)
    struct.pack_into("!II", frame, segment.tcp_at + 4, *numbers)
    return _with_checksums(frame, segment.tcp_at)


def restamped(segment: Segment, change: Callable[[int, int], tuple[int, int]]) -> bytes:
    """Give an IPv4 frame with other timestamps, made of its TSval and TSecr (RFC 7323 §3.2), if it has any."""
    frame, place = bytearray(segment.frame), _timestamps_at(segment)
    if place is not None:
        value, echo = change(*struct.unpack_from("!II", frame, place + 2))
        struct.pack_into("!II", frame, place + 2, value & 0xFFFF_FFFF, echo & 0xFFFF_FFFF)
    return _with_checksums(frame, segment.tcp_at)


def without_timestamps(segment: Segment) -> bytes:
    """Give an IPv4 frame that has no-operations in place of its timestamps (RFC 9293 §3.1)."""
    frame, place = bytearray(segment.frame), _timestamps_at(segment)
    if place is not None:
        frame[place : place + 10] = bytes([NO_OPERATION]) * 10
    return _with_checksums(frame, segment.tcp_at)


def _timestamps_at(segment: Segment) -> int | None:
    frame, place = segment.frame, segment.tcp_at + 20
    end = segment.tcp_at + (frame[segment.tcp_at + 12] >> 4) * 4
    while place < end and frame[place] not in (END_OF_OPTIONS, TIMESTAMPS):
        place += 1 if frame[place] == NO_OPERATION else frame[place + 1]
    return place if place < end and frame[place] == TIMESTAMPS else None


def congested(segment: Segment) -> bytes:
    """Give an IPv4 frame with the mark Congestion Experienced (RFC 3168 §5)."""
    frame = bytearray(segment.frame)
    frame[IP_AT + 1] |= 0b11
    return _with_checksums(frame, segment.tcp_at)


class Looks(NamedTuple):
    """What in an IP header betrays who made a packet."""

    ttl: int = 64
    identification: int = 0


OWN = Looks()
"""The looks of a host on the same Ethernet segment."""


def reset(segment: Segment, *, is_answer: bool, seq: int, ack: int | None = None, looks: Looks = OWN) -> bytes:
    """Make an RST from the segment's sender, or from its receiver if it `is_answer`; over IPv4, without options."""
    head, tcp = bytearray(segment.frame[: IP_AT + 20]), bytearray(20)
    tcp[:4] = segment.frame[segment.tcp_at : segment.tcp_at + 4]
    if is_answer:
        head[:6], head[6:12] = head[6:12], head[:6]
        head[IP_AT + 12 : IP_AT + 16], head[IP_AT + 16 : IP_AT + 20] = head[IP_AT + 16 :], head[IP_AT + 12 : IP_AT + 16]
        tcp[:2], tcp[2:4] = tcp[2:4], tcp[:2]
    head[IP_AT] = 0x45
    struct.pack_into("!HH", head, IP_AT + 2, 40, looks.identification)
    head[IP_AT + 8] = looks.ttl
    flags = RST if ack is None else RST | ACK
    struct.pack_into("!IIBB", tcp, 4, seq & 0xFFFF_FFFF, (ack or 0) & 0xFFFF_FFFF, 5 << 4, flags)
    return _with_checksums(head + tcp, IP_AT + 20)


def _with_checksums(frame: bytearray, tcp_at: int) -> bytes:
    """Fill in the checksums of IPv4 and of TCP (RFC 791 §3.1, RFC 9293 §3.1)."""
    end = IP_AT + struct.unpack_from("!H", frame, IP_AT + 2)[0]
    frame[IP_AT + 10 : IP_AT + 12] = b"\0\0"
    struct.pack_into("!H", frame, IP_AT + 10, _checksum(frame[IP_AT:tcp_at]))
    frame[tcp_at + 16 : tcp_at + 18] = b"\0\0"
    pseudo_header = frame[IP_AT + 12 : IP_AT + 20] + struct.pack("!HH", socket.IPPROTO_TCP, end - tcp_at)
    struct.pack_into("!H", frame, tcp_at + 16, _checksum(pseudo_header + frame[tcp_at:end]))
    return bytes(frame)


def _checksum(data: bytes | bytearray) -> int:
    padded = bytes(data) + b"\0" * (len(data) % 2)
    total: int = sum(word for (word,) in struct.iter_unpack("!H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total ^ 0xFFFF
