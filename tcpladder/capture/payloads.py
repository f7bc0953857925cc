"""The payload of chosen segments: what the segment table leaves out.

The table knows where in the file each record is. So the records are read from there, and from nowhere else: a
connection of fifty packets is there at once, however large the capture. Each is looked into as the native reader does,
and what is found has to be the segment that the table says. For all other segments tshark is asked, once.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.capture.native.payloads import read_at_positions
from tcpladder.capture.tshark_binary import Tshark, find_tshark
from tcpladder.capture.tshark_job import CancelledError
from tcpladder.capture.tshark_payloads import payloads_by_tshark
from tcpladder.capture.unchanged import Seen, check_unchanged
from tcpladder.errors import TcpladderError
from tcpladder.packets.flags import RST

LIMIT = 64 << 20
"""Bytes of payload that are taken into memory for one connection."""

_HAS_PAYLOAD = (pl.col("payload_length") > 0) & (pl.col("flags") & RST == 0)
"""What a RST carries is no part of the stream (RFC 9293 §3.5.3)."""

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Payloads:
    """What each of some segments carries, as far as it was captured; `data` has one after the other.

    Row by row of the segments: from `starts` on there are `lengths` bytes of `data`; -1 for payload that could not be
    read. Only the first `rows` segments were looked at, where their payload is more than there is room for. `trouble`
    says why something could not be read.
    """

    data: bytes
    starts: Int64Array
    lengths: Int64Array
    rows: int
    trouble: str = ""

    def of(self, row: int) -> bytes | None:
        """Give the payload of a segment, None where it could not be read."""
        start, length = int(self.starts[row]), int(self.lengths[row])
        return None if length < 0 else self.data[start : start + length]


class PayloadSource:
    """One capture's payloads. May be asked from any thread; `tshark` is where the user says tshark is."""

    def __init__(self, path: Path, *, tshark: Tshark = None, limit: int = LIMIT, seen: Seen | None = None) -> None:
        """Remember what to read; nothing is opened yet. `seen` is the file that it has to be, where that matters."""
        self._seen = seen
        self._path = path.absolute()
        self._tshark = tshark
        self.limit = limit

    def payloads_of(self, segments: pl.DataFrame, cancelled: threading.Event | None = None) -> Payloads | None:
        """Read the payloads of segments (`packets.schema.CAPTURED`, in frame order); None when cancelled.

        Raises CaptureError when the file can't be opened any more, or is another by now. What only tshark can read and
        it can't either is left out, and said.
        """
        check_unchanged(self._seen)
        cancelled = cancelled or threading.Event()
        rows = _within(segments, self.limit)
        gathering = _Gathering(rows=rows)
        wanted = segments.head(rows).with_row_index("row").filter(_HAS_PAYLOAD)
        trouble = ""
        try:
            gathering.take(read_at_positions(self._path, wanted, cancelled))
            missing = wanted.filter(pl.lit(pl.Series(gathering.lengths[wanted["row"].to_numpy()] < 0)))
            if len(missing):
                tshark = find_tshark(self._tshark)
                gathering.take(payloads_by_tshark(self._path, tshark.path, missing, cancelled, tshark.arguments))
        except CancelledError:
            return None
        except TcpladderError as error:
            if not gathering.pieces:
                raise
            trouble = str(error)
        return gathering.payloads(trouble)


class _Gathering:
    """Puts payloads together as they come."""

    def __init__(self, *, rows: int) -> None:
        self.pieces: list[bytes] = []
        self._size = 0
        self._rows = rows
        self._starts = np.zeros(rows, np.int64)
        self.lengths = np.full(rows, -1, np.int64)

    def take(self, found: Iterable[tuple[int, bytes]]) -> None:
        for row, data in found:
            if self.lengths[row] < 0:
                self._starts[row], self.lengths[row] = self._size, len(data)
                self.pieces.append(data)
                self._size += len(data)

    def payloads(self, trouble: str) -> Payloads:
        data = b"".join(self.pieces)
        return Payloads(data=data, starts=self._starts, lengths=self.lengths, rows=self._rows, trouble=trouble)


def _within(segments: pl.DataFrame, limit: int) -> int:
    """Count the first segments whose payload, as far as it can have been captured, fits into so many bytes."""
    captured = segments.select(pl.min_horizontal("payload_length", "captured_length").cast(pl.Int64).fill_null(0))
    sizes = captured.to_series().cum_sum().to_numpy()
    return int(np.searchsorted(sizes, limit, side="right"))
