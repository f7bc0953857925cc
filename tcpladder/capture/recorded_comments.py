"""Comments that a capture itself has on its packets (opt_comment of pcapng).

Reading a capture takes no note of them, so that it is as quick as without: they are looked for when somebody wants
them, in the headers of many blocks at once. pcap files have none; what only tshark can read it rewrites, without
dissecting it.
"""

import math
import struct
import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tcpladder.annotations.sidecar import Annotations, load
from tcpladder.annotations.wording import worth_showing
from tcpladder.capture.blocks import COMMENT, blocks_of, options_in, options_of
from tcpladder.capture.native.content import Content, Places
from tcpladder.capture.native.pcap import MAGIC_NUMBERS
from tcpladder.capture.native.pcapng import (
    END_OF_OPTIONS,
    LEAST_SECTION,
    MAGIC_NUMBER,
    MOST_OPTIONS,
    OLD_PACKET,
    ORDERS,
    PACKET,
    SIMPLE_PACKET,
    PcapngRecords,
    is_strange_block,
)
from tcpladder.capture.native.source import Source
from tcpladder.capture.native.walking import walk
from tcpladder.capture.tshark_binary import Tshark, find_tshark
from tcpladder.capture.tshark_job import CancelledError, Job
from tcpladder.capture.tshark_rewriting import rewritten
from tcpladder.errors import TsharkError

AT_ONCE = 8 << 20
MOST, LONGEST, MOST_TEXT = 100_000, 4096, 16 << 20
"""Packets with comments, and characters of one packet's and of all comments, that are taken note of."""
MOST_BYTES = 4 * LONGEST
_HEADER = 28  # bytes of a packet's block before the packet

Commented = tuple[int, bytes]
"""The number of a frame, and a comment on it as it stands in the file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedComments:
    """The comments on packets, by frame number in order; a notice says where not all are there."""

    by_frame: Mapping[int, str]
    notices: tuple[str, ...] = ()


NO_COMMENTS = RecordedComments(by_frame={})


class _StrangeError(Exception):
    """Something that only tshark can tell."""


def written_about(
    path: Path, tshark: Tshark = None, *, files: tuple[Path, ...] = ()
) -> tuple[Annotations, tuple[str, ...]]:
    """Give what users wrote about a capture with its own comments beside it, and in sentences what is left out.

    `files` are those that were merged into it, if any were.
    """
    annotations = load(path, files=files)
    recorded = recorded_comments(path, tshark)
    annotations.show_comments(recorded.by_frame)
    return annotations, (*annotations.notices, *recorded.notices)


def recorded_comments(path: Path, tshark: Tshark = None, cancelled: threading.Event | None = None) -> RecordedComments:
    """Give the comments of a capture, as far as it can be read; none where it can't be, or when cancelled."""
    cancelled = cancelled or threading.Event()
    try:
        with Source(path) as source:
            content = Content(AT_ONCE)
            content.size = source.read_into(content.free()[:LEAST_SECTION])
            if bytes(content.buffer[:4]) in MAGIC_NUMBERS:
                return NO_COMMENTS
            content.size += source.read_into(content.free())
            try:
                return _gathered(_scanned(source, content, cancelled))
            except _StrangeError:
                pass
        return _gathered(_by_tshark(path, tshark, cancelled))
    except (OSError, TsharkError, CancelledError):
        return NO_COMMENTS


def _gathered(found: Iterable[Commented]) -> RecordedComments:
    """Put together what is said of each packet, a line a comment, as far as there is room for it."""
    told: dict[int, str] = {}
    size = 0
    for frame, comments in groupby(found, key=itemgetter(0)):
        if len(told) == MOST or size > MOST_TEXT:
            sentence = f"Of the comments in the capture those from no.{frame} on are not shown"
            return RecordedComments(by_frame=told, notices=(sentence,))
        texts = (comment[:MOST_BYTES].decode(errors="replace").strip("\0 \r\n\t") for _, comment in comments)
        words = "\n".join(worth_showing(text for text in texts if text))
        if words:
            told[frame] = words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
            size += len(told[frame])
    return RecordedComments(by_frame=told)


def _by_tshark(path: Path, tshark: Tshark, cancelled: threading.Event) -> Iterator[Commented]:
    binary = find_tshark(tshark)
    job = Job(binary.path, math.inf, cancelled, binary.arguments)
    number = 0
    with rewritten(path, job) as stream:
        for block in blocks_of(stream, is_from_tshark=True):
            if block.frame is not None:
                number += 1
                yield from ((number, value) for code, value in options_of(block) if code == COMMENT)
                if number % 4096 == 0:
                    job.check()


def _scanned(source: Source, content: Content, cancelled: threading.Event) -> Iterator[Commented]:
    """Give the comments of a pcapng file, up to where it is cut off or damaged. Raises _StrangeError."""
    if content.buffer[:4] != MAGIC_NUMBER:
        raise _StrangeError
    number, order = 0, "<"
    while not cancelled.is_set():
        at = 0
        while at + LEAST_SECTION <= content.size:
            if content.buffer[at : at + 4] == MAGIC_NUMBER:
                order = ORDERS.get(bytes(content.buffer[at + 8 : at + 12]), "")
                length = struct.unpack_from(f"{order}I", content.buffer, at + 4)[0] if order else 0
                if length < LEAST_SECTION or at + length > content.size:
                    break
                at += length
                continue
            places, end = walk(PcapngRecords(order), content, at)
            if end == at:
                break
            number = yield from _comments(content, places, order, number)
            at = end
        if content.size < content.capacity:  # there is no more of it
            return
        if not at:  # a block that is larger than what is read at once, or damaged
            raise _StrangeError
        content.drop(at, AT_ONCE)
        content.size += source.read_into(content.free())


def _comments(content: Content, places: Places, order: str, number: int) -> Generator[Commented, None, int]:
    """Give the comments in whole blocks behind frame `number`; returns the number of the last frame in them."""
    head = content.rows(places, _HEADER).view(f"{order}u4").reshape(-1, _HEADER // 4)
    kinds, totals, captured = (head[:, place].astype(np.int64) for place in (0, 1, 5))
    if is_strange_block(kinds).any():
        raise _StrangeError
    has_options = (kinds == PACKET) | (kinds == OLD_PACKET)
    numbers = number + np.cumsum(has_options | (kinds == SIMPLE_PACKET))
    begins, stops = places + _HEADER + captured + -captured % 4, places + totals - 4
    rows = np.flatnonzero(has_options & (begins < stops))
    for row in rows[_have_comments(content, begins[rows], stops[rows], order)].tolist():
        options = bytes(content.buffer[begins[row] : stops[row]])
        yield from ((int(numbers[row]), value) for code, value in options_in(options, order) if code == COMMENT)
    return int(numbers[-1]) if len(numbers) else number


def _have_comments(content: Content, begins: Places, stops: Places, order: str) -> npt.NDArray[np.bool_]:
    """Tell in which stretches of options there is a comment, or may be one behind very many others."""
    found = np.zeros(len(begins), np.bool_)
    at, left = begins.copy(), np.arange(len(begins))
    for _ in range(MOST_OPTIONS):
        left = left[at[left] < stops[left]]
        if not len(left):
            return found
        code, length = (content.values(at[left] + place, f"{order}u2") for place in (0, 2))
        found[left] |= code == COMMENT
        at[left] += 4 + length + -length % 4
        left = left[(code != COMMENT) & (code != END_OF_OPTIONS)]
    found[left] = True
    return found
