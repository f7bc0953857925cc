"""IP headers (RFC 791 §3.1, RFC 8200 §3): which datagrams hold a TCP segment, where it starts, how long it is.

Lengths are those of the datagram, but never more than there was on the wire. Where senders leave the cutting of
segments to the network card, the length may be 0: then it is what was on the wire.
"""

import functools
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from tcpladder.capture.native.content import Content, Places
from tcpladder.capture.native.frames import Choice, Numbers
from tcpladder.capture.native.links import ODD, OTHER, Kinds

SEGMENT = 7  # beside OTHER and ODD
CUT = 8  # a TCP segment of whose header too little was captured

TCP, UDP = 6, 17
TCP_HEADER = 20
TCP_ESSENTIALS = 16  # up to the window
V4_HEADER, V6_HEADER = 20, 40
MOST_EXTENSIONS = 8
LARGEST_EXTENSION = 64

_HOP_BY_HOP, _ROUTING, _DESTINATION_OPTIONS = 0, 43, 60
_EXTENSIONS = (_HOP_BY_HOP, _ROUTING, _DESTINATION_OPTIONS)
_PAD_1, _PAD_N = 0, 1  # RFC 8200 §4.2
_ALERT, _JUMBO = b"\x05\x02", b"\xc2\x04"  # RFC 2711 §2.1, RFC 2675 §2: kinds and lengths
_MOBILE, _MOBILE_LENGTH = 2, 24  # RFC 6275 §6.4.1; with no segments left, it changes nothing
_JUMBO_HEADER = np.dtype({"names": ["length", "kind", "size"], "formats": ["u1", ">u2", ">u4"], "offsets": [1, 2, 4]})
_LEAST_JUMBO = 1 << 16

# What tshark finds no TCP in, ever: ICMP (what it quotes is no segment), IGMP, EIGRP, OSPF, VRRP, SCTP, no next header.
# ESP is encrypted.
_OTHER_PROTOCOLS = (1, 2, 50, 58, 59, 88, 89, 112, 132)

# UDP ports behind which tshark may find another IP datagram.
_TUNNELS = (
    213, 434, 520, 521, 1194, 1701, 2048, 2067, 2123, 2152, 2222, 2268, 2887, 3386, 3503, 3544, 4305, 4306, 4307, 4341,
    4342, 4500, 4729, 4754, 4789, 4790, 4791, 5000, 5072, 5246, 5247, 5555, 6081, 6080, 6343, 6635, 8472, 8805, 8848,
    9901, 11898, 12000, 12001, 12002, 12003, 12004, 12220, 12222, 12223, 17754, 17755, 17756, 19788, 20000, 23272,
    24576, 24577, 37008, 49999,
)  # fmt: skip


def _protocols() -> Kinds:
    kinds = np.full(256, ODD, np.uint8)
    kinds[list(_OTHER_PROTOCOLS)] = OTHER
    kinds[TCP] = SEGMENT
    return kinds


def _ports() -> npt.NDArray[np.bool_]:
    is_tunnel = np.zeros(1 << 16, np.bool_)
    is_tunnel[list(_TUNNELS)] = True
    return is_tunnel


_PROTOCOLS, _IS_TUNNEL = _protocols(), _ports()

