"""Puts recorded packets into other link types, tunnels and file formats, whose headers are written here by hand.

A `Packet` is an IP datagram and when it was captured. `packets_of` takes them from a recorded capture of Ethernet
frames; every function of LINKS and TUNNELS puts one into headers; `pcap` and `pcapng` write frames into a file.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple

ETHERNET, RAW, NULL, LINUX_SLL, LINUX_SLL2, LOOP = 1, 101, 0, 113, 276, 108
IPV4, IPV6, VLAN, SERVICE_VLAN, MPLS_UNICAST, TEB = 0x0800, 0x86DD, 0x8100, 0x88A8, 0x8847, 0x6558
TCP, UDP, GRE, IPIP, IP6IP = 6, 17, 47, 4, 41
OUTER4, OUTER6 = ("203.0.113.1", "203.0.113.2"), ("2001:db8:ffff::1", "2001:db8:ffff::2")
MACS = bytes.fromhex("00005e005301 00005e005302")
NANOSECOND = 10**9


class Packet(NamedTuple):
    """An IP datagram, and when it was captured, in ns since 1970."""

    time: int
    data: bytes

    @property
    def ethertype(self) -> int:
        return IPV6 if self.data[0] >> 4 == 6 else IPV4


class Frame(NamedTuple):
    """A record of a capture file; `wire_length` is more than `data` where the snap length cut it."""

    time: int
    data: bytes
    wire_length: int | None = None


def frames_of(path: Path) -> list[Frame]:
    """Read a pcap file of this machine's byte order."""
    content = path.read_bytes()
    (magic,) = struct.unpack_from("=I", content)
    scale = {0xA1B23C4D: 1, 0xA1B2C3D4: 1000}[magic]
    frames, place = [], 24
    while place < len(content):
        seconds, fraction, captured, wire = struct.unpack_from("=IIII", content, place)
        place += 16
        frames.append(Frame(seconds * NANOSECOND + fraction * scale, content[place : place + captured], wire))
        place += captured
    return frames


def packets_of(path: Path) -> list[Packet]:
    """Take the IP datagrams out of a capture of Ethernet frames."""
    return [Packet(frame.time, frame.data[14:]) for frame in frames_of(path)]


# Links


def ethernet(packet: Packet) -> bytes:
    return MACS + struct.pack(">H", packet.ethertype) + packet.data


def vlan(packet: Packet) -> bytes:
    """IEEE 802.1Q §9: a tag with priority 3, VLAN 42."""
    return MACS + struct.pack(">HHH", VLAN, 3 << 13 | 42, packet.ethertype) + packet.data


def qinq(packet: Packet) -> bytes:
    """IEEE 802.1ad: a service tag before the customer's."""
    return MACS + struct.pack(">HHHHH", SERVICE_VLAN, 7, VLAN, 42, packet.ethertype) + packet.data


def mpls(packet: Packet) -> bytes:
    """RFC 3032 §2.1: two labels, the second at the bottom of the stack."""
    labels = struct.pack(">II", 17 << 12 | 64, 18 << 12 | 1 << 8 | 64)
    return MACS + struct.pack(">H", MPLS_UNICAST) + labels + packet.data


def pseudowire(packet: Packet) -> bytes:
    """RFC 4448: a whole Ethernet frame behind an MPLS label and a control word."""
    return MACS + struct.pack(">HII", MPLS_UNICAST, 19 << 12 | 1 << 8 | 64, 0) + ethernet(packet)


def pppoe(packet: Packet) -> bytes:
    """RFC 2516 §4: a session, with PPP's protocol number."""
    protocol = 0x0057 if packet.ethertype == IPV6 else 0x0021
    head = struct.pack(">HBBHHH", 0x8864, 0x11, 0, 5, len(packet.data) + 2, protocol)
    return MACS + head + packet.data


def cooked(packet: Packet) -> bytes:
    """LINKTYPE_LINUX_SLL: packet type, ARPHRD, address length, address, protocol."""
    return struct.pack(">HHH8sH", 0, 1, 6, MACS[:6] + bytes(2), packet.ethertype) + packet.data


