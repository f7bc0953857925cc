"""What each endpoint sent, as its peer's application reads it: the payload of all segments, put in order.

Of bytes that came several times the first copy counts, as for a receiver that has it already (RFC 9293 §3.10.7.4).
Where bytes are not there, it is said how many and why. What arrived behind a hole is delivered when the hole is filled.
"""

import bisect
import enum
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from tcpladder.packets.flags import ACK, FIN, RST, SYN
from tcpladder.sequence import distance
from tcpladder.tcp.numbers import Int64Array, integers
from tcpladder.tcp.states import Endpoint

LARGEST_WINDOW = 65535 << 14
"""RFC 7323 §2.3: nothing that is farther ahead than this belongs to the stream."""

MOST_DIFFERENCES = 1000
CHECKED_EVERY = 4096  # segments


class What(enum.IntEnum):
    """What a part of a conversation is. All but DATA stand for bytes that are not there, or not as they were sent."""

    DATA = 0
    NOT_CAPTURED = 1  # the receiver acknowledged them
    NOT_ACKNOWLEDGED = 2  # neither captured nor acknowledged: lost on the way, or by the capture
    SNAPPED = 3  # the snap length cut them off
    UNREAD = 4  # they are in the file, and could not be read
    DIFFERENT = 5  # a segment carries other bytes than the one before it that is kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One direction; `data` are the bytes that are there, without the missing ones.

    `retransmitted` counts bytes that came again, `missing` those that are not there, `different` those of copies that
    differ from what is kept, `stray` bytes that no window allows. `late` counts segments that filled a hole.
    """

    data: bytes
    retransmitted: int = 0
    missing: int = 0
    different: int = 0
    stray: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reassembly:
    """Both directions, and their parts in the order in which they were delivered.

    As columns (int64, shape (n,)), a row a part: whose it is (`senders`, Endpoint), what it is (`kinds`, What), where
    in the stream's `data` it begins, how many bytes it has there or stands for, how many bytes of the stream come
    before it (missing ones too), and which segment brought it; of a hole, the one behind it.
    """

    streams: tuple[Stream, Stream]
    senders: Int64Array
    kinds: Int64Array
    begins: Int64Array
    lengths: Int64Array
    offsets: Int64Array
    rows: Int64Array


@dataclass(slots=True)
class _Piece:
    """Bytes of a stream from one segment: `at` is where in the payloads they are, -1 where they are not known."""

    begin: int
    end: int
    row: int
    at: int


@dataclass(slots=True)
class _Side:
    """One direction while it is put together; offsets count from its first byte, or from where the capture joined."""

    data: bytes
    starts: list[int] = field(default_factory=list)  # of the pieces: they ascend, and do not overlap
    pieces: list[_Piece] = field(default_factory=list)
    unknown: list[tuple[_Piece, What]] = field(default_factory=list)
    kinds: dict[int, What] = field(default_factory=dict)  # why bytes are not known, by row
    differences: list[tuple[int, int, int]] = field(default_factory=list)  # row, offset, bytes
    reference: tuple[int, int] | None = None  # a sequence number, and its offset
    has_syn: bool = False
    highest: int = 0
    fin: int | None = None
    carried: int = 0
    different: int = 0
    stray: int = 0
    late: int = 0
    acked: int | None = None  # by the peer's latest ACK
    most_acked: int = 0

    def place(self, seq: int) -> int:
        """Give a sequence number's offset: of all that it may stand for, the one nearest to what was there last."""
        if self.reference is None:
            self.reference = (seq, 0)
        known, offset = self.reference
        return offset + distance(known, seq)

    def synchronise(self, seq: int) -> None:
        """Begin at a SYN, unless there is data already."""
        if not self.pieces and not self.unknown:
            self.reference, self.has_syn, self.highest = (seq + 1, 0), True, 0

    def acknowledge(self, ack: int) -> None:
        if self.reference is None:
            return
        offset = self.place(ack)
        if offset - self.highest <= LARGEST_WINDOW:
            self.acked, self.most_acked = offset, max(self.most_acked, offset)

    def add(self, row: int, seq: int, length: int, at: int, captured: int) -> None:
        """Take a segment of `length` bytes, of which `captured` are at a place of the payloads; -1: could not be read.

        A byte below all that is expected is what a keep-alive carries (RFC 9293 §3.8.4), and no data.
        """
        begin = self.place(seq)
        end = begin + length
        if length == 1 and end == self.highest and self._is_keep_alive(at, captured):
            return
        self.carried += length
        if abs(begin - self.highest) > LARGEST_WINDOW or (self.has_syn and end <= 0):
            self.stray += length
            return
        unknown = What.UNREAD if captured < 0 else What.SNAPPED
        there = begin + max(captured, 0)
        if self.has_syn and begin < 0:
            self.stray -= begin
            at, begin, there = at - begin, 0, max(there, 0)
        if there > begin:
            is_behind = begin < self.highest
            is_new = self._insert(_Piece(begin, there, row, at))
            self.late += is_behind and is_new
        if there < end:
            self.unknown.append((_Piece(there, end, row, -1), unknown))
        if end > self.highest:
            self.highest, self.reference = end, (seq + length, end)

    def _is_keep_alive(self, at: int, captured: int) -> bool:
        """Tell whether one byte that repeats the last one is none of the stream: another one, or before the first."""
        if not self.pieces:
            return self.has_syn
        last = self.pieces[-1]
        is_same = (
            last.end == self.highest
            and captured == 1
            and self.data[last.at + last.end - last.begin - 1] == self.data[at]
        )
        return not is_same

    def fill_unknown(self) -> None:
        """Take the place of bytes that are in no segment as a whole."""
        for piece, what in self.unknown:
            self.kinds[piece.row] = what
            self._insert(piece)

    def _insert(self, new: _Piece) -> bool:
        """Put in what is new of a piece; compare the rest with what is there. Tells whether anything was new."""
        first = bisect.bisect_right(self.starts, new.begin) - 1
        if first < 0 or self.pieces[first].end <= new.begin:
            first += 1
        at, fresh = new.begin, []
        last = first
        while last < len(self.pieces) and self.pieces[last].begin < new.end:
            known = self.pieces[last]
            if known.begin > at:
                fresh.append(_part(new, at, known.begin))
            self._compare(known, new, max(at, known.begin), min(known.end, new.end))
            at = max(at, known.end)
            last += 1
        if at < new.end:
            fresh.append(_part(new, at, new.end))
        if fresh:
            merged = sorted([*self.pieces[first:last], *fresh], key=lambda piece: piece.begin)
            self.pieces[first:last] = merged
            self.starts[first:last] = [piece.begin for piece in merged]
        return bool(fresh)

    def _compare(self, known: _Piece, new: _Piece, begin: int, end: int) -> None:
        if new.at < 0 or known.at < 0 or begin >= end:
            return
        ours = self.data[known.at + begin - known.begin : known.at + end - known.begin]
        other = self.data[new.at + begin - new.begin : new.at + end - new.begin]
        if ours == other:
            return
        places = np.flatnonzero(np.frombuffer(ours, np.uint8) != np.frombuffer(other, np.uint8))
        self.different += len(places)
        if len(self.differences) < MOST_DIFFERENCES:
            self.differences.append((new.row, begin + int(places[0]), len(places)))