_V4 = np.dtype(
    {
        "names": ["version", "length", "id", "fragment", "ttl", "protocol", "source", "destination"],
        "formats": ["u1", ">u2", ">u2", ">u2", "u1", "u1", ">u4", ">u4"],
        "offsets": [0, 2, 4, 6, 8, 9, 12, 16],
        "itemsize": V4_HEADER,
    }
)
_V6 = np.dtype(
    {
        "names": ["version", "length", "next", "ttl", "source", "source_end", "destination", "destination_end"],
        "formats": ["u1", ">u2", "u1", "u1", ">u8", ">u8", ">u8", ">u8"],
        "offsets": [0, 4, 6, 7, 8, 16, 24, 32],
        "itemsize": V6_HEADER,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Datagrams:
    """As columns, a row a datagram: `kinds` is SEGMENT, CUT, ODD or OTHER; the rest counts only for SEGMENT.

    The TCP header is at `starts` in the content; `lengths` bytes of header and data were sent, of which `captured`
    are there. Addresses are numbers of shape (parts, rows).
    """

    kinds: Kinds
    starts: Places
    lengths: Numbers
    captured: Numbers
    ids: npt.NDArray[np.uint16]
    ttls: npt.NDArray[np.uint8]
    sources: npt.NDArray[np.uint64]
    destinations: npt.NDArray[np.uint64]

    def chosen(self, choice: Choice) -> Self:
        """Give some of the rows."""
        return type(self)(**{field.name: getattr(self, field.name)[..., choice] for field in fields(self)})


def ipv4(content: Content, places: Places, captured: Numbers, wire: Numbers) -> Datagrams:
    """Read IPv4 headers; `captured` and `wire` count the bytes from there on that are in the file, or were sent."""
    head = content.rows(places, V4_HEADER).view(_V4)
    words = head["version"].astype(np.int64)
    headers = (words & 15) * 4
    totals = head["length"].astype(np.int64)
    totals = np.minimum(np.where(totals == 0, wire, totals), wire)
    lengths = totals - headers
    starts = places + headers
    available = np.minimum(captured, totals) - headers
    kinds = _PROTOCOLS[head["protocol"]]
    kinds[(captured < V4_HEADER) | (words >> 4 != 4) | (headers < V4_HEADER)] = ODD
    _tell_segments(kinds, lengths, available)
    _tell_tunnels(content, kinds, head["protocol"] == UDP, starts, available)
    is_fragment = head["fragment"] & 0x3FFF != 0
    if is_fragment.any():
        kinds[is_fragment & (kinds != OTHER)] = ODD
        kinds[is_fragment & (head["protocol"] == UDP)] = ODD
    has_options = np.flatnonzero((headers > V4_HEADER) & (kinds != ODD))
    if len(has_options):
        _tell_source_routes(content, kinds, places, headers, has_options)
    return Datagrams(
        kinds=kinds,
        starts=starts,
        lengths=lengths,
        captured=available,
        ids=head["id"].astype(np.uint16),
        ttls=head["ttl"],
        sources=head["source"].astype(np.uint64)[None],
        destinations=head["destination"].astype(np.uint64)[None],
    )


def _tell_segments(kinds: Kinds, lengths: Numbers, available: Numbers) -> None:
    """Tell in place which segments are cut, or have less than the header they must have."""
    is_short = available < TCP_ESSENTIALS
    if is_short.any():
        kinds[is_short & (kinds == SEGMENT)] = CUT
    is_none = lengths < TCP_HEADER
    if is_none.any():
        kinds[is_none & ((kinds == SEGMENT) | (kinds == CUT))] = ODD


def _tell_tunnels(
    content: Content, kinds: Kinds, is_udp: npt.NDArray[np.bool_], starts: Places, available: Numbers
) -> None:
    """Tell in place which datagrams of UDP may hold another IP datagram."""
    rows = np.flatnonzero(is_udp & (kinds == ODD) & (available >= 0))
    if len(rows):
        ports = content.values(starts[rows], ">u4")
        is_tunnel = _IS_TUNNEL[ports >> 16] | _IS_TUNNEL[ports & 0xFFFF]
        kinds[rows] = np.where(is_tunnel & (available[rows] >= 8), ODD, OTHER)


_SOURCE_ROUTES = (131, 137)  # RFC 791 §3.1; they change what the checksum covers


def _tell_source_routes(content: Content, kinds: Kinds, places: Places, headers: Numbers, rows: Places) -> None:
    """Tell in place where a header's options may have one; any byte of that number is taken for it."""
    options = content.rows(places[rows] + V4_HEADER, 40).view(np.uint8).reshape(-1, 40)
    is_route = np.isin(options, _SOURCE_ROUTES) & (np.arange(40) < headers[rows, None] - V4_HEADER)
    kinds[rows[is_route.any(axis=1)]] = ODD


def ipv6(content: Content, places: Places, captured: Numbers, wire: Numbers) -> Datagrams:
    """Read IPv6 headers and the extension headers behind them, as `ipv4` does."""
    head = content.rows(places, V6_HEADER).view(_V6)
    sizes = head["length"].astype(np.int64)
    is_left_out = (sizes == 0) & (head["next"] == TCP)
    chain = _Chain(
        content=content,
        places=places,
        captured=captured,
        ends=np.minimum(np.where(is_left_out, wire, sizes + V6_HEADER), wire),
        following=head["next"].copy(),
        offsets=np.full(len(places), V6_HEADER, np.int64),
        is_odd=(captured < V6_HEADER) | (head["version"] >> 4 != 6) | ((sizes == 0) & ~is_left_out),
    )
    chain.read_jumbo_lengths(np.flatnonzero((sizes == 0) & (chain.following == _HOP_BY_HOP)), wire)
    chain.step_over_extensions()
    kinds = _PROTOCOLS[chain.following]
    kinds[chain.is_odd] = ODD
    starts = places + chain.offsets
    lengths = chain.ends - chain.offsets
    available = np.minimum(captured, chain.ends) - chain.offsets
    _tell_segments(kinds, lengths, available)
    _tell_tunnels(content, kinds, (chain.following == UDP) & ~chain.is_odd, starts, available)
    return Datagrams(
        kinds=kinds,
        starts=starts,
        lengths=lengths,
        captured=available,
        ids=np.zeros(len(places), np.uint16),
        ttls=head["ttl"],
        sources=np.array([head["source"], head["source_end"]], np.uint64),
        destinations=np.array([head["destination"], head["destination_end"]], np.uint64),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chain:
    """The headers of IPv6 datagrams, as far as they were gone through; all but what comes first is changed in place.

    `following` is the kind of what is at `offsets` from `places`; from there too, `ends` counts where datagrams end.
    """

    content: Content
    places: Places
    captured: Numbers
    ends: Numbers
    following: Kinds
    offsets: Numbers
    is_odd: npt.NDArray[np.bool_]

    def read_jumbo_lengths(self, rows: Places, wire: Numbers) -> None:
        """Take lengths from the option that says them (RFC 2675 §2), where the header says 0."""
        rows = rows[self.captured[rows] >= V6_HEADER + _JUMBO_HEADER.itemsize]
        head = self.content.rows(self.places[rows] + V6_HEADER, _JUMBO_HEADER.itemsize).view(_JUMBO_HEADER)
        is_jumbo = (head["length"] == 0) & (head["kind"] == int.from_bytes(_JUMBO)) & (head["size"] >= _LEAST_JUMBO)
        rows = rows[is_jumbo]
        self.ends[rows] = np.minimum(head["size"][is_jumbo].astype(np.int64) + V6_HEADER, wire[rows])
        self.is_odd[rows] = False

    def step_over_extensions(self) -> None:
        """Step over extension headers (RFC 8200 §4) that change nothing for TCP; the others are odd."""
        there = np.minimum(self.captured, self.ends)
        for _ in range(MOST_EXTENSIONS):
            rows = np.flatnonzero(np.isin(self.following, _EXTENSIONS) & ~self.is_odd)
            if not len(rows):
                return
            places = self.places[rows] + self.offsets[rows]
            head = self.content.rows(places, LARGEST_EXTENSION).view(np.uint8).reshape(len(rows), -1)
            lengths = head[:, 1].astype(np.int64) * 8 + 8
            is_short = self.offsets[rows] + lengths > there[rows]
            chains = zip(self.following[rows].tolist(), self.offsets[rows].tolist(), lengths.tolist(), strict=True)
            is_plain = [
                _is_plain_extension(kind, bytes(header[:length]), is_first=offset == V6_HEADER)
                for header, (kind, offset, length) in zip(head, chains, strict=True)
            ]
            self.is_odd[rows] = is_short | (lengths > LARGEST_EXTENSION) | ~np.array(is_plain)
            self.following[rows] = head[:, 0]
            self.offsets[rows] += lengths
        self.is_odd[np.isin(self.following, _EXTENSIONS)] = True


@functools.lru_cache(maxsize=1 << 12)
def _is_plain_extension(kind: int, header: bytes, *, is_first: bool) -> bool:
    """Tell whether a header is one of those that are common, well-formed, and of no consequence for TCP."""
    if kind == _ROUTING:
        return header[2:4] == bytes((_MOBILE, 0)) and len(header) == _MOBILE_LENGTH
    at = 2
    while at < len(header):
        length = 1 if header[at] == _PAD_1 else 2 + int.from_bytes(header[at + 1 : at + 2])
        is_known = header[at] in (_PAD_1, _PAD_N) or (is_first and header[at : at + 2] in (_ALERT, _JUMBO))
        if at + length > len(header) or not is_known:
            return False
        at += length
    return is_first or kind == _DESTINATION_OPTIONS
