"""What the two endpoints of a connection sent each other, from the capture file to something to look at."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.capture.payloads import PayloadSource
from tcpladder.tcp.numbers import Int64Array
from tcpladder.tcp.reassembly import Reassembly, Stream, What, reassemble
from tcpladder.tcp.states import Endpoint

MEGABYTE = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Conversation:
    """Both streams, with their parts in the order in which they were delivered, and the segments that brought them.

    `endpoints` are (address, port), indexed by Endpoint; `frames` (int64) are those of the segments, by row. `notices`
    are sentences on what is not there.
    """

    connection: int
    endpoints: tuple[tuple[str, int], tuple[str, int]]
    frames: Int64Array
    reassembly: Reassembly
    notices: tuple[str, ...] = ()

    def stream(self, sender: int) -> Stream:
        """Give one direction."""
        return self.reassembly.streams[sender]

    def frame_of_part(self, part: int) -> int:
        """Give the frame that brought a part."""
        return int(self.frames[self.reassembly.rows[part]])

    @cached_property
    def _data_parts(self) -> tuple[Int64Array, Int64Array]:
        is_data = self.reassembly.kinds == What.DATA
        return tuple(np.flatnonzero(is_data & (self.reassembly.senders == sender)) for sender in Endpoint)  # type: ignore[return-value]

    def part_at(self, sender: int, place: int) -> int:
        """Give the part that has a byte of a stream's data."""
        parts = self._data_parts[sender]
        return int(parts[np.searchsorted(self.reassembly.begins[parts], place, side="right") - 1])

    def rows_at(self, sender: int, places: Int64Array) -> Int64Array:
        """Give the rows of the segments that brought some bytes of a stream's data."""
        if not len(places):
            return places
        parts = self._data_parts[sender]
        at = parts[np.searchsorted(self.reassembly.begins[parts], places, side="right") - 1]
        return np.asarray(self.reassembly.rows[at])

    def parts_in(self, sender: int, begin: int, end: int) -> Int64Array:
        """Give the parts that begin in a stretch of a stream's data, in order."""
        parts = self._data_parts[sender]
        first, last = np.searchsorted(self.reassembly.begins[parts], (begin, end))
        return parts[first:last]

    def runs(self, sender: int) -> Iterator[tuple[int, int]]:
        """Give the stretches of a stream's data in which nothing is missing, as (begin, end)."""
        parts = self._data_parts[sender]
        if not len(parts):
            return
        found = self.reassembly
        begins, ends, offsets = found.begins[parts], found.begins[parts] + found.lengths[parts], found.offsets[parts]
        is_torn = offsets[1:] != offsets[:-1] + found.lengths[parts][:-1]
        firsts = np.concatenate([[0], np.flatnonzero(is_torn) + 1])
        lasts = np.concatenate([firsts[1:] - 1, [len(parts) - 1]])
        yield from zip(begins[firsts].tolist(), ends[lasts].tolist(), strict=True)


def follow(
    analysis: Analysis, connection: int, source: PayloadSource, cancelled: threading.Event | None = None
) -> Conversation | None:
    """Read and reassemble what a connection carried; None when cancelled.

    Raises UsageError when there is no such connection, CaptureError or TsharkError when nothing can be read.
    """
    cancelled = cancelled or threading.Event()
    segments = analysis.segments_of(connection)
    payloads = source.payloads_of(segments, cancelled)
    if payloads is None:
        return None
    read = segments.head(payloads.rows)
    found = reassemble(read, payloads.data, payloads.starts, payloads.lengths, is_stopped=cancelled.is_set)
    if found is None:
        return None
    row = analysis.connections.table.row(connection - 1, named=True)
    addresses = analysis.addresses
    notices = [payloads.trouble] if payloads.trouble else []
    if payloads.rows < len(segments):
        notices.append(
            f"Only the first {source.limit // MEGABYTE} MB are shown, up to no.{_last(read['frame'].to_numpy())}; "
            f"{len(segments) - payloads.rows} segments of the connection follow."
        )
    return Conversation(
        connection=connection,
        endpoints=(
            (addresses[row["initiator"]], row["initiator_port"]),
            (addresses[row["responder"]], row["responder_port"]),
        ),
        frames=segments["frame"].to_numpy().astype(np.int64),
        reassembly=found,
        notices=tuple(notices),
    )


def _last(frames: npt.NDArray[np.uint32]) -> int:
    return int(frames[-1]) if len(frames) else 0
