"""The bytes of frames in disguise: headers with other addresses and ports, and no payload.

Only what is understood is written: whatever else a frame has, none of its bytes are. What a header says that is neither
needed nor known to be harmless becomes zeros, at its place and of its length, so that what is behind it stays where it
is. (IEEE 802.3, 802.1Q; RFC 791, 8200, 9293; of tunnels RFC 2003, 2784, 3032, 4213, 7348, 8926, 3GPP TS 29.281.)

Right checksums are right afterwards, wrong ones wrong, and those that a network card was to fill in are as it would
find them. None tells of what was there: a wrong one is another wrong one.
"""

from functools import cache
from typing import NamedTuple, Self

from tcpladder.anonymity.disguise import Disguise
from tcpladder.capture.disguising.checksums import checksum, verdict
from tcpladder.capture.disguising.layers import (
    BEHIND_UDP,
    BRIDGED,
    IPV4,
    IPV6,
    LEAST_TYPE,
    PPP,
    StrangeError,
    behind_gre,
    behind_tags,
    by_version,
    need,
    number,
    put,
)
from tcpladder.capture.disguising.options import blank_destination_options, blank_ipv4_options, blank_tcp_options
from tcpladder.capture.native.datagrams import TCP_ESSENTIALS
from tcpladder.capture.native.links import (
    ETHERNET,
    IPV4_ONLY,
    IPV6_ONLY,
    LINUX_SLL,
    LINUX_SLL2,
    LOOP,
    NULL,
    RAW,
    RAW_BSD,
    RAW_OPENBSD,
)
from tcpladder.packets.checksums import MODULUS

ISL = (bytes.fromhex("01000c0000"), bytes.fromhex("0c000c0000"))
"""Where frames of Cisco's go that only look like Ethernet."""
OTHER_HARDWARE = (770, 778, 801, 802, 803, 804, 824)  # of which the protocol is no Ethernet type
FAMILIES = {2: IPV4, 24: IPV6, 28: IPV6, 30: IPV6}
TCP, IPIP, IP6IP, UDP, GRE = 6, 4, 41, 17, 47
HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION = 0, 43, 44, 60
MOBILE, MOBILE_LENGTH = 2, 24  # RFC 6275 §6.4.1
MOST_LAYERS = 16
CISCO, PPP_LINKS = 104, (9, 50)  # LINKTYPE_C_HDLC, LINKTYPE_PPP and LINKTYPE_PPP_HDLC


class _Around(NamedTuple):
    """What a header stands in: how many bytes were on the wire, and how many networks' headers are before it."""

    wire: int
    layers: int

    def within(self) -> Self:
        """Give the same for what is within one more."""
        return self._replace(layers=self.layers + 1)


