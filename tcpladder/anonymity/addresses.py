"""Addresses in disguise: those that share a prefix share one of the same length afterwards, and none else.

The construction is that of Xu, Fan, Ammar and Moon (Prefix-Preserving IP Address Anonymization, ICNP 2002): whether a
bit of an address is turned over depends on the bits before it, and on the key. A keyed BLAKE2b (RFC 7693) decides on
the bits of a byte at once.

What an address is for does not change: addresses of a range with a meaning, say loopback, stay in it, and no others
come into it. An address that would come to lie in another range is taken for one to be disguised, until the outcome is
in its own; so the disguise stays one to one. Prefixes as long as the ranges' and longer are not touched by that, since
whatever shares them goes the same way.
"""

import socket
from functools import cache, lru_cache
from typing import NamedTuple

from tcpladder.anonymity.keys import Key, drawn

CACHED = 1 << 16
_FAMILIES = {4: socket.AF_INET, 16: socket.AF_INET6}


class Range(NamedTuple):
    """Addresses that mean something together: `bits` is their prefix, and their first `kept` bits stay."""

    bits: str
    kept: int


def _range(prefix: str, kept: int | None = None) -> Range:
    address, _, length = prefix.partition("/")
    packed = packed_address(address) or b""
    return Range(_bits(packed)[: int(length)], int(length) if kept is None else kept)


def packed_address(text: str) -> bytes | None:
    """Give the 4 or 16 bytes of an address; None for what is no address."""
    try:
        return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
    except (OSError, ValueError):
        return None


def written_address(packed: bytes) -> str:
    """Write an address of 4 or 16 bytes as the readers write it."""
    return socket.inet_ntop(_FAMILIES[len(packed)], packed)


def _bits(packed: bytes) -> str:
    return "".join(f"{byte:08b}" for byte in packed)


IPV4_RANGES = (
    _range("0.0.0.0/32"),  # unspecified
    _range("0.0.0.0/8"),  # this network: RFC 791 §3.2
    _range("10.0.0.0/8"),  # private: RFC 1918 §3
    _range("100.64.0.0/10"),  # shared by a provider's customers: RFC 6598 §7
    _range("127.0.0.1/32"),
    _range("127.0.0.0/8"),  # loopback: RFC 1122 §3.2.1.3
    _range("169.254.0.0/16"),  # link-local: RFC 3927 §2.1
    _range("172.16.0.0/12"),  # private
    _range("192.168.0.0/16"),  # private
    _range("224.0.0.0/4"),  # multicast: RFC 5771 §3
    _range("255.255.255.255/32"),  # everybody on the link
    _range("240.0.0.0/4"),  # for the future: RFC 1112 §4
)
IPV6_RANGES = (
    _range("::/128"),  # unspecified: RFC 4291 §2.5.2
    _range("::1/128"),  # loopback: RFC 4291 §2.5.3
    _range("::ffff:0:0/96"),  # IPv4 addresses: RFC 4291 §2.5.5.2
    _range("64:ff9b::/96"),  # the same, translated: RFC 6052 §2.1
    _range("2000::/3"),  # global
    _range("fc00::/8"),  # unique local: RFC 4193 §3.1
    _range("fd00::/8"),  # unique local, chosen by those who have it
    _range("fe80::/64"),  # link-local: RFC 4291 §2.5.6
    _range("fe80::/10"),
    _range("ff00::/8", kept=16),  # multicast, with flags and scope: RFC 4291 §2.7
)
_RANGES = {4: IPV4_RANGES, 16: IPV6_RANGES}
_ELSEWHERE = Range("", 0)


@lru_cache(CACHED)
def range_of(packed: bytes) -> Range:
    """Give the smallest range that an address is in; one of no bits where it is in none."""
    bits = _bits(packed)
    found = (each for each in _RANGES[len(packed)] if bits.startswith(each.bits))
    return max(found, key=lambda each: len(each.bits), default=_ELSEWHERE)


class Addresses:
    """Disguises addresses."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self.of = cache(self._of)
        self._turned = lru_cache(CACHED)(self._turns)

    def _of(self, packed: bytes) -> bytes:
        """Give what stands for an address of 4 or 16 bytes."""
        own = range_of(packed)
        found = self._mixed(packed, own.kept)
        while range_of(found) != own:
            found = self._mixed(found, own.kept)
        return found

    def text(self, address: str) -> str:
        """Give what stands for an address as it is written; for what is no IP address, a word."""
        packed = packed_address(address)
        if packed is None:
            return f"host-{drawn(self._key, 'host', address.encode(errors='surrogateescape'), 6).hex()}"
        return written_address(self.of(packed))

    def hardware(self, address: bytes) -> bytes:
        """Give what stands for a link layer's address; those of everybody and of nobody stay.

        Of six bytes, it is for a group where the address was, and else one that is locally administered (IEEE 802 §8).
        """
        if not address.strip(b"\0") or not address.strip(b"\xff"):
            return address
        found = drawn(self._key, "hardware", address, len(address))
        if len(address) != 6:
            return found
        return bytes([found[0] & 0xFC | 2 | address[0] & 1]) + found[1:]

    def _mixed(self, packed: bytes, kept: int) -> bytes:
        """Turn bits over, each as those before it and the key decide, but for the first that are to be kept."""
        found = bytearray()
        for at, byte in enumerate(packed):
            free = 0xFF >> min(max(kept - 8 * at, 0), 8)
            found.append(byte ^ (self._turned(packed[:at], byte, len(packed)) & free if free else 0))
        return bytes(found)

    def _turns(self, before: bytes, byte: int, size: int) -> int:
        """Tell which bits of a byte are turned over, by the bytes and bits before each."""
        decided = int.from_bytes(drawn(self._key, f"address{size}", before, 32))
        turns, node = 0, 1  # a node of the tree of the byte's prefixes: a 1, then the bits
        for place in range(7, -1, -1):
            turns |= (decided >> node & 1) << place
            node = node << 1 | byte >> place & 1
        return turns
