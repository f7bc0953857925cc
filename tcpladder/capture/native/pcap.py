"""pcap files (draft-ietf-opsawg-pcap): their header, and the records behind it."""

import struct
from dataclasses import dataclass

import numpy as np

from tcpladder.capture.native.content import Content, Places
from tcpladder.capture.native.frames import LONGEST, Frames, State, Stretch
from tcpladder.capture.native.walking import walk

FILE_HEADER, RECORD_HEADER = 24, 16
LARGEST_FRAME = 262_144
"""More than any capturing program writes: a record that says so is damaged."""

VERSION = (2, 4)
NANOSECOND = 10**9
_ORDERS = {  # by the magic number: byte order, and how many ns the fraction's unit has
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}
MAGIC_NUMBERS = tuple(_ORDERS)
MOST_TRIES = 32  # at a start, before a stretch is given up
TRIED_RECORDS, MOST_TRIED_LENGTH = 3, 1 << 27  # by which the formats are told apart that have the same magic number


@dataclass(frozen=True, slots=True)
class PcapRecords:
    """How the records of a file with this byte order follow each other."""

    order: str

    def length(self, content: Content, at: int) -> int:
        """Give the length of the record at a place, with its header; 0 if it is not whole or not to be walked over."""
        if at + RECORD_HEADER > content.size:
            return 0
        (captured,) = struct.unpack_from(f"{self.order}I", content.buffer, at + 8)
        end = at + RECORD_HEADER + captured
        return RECORD_HEADER + captured if captured <= LARGEST_FRAME and end <= content.size else 0

    def lengths(self, content: Content, places: Places) -> Places:
        """Give the same for many places."""
        captured = content.values(places + 8, f"{self.order}u4")
        lengths = captured + RECORD_HEADER
        lengths[(captured > LARGEST_FRAME) | (places + lengths > content.size)] = 0
        return lengths

    def find(self, content: Content, at: int, stop: int, example: int) -> int | None:
        """Find two records in a row whose seconds have the upper half of the example's."""
        within = 2 if self.order == "<" else 0
        wanted = bytes(content.buffer[example + within : example + within + 2])
        place = at - 1
        for _ in range(MOST_TRIES):
            place = content.buffer.find(wanted, place + 1 + within, stop) - within
            if place < at:
                return None
            following = place + self._plausible(content, place)
            is_alike = content.buffer[following + within : following + within + 2] == wanted
            if following > place and is_alike and self._plausible(content, following):
                return place
        return None

    def _plausible(self, content: Content, at: int) -> int:
        if at + RECORD_HEADER > content.size:
            return 0
        fraction, captured, wire = struct.unpack_from(f"{self.order}III", content.buffer, at + 4)
        whole = captured <= wire and captured <= LARGEST_FRAME and fraction < NANOSECOND
        return RECORD_HEADER + captured if whole and at + RECORD_HEADER + captured <= content.size else 0


@dataclass(frozen=True, slots=True)
class PcapFile:
    """What a file's header says: byte order, ns in the unit of the fraction of a second, link type."""

    records: PcapRecords
    unit: int
    link: int

    def stretch(self, content: Content, at: int, number: int) -> Stretch:
        """Read the whole records from `at` on; `number` is that of the first frame."""
        places, end = walk(self.records, content, at)
        is_damaged = end + RECORD_HEADER <= content.size and self._captured(content, end) > LARGEST_FRAME
        return Stretch(
            frames=self._frames(content, places, number),
            end=end,
            state=State.DAMAGED if is_damaged else State.UNFINISHED,
        )

    def is_plain(self, content: Content) -> bool:
        """Tell whether the first records are what they should be: else this is one of the formats like pcap."""
        at = FILE_HEADER
        for _ in range(TRIED_RECORDS):
            if at + RECORD_HEADER > content.size:
                return True
            fraction, captured, wire = struct.unpack_from(f"{self.records.order}III", content.buffer, at + 4)
            if captured > wire or wire > MOST_TRIED_LENGTH or fraction * self.unit >= NANOSECOND:
                return False
            at += RECORD_HEADER + captured
        return True

    def _captured(self, content: Content, at: int) -> int:
        (captured,) = struct.unpack_from(f"{self.records.order}I", content.buffer, at + 8)
        return int(captured)

    def _frames(self, content: Content, places: Places, first: int) -> Frames:
        order = self.records.order
        seconds, fraction, captured, wire = (
            content.rows(places, RECORD_HEADER).view(f"{order}u4").reshape(-1, 4).T.astype(np.int64)
        )
        return Frames(
            numbers=np.arange(first, first + len(places), dtype=np.int64),
            starts=places + RECORD_HEADER,
            captured=captured,
            wire=np.minimum(wire, LONGEST),
            times=seconds * NANOSECOND + fraction * self.unit,
            positions=places + content.base,
            links=np.broadcast_to(np.int64(self.link), len(places)),
        )


def pcap_file(content: Content) -> PcapFile | None:
    """Read the file's header; None where it is none, or one of the many that have the same magic number."""
    magic = bytes(content.buffer[:4])
    if magic not in _ORDERS or content.size < FILE_HEADER:
        return None
    order, unit = _ORDERS[magic]
    major, minor, link = struct.unpack_from(f"{order}HH12xI", content.buffer, 4)
    file = PcapFile(PcapRecords(order), unit, link)
    # The upper half tells of frame check sequences, or of a user's own meaning.
    is_known = (major, minor) == VERSION and link < 1 << 16
    return file if is_known and file.is_plain(content) else None