def cooked2(packet: Packet) -> bytes:
    """LINKTYPE_LINUX_SLL2: protocol, reserved, interface, ARPHRD, packet type, address length, address."""
    return struct.pack(">HHIHBB8s", packet.ethertype, 0, 3, 1, 0, 6, MACS[:6] + bytes(2)) + packet.data


def null(packet: Packet) -> bytes:
    """LINKTYPE_NULL: BSD's address family in the byte order of the capturing machine; 30 is macOS' AF_INET6."""
    return struct.pack("=I", 30 if packet.ethertype == IPV6 else 2) + packet.data


def loop(packet: Packet) -> bytes:
    """LINKTYPE_LOOP: the same as null, in network byte order; 24 is OpenBSD's AF_INET6."""
    return struct.pack(">I", 24 if packet.ethertype == IPV6 else 2) + packet.data


def raw(packet: Packet) -> bytes:
    return packet.data


LINKS: dict[str, tuple[int, Callable[[Packet], bytes]]] = {
    "ethernet": (ETHERNET, ethernet),
    "vlan": (ETHERNET, vlan),
    "qinq": (ETHERNET, qinq),
    "mpls": (ETHERNET, mpls),
    "pseudowire": (ETHERNET, pseudowire),
    "pppoe": (ETHERNET, pppoe),
    "cooked": (LINUX_SLL, cooked),
    "cooked2": (LINUX_SLL2, cooked2),
    "null": (NULL, null),
    "loop": (LOOP, loop),
    "raw": (RAW, raw),
}

# Tunnels: an IP datagram in another


def ip4(packet: Packet, protocol: int, data: bytes, addresses: tuple[str, str] = OUTER4) -> Packet:
    """Put data behind an IPv4 header (RFC 791 §3.1)."""
    source, destination = (ip_address(text).packed for text in addresses)
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(data), 7, 0, 99, protocol, 0, source, destination)
    return Packet(packet.time, head[:10] + struct.pack(">H", checksum(head)) + head[12:] + data)


def ip6(packet: Packet, protocol: int, data: bytes, addresses: tuple[str, str] = OUTER6) -> Packet:
    """Put data behind an IPv6 header (RFC 8200 §3)."""
    source, destination = (ip_address(text).packed for text in addresses)
    return Packet(packet.time, struct.pack(">IHBB16s16s", 6 << 28, len(data), protocol, 99, source, destination) + data)


def udp(port: int, data: bytes) -> bytes:
    """Put data behind a UDP header (RFC 768); checksum 0 is none."""
    return struct.pack(">HHHH", 49152, port, 8 + len(data), 0) + data


def gre(packet: Packet) -> Packet:
    """RFC 2784 §2.1."""
    return ip4(packet, GRE, struct.pack(">HH", 0, packet.ethertype) + packet.data)


def gre_with_key(packet: Packet) -> Packet:
    """RFC 2890 §2: with key and sequence number, over IPv6."""
    return ip6(packet, GRE, struct.pack(">HHII", 0x3000, packet.ethertype, 42, 7) + packet.data)


def gretap(packet: Packet) -> Packet:
    """An Ethernet frame in GRE: Transparent Ethernet Bridging."""
    return ip4(packet, GRE, struct.pack(">HH", 0, TEB) + ethernet(packet))


def vxlan(packet: Packet) -> Packet:
    """RFC 7348 §5."""
    return ip4(packet, UDP, udp(4789, struct.pack(">II", 1 << 27, 42 << 8) + ethernet(packet)))


def geneve(packet: Packet) -> Packet:
    """RFC 8926 §3.4."""
    return ip6(packet, UDP, udp(6081, struct.pack(">HHI", 0, TEB, 42 << 8) + ethernet(packet)))


def gtp(packet: Packet) -> Packet:
    """3GPP TS 29.281 §5.1: a G-PDU, with sequence number."""
    head = struct.pack(">BBHIHBB", 0x32, 0xFF, len(packet.data) + 4, 99, 7, 0, 0)
    return ip4(packet, UDP, udp(2152, head + packet.data))


def ip_in_4(packet: Packet) -> Packet:
    """IP-in-IP (RFC 2003), or 6in4 (RFC 4213 §3)."""
    return ip4(packet, IP6IP if packet.ethertype == IPV6 else IPIP, packet.data)


def ip_in_6(packet: Packet) -> Packet:
    """4in6, or 6in6 (RFC 2473)."""
    return ip6(packet, IP6IP if packet.ethertype == IPV6 else IPIP, packet.data)


