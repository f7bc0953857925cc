"""What a capture reader is, and what it hands over."""

import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tcpladder.capture.tshark_binary import Tshark
from tcpladder.packets.addresses import AddressBook

AUTO = "auto"


class Confidence(enum.IntEnum):
    """How sure a reader is, from a file's first bytes, that it can read the file."""

    NO = 0
    LAST_RESORT = 1
    YES = 2


class NoticeKind(enum.StrEnum):
    """What a notice is about. The values are stable: they appear in JSON output."""

    INCOMPLETE = "incomplete"  # reading ended before the file did, or the file before its last packet
    SKIPPED = "skipped"  # frames that hold TCP and could not become a segment
    MERGED = "merged"  # captures that were put together: what is to be known about which
    NO_TCP = "no-tcp"  # the file was read and has no TCP segments
    DISGUISED = "disguised"  # what tells who was talking was replaced after it was read


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptureNotice:
    """Something about the file that whoever looks at it should know; one sentence."""

    kind: NoticeKind
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Some segments in frame order (`packets.schema.CAPTURED`), and how far in the file they reach.

    `position` is in bytes of the uncompressed file, None where nothing new is known. A batch may be empty:
    it then only gives the caller the chance to stop.
    """

    segments: pl.DataFrame
    position: int | None = None
    notices: tuple[CaptureNotice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """What to read, and with what."""

    path: Path
    addresses: AddressBook
    tshark: Tshark = None  # what the user says of it
    reader: str = AUTO  # the name of the reader to take, or AUTO for the surest


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A way of reading captures. Closing the iterator that `read` gives ends the reading at once.

    `read` raises CaptureError where nothing can be read; damage further on is a notice, and what came
    before it is kept.
    """

    name: str
    recognises: Callable[[bytes], Confidence]
    read: Callable[[ReadRequest], Iterator[Batch]]
    needs_tshark: bool = False