def _part(piece: _Piece, begin: int, end: int) -> _Piece:
    at = piece.at if piece.at < 0 else piece.at + begin - piece.begin
    return _Piece(begin, end, piece.row, at)


def reassemble(
    segments: pl.DataFrame,
    data: bytes,
    starts: Int64Array,
    lengths: Int64Array,
    *,
    is_stopped: Callable[[], bool] = lambda: False,
) -> Reassembly | None:
    """Put the payload of one connection's segments (in frame order) in order; None when `is_stopped` says so.

    Row by row, `lengths` bytes from `starts` on in `data` are what was captured of the segment's payload; a length of
    -1 says that it could not be read. What a RST carries is no part of the stream (RFC 9293 §3.5.3).
    """
    sides = (_Side(data), _Side(data))
    columns = (integers(segments, name).tolist() for name in ("flags", "seq", "ack", "payload_length"))
    rows = zip(segments["from_initiator"].to_list(), *columns, starts.tolist(), lengths.tolist(), strict=True)
    for row, (from_initiator, flags, seq, ack, length, at, captured) in enumerate(rows):
        if not row % CHECKED_EVERY and is_stopped():
            return None
        if flags & RST:
            continue
        own, other = sides if from_initiator else sides[::-1]
        if flags & SYN:
            own.synchronise(seq)
            seq += 1
        own.place(seq)
        if length:
            own.add(row, seq, length, at, min(captured, length))
        if flags & FIN:
            own.fin = own.place(seq + length)
        if flags & ACK:
            other.acknowledge(ack)
    for side in sides:
        side.fill_unknown()
    return _joined([_finished(side, sender, len(segments)) for sender, side in zip(Endpoint, sides, strict=True)])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Finished:
    """A stream and its parts in order: (delivered by which row, sender, kind, begin, length, offset, row)."""

    stream: Stream
    parts: list[tuple[int, int, int, int, int, int, int]]


