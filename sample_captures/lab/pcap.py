"""Captures as files: merging tcpdump's into one in order of time, and one as pcapng."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NANOSECOND_MAGIC = 0xA1B23C4D
ETHERNET = 1
HEADER = struct.Struct("=IHHIIII")
RECORD = struct.Struct("=IIII")


class Record(NamedTuple):
    """A frame and when it was captured; frames are compared by time first, so a list of them sorts."""

    seconds: int
    nanoseconds: int
    frame: bytes


def read_pcap(path: Path) -> list[Record]:
    """Read a capture as this machine's tcpdump writes it: own byte order, nanoseconds, whole Ethernet frames."""
    content = path.read_bytes()
    magic, *_, link_type = HEADER.unpack_from(content)
    if (magic, link_type) != (NANOSECOND_MAGIC, ETHERNET):
        raise ValueError(f"{path} is not a capture of this lab")
    records, place = [], HEADER.size
    while place < len(content):
        seconds, nanoseconds, length, _ = RECORD.unpack_from(content, place)
        place += RECORD.size
        records.append(Record(seconds, nanoseconds, content[place : place + length]))
        place += length
    return records


def write_pcap(path: Path, records: Iterable[Record]) -> None:
    """Write the records in the order given."""
    with path.open("wb") as out:
        out.write(HEADER.pack(NANOSECOND_MAGIC, 2, 4, 0, 0, 1 << 18, ETHERNET))
        for seconds, nanoseconds, frame in records:
            out.write(RECORD.pack(seconds, nanoseconds, len(frame), len(frame)) + frame)


def write_pcapng(path: Path, records: Iterable[Record], *, interface: str) -> None:
    """Write one section with one interface of nanosecond resolution (draft-ietf-opsawg-pcapng §4.1 to §4.3)."""
    with path.open("wb") as out:
        out.write(_block(0x0A0D0D0A, struct.pack("=IHHq", 0x1A2B3C4D, 1, 0, -1)))
        options = _option(2, interface.encode()) + _option(9, b"\x09") + _option(0, b"")
        out.write(_block(0x00000001, struct.pack("=HHI", ETHERNET, 0, 1 << 18) + options))
        for seconds, nanoseconds, frame in records:
            high, low = divmod(seconds * 10**9 + nanoseconds, 1 << 32)
            head = struct.pack("=IIIII", 0, high, low, len(frame), len(frame))
            out.write(_block(0x00000006, head + _padded(frame)))


def _block(kind: int, body: bytes) -> bytes:
    length = len(body) + 12
    return struct.pack("=II", kind, length) + body + struct.pack("=I", length)


def _option(code: int, value: bytes) -> bytes:
    return struct.pack("=HH", code, len(value)) + _padded(value)


def _padded(value: bytes) -> bytes:
    return value + b"\0" * (-len(value) % 4)
