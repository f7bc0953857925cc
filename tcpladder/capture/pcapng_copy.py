"""Chosen frames of a capture as pcapng, frame by frame, with comments beside those that they have.

What a section says of itself, interfaces with all their options, names and the statistics of interfaces go along; time
stamps stay bit by bit what they were. These do not go along: secrets to decrypt with, which nobody means to pass on
with some packets; blocks whose kind is not known or is a program's own, of which nobody can say what they hold, or
which other places of the file they speak of.

What only tshark can read it rewrites as pcapng, through a pipe; of a damaged file there is what comes before.
"""

import math
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt

from tcpladder.capture.blocks import (
    COMMENT,
    LONGEST_OPTION,
    NAMES,
    PCAP_HEADER,
    PCAP_RECORD,
    READ_SIZE,
    STATISTICS,
    Block,
    blocks_of,
    opened,
    options_of,
    padded,
    written_block,
    written_options,
)
from tcpladder.capture.native.content import Content
from tcpladder.capture.native.pcap import pcap_file
from tcpladder.capture.native.pcapng import INTERFACE, OLD_PACKET, PACKET, RESOLUTION, SECTION, SIMPLE_PACKET
from tcpladder.capture.tshark_binary import Tshark, find_tshark
from tcpladder.capture.tshark_job import Job
from tcpladder.capture.tshark_rewriting import rewritten
from tcpladder.errors import CaptureError, quoted

HASH = 3  # of a packet: of its bytes as they were
NANOSECONDS, MICROSECONDS = b"\x09", b"\x06"
HINT = "Was the file changed since it was opened? Does tshark open it by itself?"
NO_LINK = -1
AT_ONCE = 4096  # pieces that are written together

# What of an interface and of a packet says how to read it; all else describes who captured what, where.
_BARE = {INTERFACE: (9, 13, 14), PACKET: (2, 4, 5, 6)}

