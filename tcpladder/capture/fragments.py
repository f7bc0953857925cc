"""IP fragments (RFC 791 §3.2, RFC 8200 §4.5): the frames without which a segment is not whole.

A segment that came in fragments has the number of the frame with which it was whole. Fragments of datagrams inside
tunnels, and behind link layers that are not known here, are not looked for.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.capture.blocks import PCAP_HEADER, PCAP_RECORD, Block, blocks_of, opened
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
from tcpladder.capture.native.pcapng import INTERFACE, PACKET, SECTION, SIMPLE_PACKET

Int64Array = npt.NDArray[np.int64]

LEAST_HEADERS = 34
"""Bytes of an Ethernet and an IPv4 header: a frame that has not as many beside its segment has not all of it."""
MOST_WAITING = 65_536
"""Datagrams that fragments are remembered of: where there are more, the oldest are forgotten."""

_TYPE_AT = {ETHERNET: 12, LINUX_SLL: 14, LINUX_SLL2: 0}
_NETWORK_AT = {
    ETHERNET: 14, LINUX_SLL: 16, LINUX_SLL2: 20, NULL: 4, LOOP: 4, RAW: 0, RAW_BSD: 0, RAW_OPENBSD: 0, IPV4_ONLY: 0,
    IPV6_ONLY: 0,
}  # fmt: skip
_TAGS = (b"\x81\x00", b"\x88\xa8", b"\x91\x00")
_EXTENSIONS, _FRAGMENT = (0, 43, 60), 44
_MOST_HEADERS = 8


def perhaps_fragmented(segments: pl.DataFrame) -> Int64Array:
    """Give the frames of those segments (`packets.schema.CAPTURED`) that may have come in fragments."""
    length = pl.col("header_length").cast(pl.Int64).fill_null(0) + pl.col("payload_length") + LEAST_HEADERS
    return segments.filter(pl.col("wire_length") < length)["frame"].to_numpy().astype(np.int64)


def with_fragments(path: Path, frames: Int64Array, perhaps: Int64Array) -> Int64Array:
    """Add to frames (rising) those with the fragments of their segments.

    `perhaps` has the frames of all segments that may have come in fragments. Raises OSError when the file can't be
    opened.
    """
    wanted = set(np.intersect1d(perhaps, frames).tolist())
    if not wanted:
        return frames
    ends, last = set(perhaps.tolist()), max(wanted)
    waiting: dict[bytes, list[int]] = {}
    found: list[int] = []
    with opened(path) as stream:
        for number, (link, data) in enumerate(_frames(blocks_of(stream)), start=1):
            key = fragment_of(link, data)
            if key is not None:
                waiting.setdefault(key, []).append(number)
                if number in ends:
                    found += waiting.pop(key) if number in wanted else ()
                    waiting.pop(key, None)
                elif len(waiting) > MOST_WAITING:
                    del waiting[next(iter(waiting))]
            if number >= last:
                break
    return np.union1d(frames, np.array(found, np.int64))


def _frames(blocks: Iterator[Block]) -> Iterator[tuple[int, bytes]]:
    """Give link type and bytes of each frame."""
    links: list[int] = []
    for block in blocks:
        if block.frame is None:
            if block.kind == SECTION:
                links = []
            elif block.kind in (INTERFACE, PCAP_HEADER):
                place = f"{block.order}H" if block.kind == INTERFACE else f"{block.order}I"
                links += struct.unpack_from(place, block.data, 8 if block.kind == INTERFACE else 20)
            continue
        interface = 0
        if block.kind not in (PCAP_RECORD, SIMPLE_PACKET):
            (interface,) = struct.unpack_from(f"{block.order}{'I' if block.kind == PACKET else 'H'}", block.data, 8)
        yield (links[interface] if interface < len(links) else -1), block.content


def fragment_of(link: int, data: bytes) -> bytes | None:
    """Give what fragments of one datagram have in common; None for a frame that is no fragment."""
    at = _NETWORK_AT.get(link)
    if at is None:
        return None
    if link in _TYPE_AT:
        type_at = _TYPE_AT[link]
        while data[type_at : type_at + 2] in _TAGS:
            type_at, at = at + 2, at + 4
        if data[type_at : type_at + 2] not in (b"\x08\x00", b"\x86\xdd"):
            return None
    version = data[at] >> 4 if at < len(data) else 0
    return _fragment4(data, at) if version == 4 else _fragment6(data, at) if version == 6 else None


def _fragment4(data: bytes, at: int) -> bytes | None:
    if len(data) < at + 20 or not int.from_bytes(data[at + 6 : at + 8]) & 0x3FFF:
        return None
    return data[at + 4 : at + 6] + data[at + 9 : at + 10] + data[at + 12 : at + 20]


def _fragment6(data: bytes, at: int) -> bytes | None:
    addresses = data[at + 8 : at + 40]
    following, at = data[at + 6] if len(data) > at + 6 else -1, at + 40
    for _ in range(_MOST_HEADERS):
        if len(data) < at + 8:
            return None
        if following == _FRAGMENT:
            is_part = int.from_bytes(data[at + 2 : at + 4]) & 0xFFF9
            return addresses + data[at + 4 : at + 8] if is_part else None
        if following not in _EXTENSIONS:
            return None
        following, at = data[at], at + 8 + 8 * data[at + 1]
    return None
