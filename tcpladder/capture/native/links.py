"""Link layers: where in a frame the IP header is, if there is one."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tcpladder.capture.native.content import Content, Places
from tcpladder.capture.native.frames import Frames

Kinds = npt.NDArray[np.uint8]

OTHER, IPV4, IPV6, ODD = 0, 4, 6, 1
"""What a frame holds: nothing that could be TCP, an IP datagram, or something that only tshark can tell."""

_TAG, _LENGTH = 2, 3  # one more tag follows; IEEE 802.3: a length stands in place of a type

NULL, ETHERNET, RAW_BSD, RAW_OPENBSD, RAW, LOOP, LINUX_SLL, IPV4_ONLY, IPV6_ONLY, LINUX_SLL2 = (
    0, 1, 12, 14, 101, 108, 113, 228, 229, 276,
)  # fmt: skip

MOST_TAGS = 4

_OTHER_TYPES = (
    0x0806, 0x8035,  # ARP, RARP
    0x0842,  # Wake-on-LAN
    0x2000,  # Cisco's discovery protocol
    0x8137,  # IPX
    0x8808, 0x8809,  # flow control, link aggregation
    0x8892, 0x88A4, 0x88B8,  # PROFINET, EtherCAT, GOOSE
    0x887B, 0x88E1, 0x8912,  # power lines
    0x888E,  # 802.1X
    0x8899,  # loop detection
    0x88CC, 0x88D9,  # discovery
    0x88F7,  # PTP
    0x8902,  # connectivity faults
    0x9000,  # loop test
)  # fmt: skip
_OTHER_SAPS = (0x42, 0xE0, 0xF0, 0xFF)  # spanning tree, IPX, NetBIOS, IPX without 802.2

_CISCO = (0x01000C00, 0x0C000C00)  # where ISL frames go; the fifth byte is 0 too


def _types() -> Kinds:
    kinds = np.full(1 << 16, ODD, np.uint8)
    kinds[:1536] = _LENGTH
    kinds[list(_OTHER_TYPES)] = OTHER
    kinds[[0x8100, 0x88A8, 0x9100]] = _TAG
    kinds[0x0800], kinds[0x86DD] = IPV4, IPV6
    return kinds


_TYPES = _types()
_ETHERNET_HEAD = np.dtype({"names": ["to", "to_end", "type"], "formats": [">u4", "u1", ">u2"], "offsets": [0, 4, 12]})


def networks(content: Content, frames: Frames) -> tuple[Kinds, Places]:
    """Tell for each frame what it holds, and where in the content that starts."""
    kinds = np.full(len(frames), ODD, np.uint8)
    places = frames.starts.copy()
    first = int(frames.links[0]) if len(frames) else ETHERNET
    if (frames.links == first).all():
        return _LINKS[first](content, frames) if first in _LINKS else (kinds, places)
    for link in np.unique(frames.links).tolist():
        if link in _LINKS:
            rows = np.flatnonzero(frames.links == link)
            kinds[rows], places[rows] = _LINKS[link](content, frames.chosen(rows))
    return kinds, places


def is_known(link: int) -> bool:
    """Tell whether frames of this link type are understood."""
    return link in _LINKS


def _ethernet(content: Content, frames: Frames) -> tuple[Kinds, Places]:
    head = content.rows(frames.starts, 14).view(_ETHERNET_HEAD)
    kinds = _TYPES[head["type"]]
    places = frames.starts + 14
    is_isl = np.isin(head["to"], _CISCO)
    _behind_tags(content, frames, kinds, places)
    if is_isl.any():
        kinds[is_isl & (head["to_end"] == 0)] = ODD
    return kinds, places


def _cooked(content: Content, frames: Frames) -> tuple[Kinds, Places]:
    return _behind_cooked_header(content, frames, length=16, protocol=14, hardware=2)


def _cooked2(content: Content, frames: Frames) -> tuple[Kinds, Places]:
    return _behind_cooked_header(content, frames, length=20, protocol=0, hardware=8)


# Ethernet, PPP, loopback, tunnels whose header is not shown, and none. Of others, the protocol has another meaning.
_COMMON_HARDWARE = (1, 512, 768, 769, 772, 776, 0xFFFE)


def _behind_cooked_header(
    content: Content, frames: Frames, *, length: int, protocol: int, hardware: int
) -> tuple[Kinds, Places]:
    kinds = _TYPES[content.values(frames.starts + protocol, ">u2")]
    kinds[~np.isin(content.values(frames.starts + hardware, ">u2"), _COMMON_HARDWARE) | (kinds == _LENGTH)] = ODD
    places = frames.starts + length
    _behind_tags(content, frames, kinds, places)
    return kinds, places


def _behind_tags(content: Content, frames: Frames, kinds: Kinds, places: Places) -> None:
    """Step over tags (IEEE 802.1Q §9) in place; what the frame is too short for is nothing."""
    for _ in range(MOST_TAGS):
        tagged = np.flatnonzero(kinds == _TAG)
        if not len(tagged):
            break
        kinds[tagged] = _TYPES[content.values(places[tagged] + 2, ">u2")]
        places[tagged] += 4
    kinds[kinds == _TAG] = ODD
    has_length = np.flatnonzero(kinds == _LENGTH)
    if len(has_length):
        saps = content.values(places[has_length], "u1")
        kinds[has_length] = np.where(np.isin(saps, _OTHER_SAPS), OTHER, ODD)
    kinds[frames.starts + frames.captured < places] = OTHER


# The address families that BSD systems have for IPv4 and IPv6, in either byte order.
_FAMILIES = {2: IPV4, 24: IPV6, 28: IPV6, 30: IPV6}


def _loopback(content: Content, frames: Frames) -> tuple[Kinds, Places]:
    family = content.values(frames.starts, "<u4")
    kinds = np.full(len(frames), ODD, np.uint8)
    for number, kind in _FAMILIES.items():
        kinds[(family == number) | (family == number << 24)] = kind
    kinds[frames.captured < 4] = OTHER
    return kinds, frames.starts + 4


def _raw(content: Content, frames: Frames) -> tuple[Kinds, Places]:
    version = content.values(frames.starts, "u1") >> 4
    kinds = np.where((version == IPV4) | (version == IPV6), version, ODD).astype(np.uint8)
    kinds[frames.captured < 1] = OTHER
    return kinds, frames.starts


def _only(kind: int) -> Callable[[Content, Frames], tuple[Kinds, Places]]:
    def network(_content: Content, frames: Frames) -> tuple[Kinds, Places]:
        return np.full(len(frames), kind, np.uint8), frames.starts

    return network


_LINKS: dict[int, Callable[[Content, Frames], tuple[Kinds, Places]]] = {
    NULL: _loopback,
    LOOP: _loopback,
    ETHERNET: _ethernet,
    RAW_BSD: _raw,
    RAW_OPENBSD: _raw,
    RAW: _raw,
    IPV4_ONLY: _only(IPV4),
    IPV6_ONLY: _only(IPV6),
    LINUX_SLL: _cooked,
    LINUX_SLL2: _cooked2,
}