def three_deep(packet: Packet) -> Packet:
    """IP in IPv6 in VXLAN in GRE over IPv4: outermost IPv4 again."""
    inside = ip6(
        packet, IP6IP if packet.ethertype == IPV6 else IPIP, packet.data, ("2001:db8:aaaa::1", "2001:db8:aaaa::2")
    )
    middle = ip4(
        packet, UDP, udp(4789, struct.pack(">II", 1 << 27, 42 << 8) + ethernet(inside)), ("10.1.1.1", "10.1.1.2")
    )
    return gre(middle)


TUNNELS: dict[str, tuple[Callable[[Packet], Packet], tuple[str, str]]] = {
    "gre": (gre, OUTER4),
    "gre-with-key": (gre_with_key, OUTER6),
    "gretap": (gretap, OUTER4),
    "vxlan": (vxlan, OUTER4),
    "geneve": (geneve, OUTER6),
    "gtp": (gtp, OUTER4),
    "ip-in-4": (ip_in_4, OUTER4),
    "ip-in-6": (ip_in_6, OUTER6),
    "three-deep": (three_deep, OUTER4),
}

# IPv6 extension headers, put between the IPv6 and the TCP header


def extended(packet: Packet, *headers: tuple[int, bytes]) -> Packet:
    """Insert extension headers, given as (number, content after its first byte), into an IPv6 datagram."""
    following = packet.data[6]
    chain = b""
    for number, content in reversed(headers):
        chain = bytes([following]) + content + chain
        following = number
    length = struct.pack(">H", len(packet.data) - 40 + len(chain))
    return Packet(
        packet.time, packet.data[:4] + length + bytes([following]) + packet.data[7:40] + chain + packet.data[40:]
    )


HOP_BY_HOP = (0, b"\0" + b"\1\4\0\0\0\0")
DESTINATION_OPTIONS = (60, b"\0" + b"\1\4\0\0\0\0")
ATOMIC_FRAGMENT = (44, b"\0" + struct.pack(">HI", 0, 77))  # RFC 6946: a fragment header on a whole datagram


def routing(kind: int, *addresses: str) -> tuple[int, bytes]:
    """A routing header that has done its work (Segments Left is 0); kind 2 is Mobile IPv6, 4 segment routing."""
    content = struct.pack(">BBBI", 2 * len(addresses), kind, 0, (len(addresses) - 1) << 24 if kind == 4 else 0)
    return 43, content + b"".join(ip_address(text).packed for text in addresses)