def _finished(side: _Side, sender: Endpoint, rows: int) -> _Finished:
    pieces = side.pieces
    start = 0 if side.has_syn or not pieces else pieces[0].begin
    parts: list[tuple[int, int, int, int, int, int, int]] = []
    at, written, delivered = start, 0, 0
    for piece in pieces:
        delivered = max(delivered, piece.row)
        if piece.begin > at:
            parts.append((delivered, sender, _why(side, piece.begin), written, piece.begin - at, at - start, piece.row))
        length = piece.end - piece.begin
        kind = What.DATA if piece.at >= 0 else side.kinds[piece.row]
        parts.append((delivered, sender, kind, written, length, piece.begin - start, piece.row))
        written += length if kind is What.DATA else 0
        at = piece.end
    end = _end(side)
    if end > at:
        parts.append((rows, sender, _why(side, end), written, end - at, at - start, max(rows - 1, 0)))
    holes = sum(part[4] for part in parts if part[2] != What.DATA)
    parts += [(row, sender, What.DIFFERENT, 0, length, offset - start, row) for row, offset, length in side.differences]
    known = [piece for piece in pieces if piece.at >= 0]
    return _Finished(
        stream=Stream(
            data=b"".join(side.data[piece.at : piece.at + piece.end - piece.begin] for piece in known),
            retransmitted=side.carried - side.stray - sum(piece.end - piece.begin for piece in pieces),
            missing=holes,
            different=side.different,
            stray=side.stray,
            late=side.late,
        ),
        parts=parts,
    )


def _why(side: _Side, end: int) -> What:
    """Tell whether what was not captured reached its receiver."""
    return What.NOT_CAPTURED if side.most_acked >= end else What.NOT_ACKNOWLEDGED


def _end(side: _Side) -> int:
    """Give where a stream ends, as far as it is known: at its FIN, else at what the peer acknowledged last.

    One number more may be a FIN that was not captured.
    """
    if side.fin is not None:
        return side.fin if side.fin - side.highest <= LARGEST_WINDOW else side.highest
    acked = side.acked
    return acked if acked is not None and acked - side.highest > 1 else side.highest


def _joined(sides: list[_Finished]) -> Reassembly:
    parts = np.array(list(_all(sides)), np.int64).reshape(-1, 7)
    order = np.argsort(parts[:, 0], kind="stable")
    _, senders, kinds, begins, lengths, offsets, rows = parts[order].T
    return Reassembly(
        streams=(sides[0].stream, sides[1].stream),
        senders=senders,
        kinds=kinds,
        begins=begins,
        lengths=lengths,
        offsets=offsets,
        rows=rows,
    )


def _all(sides: list[_Finished]) -> Iterator[tuple[int, ...]]:
    for side in sides:
        yield from side.parts
