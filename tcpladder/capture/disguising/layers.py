"""What stands before and between the headers of networks: tags, labels, tunnels. Each is stepped over.

The functions give the type (IEEE 802.3) of what comes behind, 0 where that is not known, and where it begins.
"""

from collections.abc import Callable

IPV4, IPV6, BRIDGED = 0x0800, 0x86DD, 0x6558
TAGS = (0x8100, 0x88A8, 0x9100)
LABELS = (0x8847, 0x8848)
PPPOE = 0x8864
PPP = {0x0021: IPV4, 0x0057: IPV6}
LEAST_TYPE = 0x0600  # below, it is a length
SNAP = bytes.fromhex("aaaa03000000")
VXLAN, GENEVE, GTP = 4789, 6081, 2152


class StrangeError(Exception):
    """There is something that is not understood."""


def need(frame: bytearray, end: int) -> None:
    """Raise StrangeError where a frame ends before that."""
    if len(frame) < end:
        raise StrangeError


def number(frame: bytearray, at: int) -> int:
    """Read 16 bits."""
    return int.from_bytes(frame[at : at + 2])


def put(frame: bytearray, at: int, value: int) -> None:
    """Write 16 bits."""
    frame[at : at + 2] = value.to_bytes(2)


def behind_tags(frame: bytearray, kind: int, at: int) -> tuple[int, int]:
    """Step over tags and labels, and what else stands before an IP header; they stay as they are."""
    while kind in TAGS:
        need(frame, at + 4)
        kind, at = number(frame, at + 2), at + 4
    if kind in LABELS:
        need(frame, at + 4)
        while not frame[at + 2] & 1:  # the bottom of the stack: RFC 3032 §2.1
            at += 4
            need(frame, at + 4)
        return by_version(frame, at + 4), at + 4
    if kind == PPPOE:
        need(frame, at + 8)
        return PPP.get(number(frame, at + 6), 0), at + 8
    if kind < LEAST_TYPE:
        need(frame, at + 8)
        return number(frame, at + 6) if frame[at : at + 6] == SNAP else 0, at + 8
    return kind, at


def by_version(frame: bytearray, at: int) -> int:
    """Tell which IP begins here."""
    need(frame, at + 1)
    return {4: IPV4, 6: IPV6}.get(frame[at] >> 4, 0)


def behind_gre(frame: bytearray, at: int) -> tuple[int, int]:
    """Step over GRE's header, where it has no checksum and no routes (RFC 2784, RFC 2890)."""
    need(frame, at + 4)
    flags = number(frame, at)
    if flags & ~0x3000:
        raise StrangeError
    return number(frame, at + 2), at + 4 + 4 * flags.bit_count()


def _behind_vxlan(frame: bytearray, at: int) -> tuple[int, int]:
    need(frame, at + 8)
    if frame[at] != 0x08:
        raise StrangeError
    frame[at + 1 : at + 4] = bytes(3)
    frame[at + 7] = 0
    return BRIDGED, at + 8


def _behind_geneve(frame: bytearray, at: int) -> tuple[int, int]:
    need(frame, at + 8)
    end = at + 8 + (frame[at] & 0x3F) * 4
    need(frame, end)
    frame[at + 8 : end] = bytes(end - at - 8)  # each four zeros are an option that nobody has: RFC 8926 §3.5
    frame[at + 7] = 0
    return number(frame, at + 2), end


def _behind_gtp(frame: bytearray, at: int) -> tuple[int, int]:
    """Step over the header of user data without extensions; the tunnel's number, a subscriber's, becomes 0."""
    need(frame, at + 8)
    if frame[at] & 0xFC != 0x30 or frame[at + 1] != 0xFF:
        raise StrangeError
    length = 12 if frame[at] & 3 else 8
    need(frame, at + length)
    frame[at + 4 : at + length] = bytes(length - 4)
    return by_version(frame, at + length), at + length


BEHIND_UDP: dict[int, Callable[[bytearray, int], tuple[int, int]]] = {
    VXLAN: _behind_vxlan,
    GENEVE: _behind_geneve,
    GTP: _behind_gtp,
}