def fragments4(packet: Packet, size: int) -> list[Packet]:
    """Cut an IPv4 datagram into fragments of `size` bytes of payload (RFC 791 §3.2)."""
    payload = packet.data[20:]
    pieces = []
    for start in range(0, len(payload), size):
        piece = payload[start : start + size]
        more = 0x2000 if start + size < len(payload) else 0
        head = bytearray(packet.data[:20])
        struct.pack_into(">H", head, 2, 20 + len(piece))
        struct.pack_into(">H", head, 6, more | start // 8)
        struct.pack_into(">H", head, 10, 0)
        pieces.append(Packet(packet.time, bytes(head) + piece))
    return pieces


def fragments6(packet: Packet, size: int) -> list[Packet]:
    """The same for IPv6 (RFC 8200 §4.5)."""
    payload = packet.data[40:]
    pieces = []
    for start in range(0, len(payload), size):
        piece = payload[start : start + size]
        header = struct.pack(">BBHI", packet.data[6], 0, start | (start + size < len(payload)), 99)
        head = packet.data[:4] + struct.pack(">HB", len(header) + len(piece), 44) + packet.data[7:40]
        pieces.append(Packet(packet.time, head + header + piece))
    return pieces


def icmp_quoting(packet: Packet) -> Packet:
    """An ICMP or ICMPv6 "destination unreachable" that quotes a whole datagram (RFC 792, RFC 4443 §3.1)."""
    if packet.ethertype == IPV6:
        return ip6(packet, 58, struct.pack(">BBHI", 1, 4, 0, 0) + packet.data)
    return ip4(packet, 1, struct.pack(">BBHI", 3, 3, 0, 0) + packet.data)


# Segments made by hand


def segment(
    *,
    options: bytes = b"",
    payload: bytes = b"",
    data_offset: int | None = None,
    cut: int | None = None,
    flags: int = 0x10,
    seq: int = 1,
    ports: tuple[int, int] = (1025, 80),
    total_length: int | None = None,
    time: int = NANOSECOND,
) -> Packet:
    """An IPv4 datagram with a TCP header that may lie about itself; `cut` says how many bytes of TCP there are."""
    offset = 5 + (len(options) + 3) // 4 if data_offset is None else data_offset
    options = options.ljust(len(options) + -len(options) % 4, b"\0")
    tcp = struct.pack(">HHIIHHHH", *ports, seq, 1, offset << 12 | flags, 1000, 0, 0) + options + payload
    packet = ip4(Packet(time, b""), TCP, tcp[:cut], ("192.0.2.1", "192.0.2.2"))
    if total_length is None:
        return packet
    return Packet(time, packet.data[:2] + struct.pack(">H", total_length) + packet.data[4:])


def checksum(head: bytes) -> int:
    """RFC 1071 §1."""
    total: int = sum(struct.unpack(f">{len(head) // 2}H", head))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


# Files


def framed(packets: Iterable[Packet], link: Callable[[Packet], bytes] = ethernet) -> list[Frame]:
    return [Frame(packet.time, link(packet)) for packet in packets]


def pcap(frames: Sequence[Frame], *, link_type: int = ETHERNET, order: str = "<", ticks: int = NANOSECOND) -> bytes:
    """Write a pcap file (draft-ietf-opsawg-pcap §4) with time stamps of 1/`ticks` s, a million or a milliard."""
    magic = {NANOSECOND: 0xA1B23C4D, 10**6: 0xA1B2C3D4}[ticks]
    content = [struct.pack(f"{order}IHHIIII", magic, 2, 4, 0, 0, 1 << 18, link_type)]
    for time, data, wire_length in frames:
        seconds, fraction = divmod(time, NANOSECOND)
        fraction = fraction * ticks // NANOSECOND
        content.append(struct.pack(f"{order}IIII", seconds, fraction, len(data), wire_length or len(data)) + data)
    return b"".join(content)


def block(kind: int, body: bytes, order: str = "<") -> bytes:
    """Write a block of pcapng (draft-ietf-opsawg-pcapng §3.1)."""
    length = struct.pack(f"{order}I", len(body) + 12)
    return struct.pack(f"{order}I", kind) + length + body + length


def option(code: int, value: bytes, order: str = "<") -> bytes:
    """Write an option of a pcapng block."""
    return struct.pack(f"{order}HH", code, len(value)) + padded(value)


def padded(value: bytes) -> bytes:
    return value + b"\0" * (-len(value) % 4)


def section(order: str = "<", options: bytes = b"") -> bytes:
    """Write a section header block."""
    return block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1) + options, order)


def interface(link_type: int = ETHERNET, *, resolution: int = 9, order: str = "<", options: bytes = b"") -> bytes:
    """Write an interface description block; `resolution` as if_tsresol has it."""
    head = struct.pack(f"{order}HHI", link_type, 0, 0)
    return block(1, head + option(9, bytes([resolution]), order) + options + option(0, b"", order), order)


def enhanced(frame: Frame, *, at: int = 0, ticks: int = NANOSECOND, order: str = "<", comment: str = "") -> bytes:
    """Write an enhanced packet block for interface `at`."""
    high, low = divmod(frame.time * ticks // NANOSECOND, 1 << 32)
    length = len(frame.data)
    head = struct.pack(f"{order}IIIII", at, high, low, length, frame.wire_length or length)
    options = option(1, comment.encode(), order) + option(0, b"", order) if comment else b""
    return block(6, head + padded(frame.data) + options, order)


def pcapng(frames: Iterable[Frame], *, link_type: int = ETHERNET, order: str = "<", resolution: int = 9) -> bytes:
    """Write a pcapng file of one section with one interface."""
    ticks = 2 ** (resolution & 0x7F) if resolution & 0x80 else 10**resolution
    packets = (enhanced(frame, ticks=ticks, order=order) for frame in frames)
    return section(order) + interface(link_type, resolution=resolution, order=order) + b"".join(packets)