class DisguisedFrames:
    """Rewrites frames (`pcapng_copy.Rewrite`); gives no bytes of those that are not understood, and counts them.

    Payload is left out. With `is_filled` zeros stand in its place, which a capture needs in which checksums are wrong:
    of segments without their payload nobody can tell.
    """

    def __init__(self, disguise: Disguise, *, is_filled: bool) -> None:
        self._address = disguise.addresses.of
        self._hardware = cache(disguise.addresses.hardware)
        self._port = cache(disguise.port)
        self._is_filled = is_filled
        self._links = {
            NULL: self._loopback,
            LOOP: self._loopback,
            ETHERNET: self._ethernet,
            LINUX_SLL: self._cooked,
            LINUX_SLL2: self._cooked2,
            CISCO: self._cisco,
            **dict.fromkeys(PPP_LINKS, self._ppp),
            **dict.fromkeys((RAW, RAW_BSD, RAW_OPENBSD, IPV4_ONLY, IPV6_ONLY), self._raw),
        }
        self.left_out = 0

    def __call__(self, data: bytes, link: int, wire: int) -> bytes:
        """Give what is to be written in place of a frame of a link type, of which so many bytes were on the wire."""
        frame = bytearray(data)
        try:
            if link not in self._links:
                raise StrangeError
            kind, at = self._links[link](frame, 0)
            end = self._network(frame, kind, at, _Around(wire, 0))
        except StrangeError:
            self.left_out += 1
            return b""
        return bytes(frame[:end])

    # -- links: each gives the type of what is behind it, and where that begins ------------------

    def _ethernet(self, frame: bytearray, at: int) -> tuple[int, int]:
        need(frame, at + 14)
        if frame[at : at + 5] in ISL:
            raise StrangeError
        self._replace_hardware(frame, at, 6)
        self._replace_hardware(frame, at + 6, 6)
        return behind_tags(frame, number(frame, at + 12), at + 14)

    def _cooked(self, frame: bytearray, at: int) -> tuple[int, int]:
        return self._cooked_header(frame, at, length=16, hardware=2, size=number(frame, at + 4), address=6, kind=14)

    def _cooked2(self, frame: bytearray, at: int) -> tuple[int, int]:
        need(frame, at + 20)
        return self._cooked_header(frame, at, length=20, hardware=8, size=frame[at + 11], address=12, kind=0)

    def _cooked_header(  # noqa: PLR0913 - where everything is
        self, frame: bytearray, at: int, *, length: int, hardware: int, size: int, address: int, kind: int
    ) -> tuple[int, int]:
        need(frame, at + length)
        if number(frame, at + hardware) in OTHER_HARDWARE:
            raise StrangeError
        used = min(size, 8)
        self._replace_hardware(frame, at + address, used)
        frame[at + address + used : at + address + 8] = bytes(8 - used)
        return behind_tags(frame, number(frame, at + kind), at + length)

    def _loopback(self, frame: bytearray, at: int) -> tuple[int, int]:
        need(frame, at + 4)
        family = min(int.from_bytes(frame[at : at + 4], order) for order in ("big", "little"))
        if family not in FAMILIES:
            raise StrangeError
        return FAMILIES[family], at + 4

    def _cisco(self, frame: bytearray, at: int) -> tuple[int, int]:
        need(frame, at + 4)
        return behind_tags(frame, max(number(frame, at + 2), LEAST_TYPE), at + 4)

    def _ppp(self, frame: bytearray, at: int) -> tuple[int, int]:
        """Step over PPP's header (RFC 1662 §3.1), which may lack the two bytes that are always the same."""
        at += 2 if frame[at : at + 2] == b"\xff\x03" else 0
        need(frame, at + 2)
        return PPP.get(number(frame, at), 0), at + 2

    def _raw(self, frame: bytearray, at: int) -> tuple[int, int]:
        return by_version(frame, at), at

    def _replace_hardware(self, frame: bytearray, at: int, size: int) -> None:
        if size:
            frame[at : at + size] = self._hardware(bytes(frame[at : at + size]))

    # -- networks: each gives where the bytes end that are to be written --------------------------

    def _network(self, frame: bytearray, kind: int, at: int, around: _Around) -> int:
        if around.layers > MOST_LAYERS:
            raise StrangeError
        if kind == IPV4:
            return self._ipv4(frame, at, around)
        if kind == IPV6:
            return self._ipv6(frame, at, around)
        if kind == BRIDGED:
            kind, at = self._ethernet(frame, at)
            return self._network(frame, kind, at, around.within())
        raise StrangeError

    def _ipv4(self, frame: bytearray, at: int, around: _Around) -> int:
        need(frame, at + 20)
        length = (frame[at] & 15) * 4
        total = number(frame, at + 2)
        is_fragment = number(frame, at + 6) & 0x3FFF
        if frame[at] >> 4 != 4 or length < 20 or is_fragment or (total and total < length):
            raise StrangeError
        need(frame, at + length)
        said = number(frame, at + 10)
        is_right = int.from_bytes(frame[at : at + length]) % MODULUS == 0
        ends = self._replace_addresses(frame, at + 12, 4)
        if not blank_ipv4_options(frame, at + 20, at + length):
            raise StrangeError
        frame[at + 10 : at + 12] = bytes(2)
        right = -int.from_bytes(frame[at : at + length]) % MODULUS
        if is_right:
            put(frame, at + 10, right)
        elif said:  # 0 is left to the network card
            put(frame, at + 10, right ^ 0x0100)
        end = min(at + total, around.wire) if total else around.wire
        return self._transport(frame, frame[at + 9], at + length, end, ends, around)

    def _ipv6(self, frame: bytearray, at: int, around: _Around) -> int:
        need(frame, at + 40)
        if frame[at] >> 4 != 6:
            raise StrangeError
        frame[at + 1] &= 0xF0  # the flow label is made of addresses and ports: RFC 6437 §3
        frame[at + 2 : at + 4] = bytes(2)
        size = number(frame, at + 4)
        end = min(at + 40 + size, around.wire) if size else around.wire
        ends = self._replace_addresses(frame, at + 8, 16)
        following, place = frame[at + 6], at + 40
        while following in (HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION):
            need(frame, place + 8)
            length = 8 if following == FRAGMENT else frame[place + 1] * 8 + 8
            need(frame, place + length)
            self._extension(frame, following, place, length)
            following, place = frame[place], place + length
        return self._transport(frame, following, place, end, ends, around)

    def _extension(self, frame: bytearray, kind: int, at: int, length: int) -> None:
        """Disguise an extension header (RFC 8200 §4)."""
        if kind == FRAGMENT:
            is_understood = not number(frame, at + 2) & 0xFFF9
        elif kind == ROUTING:
            is_understood = frame[at + 2] == MOBILE and not frame[at + 3] and length == MOBILE_LENGTH
            if is_understood:
                frame[at + 8 : at + 24] = self._address(bytes(frame[at + 8 : at + 24]))
        else:
            is_understood = blank_destination_options(frame, at + 2, at + length)
        if not is_understood:
            raise StrangeError

    def _replace_addresses(self, frame: bytearray, at: int, size: int) -> tuple[bytes, bytes]:
        """Disguise source and destination; give them as they were."""
        source, destination = (bytes(frame[begin : begin + size]) for begin in (at, at + size))
        frame[at : at + 2 * size] = self._address(source) + self._address(destination)
        return source, destination

    def _transport(  # noqa: PLR0913 - what is known of the datagram
        self, frame: bytearray, kind: int, at: int, end: int, ends: tuple[bytes, bytes], around: _Around
    ) -> int:
        if kind == TCP:
            return self._tcp(frame, at, end, ends)
        if kind in (IPIP, IP6IP):
            return self._network(frame, IPV4 if kind == IPIP else IPV6, at, around.within())
        if kind == GRE:
            return self._network(frame, *behind_gre(frame, at), around.within())
        if kind == UDP:
            need(frame, at + 8)
            source, port = number(frame, at), number(frame, at + 2)
            if port not in BEHIND_UDP:
                raise StrangeError
            inside = BEHIND_UDP[port](frame, at + 8)
            put(frame, at, self._port(ends[0], source))
            put(frame, at + 6, 0)
            return self._network(frame, *inside, around.within())
        raise StrangeError

    # -- TCP (RFC 9293 §3.1) -----------------------------------------------------------------------

    def _tcp(self, frame: bytearray, at: int, end: int, ends: tuple[bytes, bytes]) -> int:
        need(frame, at + TCP_ESSENTIALS)
        header = (frame[at + 12] >> 4) * 4
        if header < 20 or at + header > end:
            raise StrangeError
        is_summed_up = end <= len(frame) and (at + header == end or self._is_filled)
        told = verdict(frame, at, end, ends) if is_summed_up else None
        for place, host in zip((at, at + 2), ends, strict=True):
            put(frame, place, self._port(host, number(frame, place)))
        headers_end = min(at + header, len(frame))
        blank_tcp_options(frame, at + 20, headers_end)
        if told is None:
            frame[at + 16 : at + 18] = bytes(len(frame[at + 16 : at + 18]))
            return headers_end
        frame[headers_end:] = bytes(len(frame) - headers_end)  # what is behind the datagram too
        source, destination = map(self._address, ends)
        put(frame, at + 16, checksum(frame, at, end, (source, destination), told))
        return len(frame)
