"""Sequence numbers and windows of one connection as its labels tell them, for the rows that are looked at.

What `tcp.numbers` works out for all segments at once is given here for one row at a time, after a few passes over raw
columns: a ladder of a million segments is on the screen before the relative numbers of all of them would be known.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.packets.flags import ACK, RST, SYN
from tcpladder.sequence import MODULUS
from tcpladder.tcp.numbers import BoolArray, Int64Array, relative_numbers, window_shifts

HALF = np.uint32(1 << 31)  # a step as long as this goes back
LOOK_BACK = 64  # rows


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """One endpoint's own numbers, or what its peer acknowledges of them: less `base`, and how often they wrapped.

    From row `rows[i]` on (and before any of them, at i = -1) they have wrapped `turns[i + 1]` times.
    """

    base: int
    rows: Int64Array
    turns: list[int]

    def relative(self, row: int, raw: int) -> int:
        """Place a raw number of a row."""
        turn = self.turns[int(np.searchsorted(self.rows, row, "right"))]
        return (raw - self.base) % MODULUS + turn * MODULUS


class Numbers:
    """SEG.SEQ and SEG.ACK relative to the ISNs, and the windows worth telling, as `tcp.numbers` gives them."""

    def __init__(self, segments: pl.DataFrame, from_initiator: BoolArray) -> None:
        """Remember the segments of one connection, and the column that says who sent them."""
        self._segments = segments
        self._flags: npt.NDArray[np.uint16] = segments["flags"].to_numpy()
        self._from_initiator = from_initiator

    def relative(self, row: int) -> tuple[int, int]:
        """Give SEG.SEQ and SEG.ACK; 0 for an ACK number without ACK."""
        if self._whole is not None:
            seq, ack = self._whole
            return int(seq[row]), int(ack[row])
        side = 0 if self._from_initiator[row] else 1
        sent, acknowledged = self._series[side]
        has_ack = int(self._flags[row]) & ACK
        return (
            sent.relative(row, int(self._seq[row])),
            acknowledged.relative(row, int(self._ack[row])) if has_ack else 0,
        )

    def window(self, row: int) -> tuple[int, bool]:
        """Give the window that a segment offers, in bytes, and whether that is worth telling (`offered_windows`)."""
        flags, window = int(self._flags[row]), self._offer(row)
        if flags & (RST | SYN):
            return window, False
        if window == 0 and flags & ACK:
            return window, True
        before_row = self._offer_before(row)
        before = window if before_row is None else self._offer(before_row)
        return window, window != before and (window >= 2 * before or 2 * window <= before)

    @cached_property
    def _seq(self) -> npt.NDArray[np.uint32]:
        return self._segments["seq"].to_numpy()

    @cached_property
    def _ack(self) -> npt.NDArray[np.uint32]:
        return self._segments["ack"].fill_null(0).to_numpy()

    @cached_property
    def _window(self) -> npt.NDArray[np.uint16]:
        return self._segments["window"].fill_null(0).to_numpy()

    @cached_property
    def _has_ack(self) -> BoolArray:
        has_ack: BoolArray = (self._flags & ACK) != 0
        return has_ack

    def _senders(self) -> tuple[BoolArray, BoolArray]:
        return self._from_initiator, ~self._from_initiator

    @cached_property
    def shifts(self) -> tuple[int, int]:
        """How far the initiator's and the responder's windows are shifted, once both SYNs agreed on it."""
        is_syn = np.flatnonzero(self._flags & SYN)
        return window_shifts(self._segments[is_syn])

    def _offer(self, row: int) -> int:
        """Give a segment's window in bytes; a SYN's is never scaled (RFC 7323 §2.2)."""
        shift = 0 if int(self._flags[row]) & SYN else self.shifts[0 if self._from_initiator[row] else 1]
        return int(self._window[row]) << shift

    def _offer_before(self, row: int) -> int | None:
        """Find the last segment before a row by the same sender that is no reset."""
        end, reach = row, LOOK_BACK
        while end > 0:
            part = slice(max(end - reach, 0), end)
            own = self._from_initiator[part] == self._from_initiator[row]
            found = np.flatnonzero(own & ((self._flags[part] & RST) == 0))
            if len(found):
                return part.start + int(found[-1])
            end, reach = part.start, reach * 4
        return None

    @cached_property
    def _whole(self) -> tuple[Int64Array, Int64Array] | None:
        """Give all relative numbers where one endpoint has several ISNs: then they do not have one base each."""
        rows = np.flatnonzero((self._flags & (SYN | ACK | RST)) == (SYN | ACK))
        for is_initiator in (True, False):
            own = rows[self._from_initiator[rows] == is_initiator]
            if len(np.unique(self._seq[own])) > 1:
                return relative_numbers(self._segments)
        return None

    @cached_property
    def _series(self) -> tuple[tuple[_Series, _Series], tuple[_Series, _Series]]:
        """Give, by the sender of a row, the series of its numbers and that of its acknowledgments."""
        initiator, responder = self._bases
        return (
            (self._series_of(self._seq, 0, initiator), self._series_of(self._ack, 0, responder)),
            (self._series_of(self._seq, 1, responder), self._series_of(self._ack, 1, initiator)),
        )

    @cached_property
    def _bases(self) -> tuple[int, int]:
        """Give the raw numbers that are written as 0, from the rows that tell them: SYNs, or what came first."""
        is_syn = (self._flags & SYN) != 0
        telling: set[int] = set()
        for sender in self._senders():
            for where in (sender & is_syn, sender, ~sender & self._has_ack):
                first = int(np.argmax(where))
                if where[first]:
                    telling.add(first)
        rows = sorted(telling)
        seq, ack = relative_numbers(self._segments[rows])
        bases = [0, 0]
        for place, row in enumerate(rows):
            side = 0 if self._from_initiator[row] else 1
            bases[side] = (int(self._seq[row]) - int(seq[place])) % MODULUS
            if self._has_ack[row]:
                bases[1 - side] = (int(self._ack[row]) - int(ack[place])) % MODULUS
        return bases[0], bases[1]

    def _series_of(self, numbers: npt.NDArray[np.uint32], side: int, base: int) -> _Series:
        """Find where the numbers of one sender's rows wrap; each is placed nearest to the one before it."""
        offsets = numbers - np.uint32(base)
        where = self._senders()[side]
        if numbers is self._ack:
            where = where & self._has_ack
        if np.where(where, offsets, np.uint32(0)).max(initial=0) < HALF:  # no two are far enough apart to have wrapped
            return _Series(base=base, rows=np.empty(0, np.int64), turns=[0])
        rows = np.flatnonzero(where)
        own = offsets[rows]
        steps = own[1:] - own[:-1]
        is_forward, is_higher = steps < HALF, own[1:] >= own[:-1]
        turns = np.where(is_forward, np.where(is_higher, 0, 1), np.where(is_higher, -1, 0))
        at = np.flatnonzero(turns)
        first = -1 if len(own) and own[0] >= HALF else 0
        return _Series(base=base, rows=rows[at + 1], turns=[first, *(first + np.cumsum(turns[at])).tolist()])