Said = tuple[int, Sequence[str]]
"""A frame's number, and what is to be said of it, a comment each."""
_END: Said = (1 << 62, ())
Rewrite = Callable[[bytes, int, int], bytes]
"""Gives other bytes for those of a frame, by its link type as pcapng numbers them and its length on the wire.

There are none where none may be copied.
"""
LEFT_OUT = "no bytes of this packet are here: what it holds could not be rewritten"
Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How frames are copied. With `is_bare` goes only what is needed to read them: no names, comments, descriptions."""

    rewrite: Rewrite | None = None
    is_bare: bool = False


PLAIN = Manner()


def copy_frames(  # noqa: PLR0913 - what, from where, to where, how
    path: Path,
    frames: Int64Array,
    out: BinaryIO,
    said: Iterable[Said] = (),
    *,
    manner: Manner = PLAIN,
    tshark: Tshark = None,
    cancelled: threading.Event | None = None,
) -> None:
    """Write the frames with these numbers, which rise, as pcapng. What is `said` of frames comes in their order.

    Raises CaptureError where one can't be read, OSError when the file can't be opened or written, CancelledError.
    """
    job = Job("", math.inf, cancelled or threading.Event())
    copy = _Copy(_one_by_one(frames), iter(said), out, manner, job)
    with opened(path) as stream:
        if _is_known(stream):
            copy.take(blocks_of(stream))
    if copy.wanted:
        found = find_tshark(tshark)
        job = Job(found.path, math.inf, job.cancelled, found.arguments)
        with rewritten(path, job, int(frames[-1])) as stream:
            copy.take(blocks_of(stream, is_from_tshark=True))
    copy.finish()
    if copy.wanted:
        raise CaptureError(f"Frame {copy.wanted} of {quoted(path)} can't be read any more.", HINT)


def _one_by_one(numbers: Int64Array) -> Iterator[int]:
    """Give numbers one after the other: millions of them are much larger as a list."""
    for at in range(0, len(numbers), AT_ONCE):
        yield from numbers[at : at + AT_ONCE].tolist()


def _is_known(stream: BinaryIO) -> bool:
    """Tell whether this is a file that is understood here, and none of the many formats that look like pcap."""
    head = stream.peek(READ_SIZE)  # type: ignore[attr-defined]
    content = Content(len(head))
    content.free()[:] = head
    content.size = len(head)
    return head[:4] == SECTION.to_bytes(4) or pcap_file(content) is not None


@dataclass(slots=True)
class _Copy:
    """Takes the wanted frames out of pieces of a file, and what belongs to them, and writes them."""

    frames: Iterator[int]
    said: Iterator[Said]
    out: BinaryIO
    manner: Manner
    job: Job
    wanted: int = field(init=False)  # the next frame that is to be copied, 0 after the last
    _pieces: list[bytes] = field(default_factory=list)
    _links: list[int] = field(default_factory=list)  # of the section's interfaces
    _ticks: int = 0  # of a pcap file in a second
    _pcap: "_PcapFrames" = field(init=False)
    _next: Said | None = None
    _has_begun: bool = False

    def __post_init__(self) -> None:
        self.wanted = next(self.frames, 0)

    def take(self, blocks: Iterator[Block]) -> None:
        """Go through a file from its start; what was copied before is passed over."""
        number, wanted = 0, self.wanted
        for block in blocks:
            if block.frame is None:
                self._write(self._without_frame(block))
                continue
            number += 1
            if number % AT_ONCE == 0:
                self.job.check()
            if number != wanted:
                continue
            self._write(self._frame(block, self._comments(number)))
            wanted = self.wanted = next(self.frames, 0)
            if not wanted and block.kind == PCAP_RECORD:  # nothing but frames follows
                return

    def finish(self) -> None:
        """Write what is left; where there is nothing at all, it is a section of nothing."""
        if not self._has_begun:
            self._write(written_block(SECTION, "<", struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)))
        self._flush()

    def _flush(self) -> None:
        self.out.write(b"".join(self._pieces))
        self._pieces.clear()

    def _write(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self._has_begun = True
        if len(self._pieces) >= AT_ONCE:
            self._flush()

    def _comments(self, frame: int) -> Sequence[str]:
        while self._next is None or self._next[0] < frame:
            self._next = next(self.said, _END)
        return self._next[1] if self._next[0] == frame else ()

    # -- pieces without a frame -----------------------------------------------------------------

    def _without_frame(self, block: Block) -> bytes:
        match block.kind:
            case kind if kind == PCAP_HEADER:
                return self._section_of_pcap(block)
            case kind if kind == SECTION:
                self._links = []
                return self._section(block)
            case kind if kind == INTERFACE:
                self._links += struct.unpack_from(f"{block.order}H", block.data, 8)
                return self._bare(block, 16) if self.manner.is_bare else block.data
            case kind if kind in (NAMES, STATISTICS):
                return b"" if self.manner.is_bare else block.data
        return b""

    def _section(self, block: Block) -> bytes:
        """Copy a section's header; how long the section is, is not said: it is another one."""
        end = len(block.data) - 4
        options = b"" if self.manner.is_bare else block.data[24:end]
        return written_block(SECTION, block.order, block.data[8:16] + b"\xff" * 8 + options)

    def _section_of_pcap(self, block: Block) -> bytes:
        """Begin a section with the one interface that a pcap file has."""
        order = block.order
        is_fine = block.data[:4] in (b"\x4d\x3c\xb2\xa1", b"\xa1\xb2\x3c\x4d")
        snap_length, link = struct.unpack_from(f"{order}II", block.data, 16)
        self._links, self._ticks = [link], 10**9 if is_fine else 10**6
        self._pcap = _PcapFrames(order, self._ticks)
        options = written_options([(RESOLUTION, NANOSECONDS if is_fine else MICROSECONDS)], order)
        return written_block(SECTION, order, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1)) + written_block(
            INTERFACE, order, struct.pack(f"{order}HHI", link, 0, snap_length) + options
        )

    def _bare(self, block: Block, begin: int) -> bytes:
        kept = [(code, value) for code, value in options_of(block) if code in _BARE[block.kind]]
        return written_block(block.kind, block.order, block.data[8:begin] + written_options(kept, block.order))

    # -- frames ---------------------------------------------------------------------------------

    def _frame(self, block: Block, comments: Sequence[str]) -> bytes:
        if block.kind == PCAP_RECORD:
            return self._frame_of_pcap(block, comments)
        if self.manner == PLAIN and not comments:
            return block.data
        if block.kind == SIMPLE_PACKET:
            block = _enhanced(block)
        if block.kind not in (PACKET, OLD_PACKET):  # nothing that is known, which holds no segment either
            return b""
        order, is_bare = block.order, self.manner.is_bare
        (interface,) = struct.unpack_from(f"{order}I" if block.kind == PACKET else f"{order}H", block.data, 8)
        link = self._links[interface] if interface < len(self._links) else NO_LINK
        lengths, data, comments = self._data(block, link, struct.unpack_from(f"{order}I", block.data, 24)[0], comments)
        kept = [
            (code, value)
            for code, value in options_of(block)
            if not (code == HASH and self.manner.rewrite) and not (is_bare and code not in _BARE[PACKET])
        ]
        options = written_options([*kept, *_new(comments, kept)], order)
        return written_block(block.kind, order, block.data[8:20] + lengths + data + options)

    def _frame_of_pcap(self, block: Block, comments: Sequence[str]) -> bytes:
        order = block.order
        if not comments and not self.manner.rewrite:
            return self._pcap.packet(block.data)
        seconds, fraction, wire = struct.unpack_from(f"{order}II4xI", block.data)
        lengths, data, comments = self._data(block, self._links[0], wire, comments)
        head = struct.pack(f"{order}III", 0, *divmod(seconds * self._ticks + fraction, 1 << 32))
        options = written_options(_new(comments, []), order) if comments else b""
        return written_block(PACKET, order, b"".join((head, lengths, data, options)))

    def _data(self, block: Block, link: int, wire: int, comments: Sequence[str]) -> tuple[bytes, bytes, Sequence[str]]:
        """Give a frame's lengths, as captured and on the wire, its bytes as they are to be written, and comments."""
        data = block.content
        if self.manner.rewrite:
            data = self.manner.rewrite(data, link, wire)
            wire = max(wire, len(data))
            if block.content and not data:
                comments = [*comments, LEFT_OUT]
        return struct.pack(f"{block.order}II", len(data), wire), padded(data), comments


