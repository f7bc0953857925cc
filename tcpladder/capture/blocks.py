"""pcap and pcapng files as the pieces that they are made of, one after the other, and the options in a block.

(draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.) Frames are counted as the readers count them.
"""

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, NamedTuple

import numpy as np

from tcpladder.capture.native.pcap import FILE_HEADER, MAGIC_NUMBERS, RECORD_HEADER
from tcpladder.capture.native.pcapng import (
    END_OF_OPTIONS,
    INTERFACE,
    LEAST_BLOCK,
    LEAST_INTERFACE,
    LEAST_PACKET,
    LEAST_SECTION,
    LEAST_SIMPLE,
    MAGIC_NUMBER,
    OLD_PACKET,
    ORDERS,
    PACKET,
    SECTION,
    SIMPLE_PACKET,
    is_strange_block,
)
from tcpladder.capture.native.source import Source

READ_SIZE = 1 << 20
LARGEST_RECORD = 64 << 20
LONGEST_OPTION = (1 << 16) - 1

PCAP_HEADER, PCAP_RECORD = -1, -2
"""What the pieces of pcap files are, beside the kinds of pcapng's blocks."""
NAMES, STATISTICS, SECRETS = 4, 5, 10
COMMENT = 1
"""The option that any block may have."""
_HEADERS = {PACKET: 28, OLD_PACKET: 28, SIMPLE_PACKET: 12}
_LEAST = {
    SECTION: LEAST_SECTION,
    INTERFACE: LEAST_INTERFACE,
    PACKET: LEAST_PACKET,
    OLD_PACKET: LEAST_PACKET,
    SIMPLE_PACKET: LEAST_SIMPLE,
}
NOTHING = slice(0, 0)


class Block(NamedTuple):
    """A piece of a file: what it is, its byte order (`<` or `>`), its bytes, and where in them those of a frame are."""

    kind: int
    order: str
    data: bytes
    frame: slice | None

    @property
    def content(self) -> bytes:
        """The frame's bytes, as far as they were captured."""
        return b"" if self.frame is None else self.data[self.frame]


class _Stream(io.RawIOBase):
    """A source as a stream."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def readable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]
        return self._source.read_into(room)


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file as a stream of its bytes, decompressed where it is compressed in a way that is known here."""
    with Source(path) as source:
        yield io.BufferedReader(_Stream(source), READ_SIZE)


def blocks_of(stream: IO[bytes], *, is_from_tshark: bool = False) -> Iterator[Block]:
    """Cut a file into its pieces; ends before the first piece that is cut off, damaged or not understood.

    Blocks that are frames for some tshark and for others not are not understood. In what a tshark has written they are
    frames, of which nothing is known: that tshark has read them as such.
    """
    magic = stream.read(4)
    if magic in MAGIC_NUMBERS:
        order = "<" if magic[0] in b"\xd4\x4d" else ">"
        return _pcap_blocks(magic + stream.read(FILE_HEADER - 4), stream, order)
    if magic == MAGIC_NUMBER:
        return _pcapng_blocks(magic, stream, is_from_tshark=is_from_tshark)
    return iter(())


def _pcap_blocks(header: bytes, stream: IO[bytes], order: str) -> Iterator[Block]:
    yield Block(PCAP_HEADER, order, header, None)
    captured = struct.Struct(f"{order}8xI4x")
    read = stream.read
    while len(record := read(RECORD_HEADER)) == RECORD_HEADER:
        (length,) = captured.unpack(record)
        if length > LARGEST_RECORD or len(data := read(length)) < length:
            return
        yield Block(PCAP_RECORD, order, record + data, slice(RECORD_HEADER, RECORD_HEADER + length))


def _whole_blocks(start: bytes, stream: IO[bytes]) -> Iterator[tuple[int, str, bytes]]:
    """Give kind, byte order and bytes of the blocks of pcapng, up to the first that is cut off or damaged."""
    order = "<"
    head = struct.Struct("<II")
    while len(start := start + stream.read(LEAST_BLOCK - len(start))) == LEAST_BLOCK:
        if start[:4] == MAGIC_NUMBER:  # the same in both byte orders; the order of all else follows it
            if (found := ORDERS.get(start[8:12])) is None:
                return
            order, head = found, struct.Struct(f"{found}II")
        kind, length = head.unpack_from(start)
        if not _LEAST.get(kind, LEAST_BLOCK) <= length <= LARGEST_RECORD or length % 4:
            return
        block = start + stream.read(length - LEAST_BLOCK)
        if len(block) < length or block[-4:] != start[4:8]:
            return
        yield kind, order, block
        start = b""


def _pcapng_blocks(start: bytes, stream: IO[bytes], *, is_from_tshark: bool) -> Iterator[Block]:
    snap_length: int | None = None  # of the section's first interface, which simple packets belong to
    for kind, order, block in _whole_blocks(start, stream):
        frame = None
        if kind in _HEADERS:
            begin = _HEADERS[kind]
            (size,) = struct.unpack_from(f"{order}I", block, 8 if kind == SIMPLE_PACKET else 20)
            if kind == SIMPLE_PACKET:
                size = min(size, snap_length or size)
            if begin + size > len(block) - 4:
                return
            frame = slice(begin, begin + size)
        elif kind == SECTION:
            snap_length = None
        elif kind == INTERFACE and snap_length is None:
            (snap_length,) = struct.unpack_from(f"{order}I", block, 12)
        elif is_strange_block(np.array(kind)):
            if not is_from_tshark:
                return
            frame = NOTHING
        yield Block(kind, order, block, frame)


def options_in(body: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Give the codes and values of options; ends at the end of options, or before the first that does not fit."""
    at, head = 0, struct.Struct(f"{order}HH")
    while at + head.size <= len(body):
        code, length = head.unpack_from(body, at)
        at += head.size
        if code == END_OF_OPTIONS or at + length > len(body):
            return
        yield code, body[at : at + length]
        at += length + -length % 4


def written_options(options: list[tuple[int, bytes]], order: str) -> bytes:
    """Write options as they stand in a block, none as nothing."""
    if not options:
        return b""
    head = struct.Struct(f"{order}HH")
    parts = [head.pack(code, len(value)) + padded(value) for code, value in options]
    return b"".join(parts) + head.pack(END_OF_OPTIONS, 0)


def options_place(block: Block) -> int:
    """Give where in a block of pcapng its options begin; its end where this kind has none that are known here."""
    if block.kind in (PACKET, OLD_PACKET) and block.frame is not None:
        stop = block.frame.stop
        return int(stop + -stop % 4)
    return {SECTION: 24, INTERFACE: 16, STATISTICS: 20}.get(block.kind, len(block.data) - 4)


def options_of(block: Block) -> Iterator[tuple[int, bytes]]:
    """Give the options of a section, an interface, statistics or a packet."""
    return options_in(block.data[options_place(block) : -4], block.order)


def written_block(kind: int, order: str, body: bytes) -> bytes:
    """Write a block of pcapng."""
    head = struct.pack(f"{order}II", kind, len(body) + LEAST_BLOCK)
    return b"".join((head, body, head[4:]))


def padded(data: bytes) -> bytes:
    """Fill up to a multiple of four bytes."""
    return data + bytes(-len(data) % 4)