class _PcapFrames:
    """Makes blocks of a pcap file's records as they are: there may be millions."""

    def __init__(self, order: str, ticks: int) -> None:
        self._record, self._length = struct.Struct(f"{order}IIII"), struct.Struct(f"{order}I")
        self._head = struct.Struct(f"{order}IIIIIII")
        self._ticks = ticks

    def packet(self, record: bytes) -> bytes:
        seconds, fraction, captured, wire = self._record.unpack_from(record)
        high, low = divmod(seconds * self._ticks + fraction, 1 << 32)
        padding = bytes(-captured % 4)
        length = self._head.size + captured + len(padding) + self._length.size
        head = self._head.pack(PACKET, length, 0, high, low, captured, wire)
        return b"".join((head, record[self._record.size :], padding, self._length.pack(length)))


def _enhanced(block: Block) -> Block:
    """Make a packet that can have options of one that can't; it has no time."""
    (wire,) = struct.unpack_from(f"{block.order}I", block.data, 8)
    data = block.content
    body = struct.pack(f"{block.order}IIIII", 0, 0, 0, len(data), wire) + padded(data)
    return Block(PACKET, block.order, written_block(PACKET, block.order, body), slice(28, 28 + len(data)))


def _new(comments: Sequence[str], kept: Sequence[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """Give comments as options, without those that the packet has already."""
    texts = (comment.encode(errors="replace")[:LONGEST_OPTION] for comment in comments)
    options = ((COMMENT, text.decode(errors="ignore").encode()) for text in texts)  # no half of a character
    return [option for option in options if option not in kept]
