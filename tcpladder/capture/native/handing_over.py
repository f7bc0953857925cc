"""Frames that only tshark can read: handed to it, and its rows put back to where they belong."""

from collections.abc import Generator
from typing import TYPE_CHECKING, Self

import numpy as np
import polars as pl

from tcpladder.capture.left_out import LeftOut
from tcpladder.capture.native.content import Content
from tcpladder.capture.native.frames import Frames
from tcpladder.capture.reader import CaptureNotice, NoticeKind, ReadRequest
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.capture.tshark_columns import listing, segments_of, whole
from tcpladder.errors import TsharkError
from tcpladder.packets.schema import CAPTURED, empty_segments

if TYPE_CHECKING:
    from tcpladder.capture.tshark_pipe import HandedFrame, TsharkPipe

AT_ONCE = 1 << 15  # frames


class HandingOver:
    """Has one tshark read all that is handed over; it is started when there is something. Leave its context to end it.

    Where there is no tshark, or none that works, frames are counted, and `notices` tells of them.
    """

    def __init__(self, request: ReadRequest) -> None:
        self._request = request
        self._pipe: TsharkPipe | None = None
        self.trouble: TsharkError | None = None
        self._lost = 0
        self.left_out = LeftOut()
        self.last: int | None = None  # the last frame in which tshark found TCP

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        if self._pipe is not None:
            self._pipe.close()

    def read(self, content: Content, frames: Frames) -> Generator[None, None, pl.DataFrame]:
        """Give the segments in these frames. Yields now and then while tshark works."""
        parts = [empty_segments()]
        for begin in range(0, len(frames), AT_ONCE):
            lot = frames.chosen(slice(begin, begin + AT_ONCE))
            try:
                parts.append((yield from self._read(content, lot)))
            except TsharkError as error:
                self.trouble = self.trouble or error
                self._lost += len(lot)
        return pl.concat(parts)

    def notices(self) -> list[CaptureNotice]:
        """Tell what could not be read, and why."""
        if not self._lost or self.trouble is None:
            return []
        frames = "1 frame is left out that" if self._lost == 1 else f"{self._lost} frames are left out that"
        sentence = f"{frames} only tshark can read (fragments, tunnels and the like): {self.trouble}"
        return [CaptureNotice(kind=NoticeKind.SKIPPED, sentence=sentence)]

    def _read(self, content: Content, lot: Frames) -> Generator[None, None, pl.DataFrame]:
        if self.trouble is not None:
            raise self.trouble
        if self._pipe is None:
            from tcpladder.capture.tshark_pipe import TsharkPipe

            tshark = find_tshark(self._request.tshark)
            self._pipe = TsharkPipe(tshark.path, tshark.arguments)
        first = self._pipe.sent
        lines = yield from self._pipe.read(_handed(content, lot))
        if not lines:
            return empty_segments()
        listed = listing(lines)
        rows = segments_of(listed, self._request.addresses)
        self.left_out.add(listed, rows)
        places = rows["frame"].to_numpy().astype(np.int64) - first - 1
        self.last = int(lot.numbers[places[-1]])
        own = {
            "frame": lot.numbers,
            "time": lot.times,
            "position": lot.positions,
            "captured_length": lot.captured,
            "wire_length": lot.wire,
        }
        rows = rows.with_columns(pl.Series(name, own[name][places]).cast(CAPTURED[name]) for name in own)
        return whole(rows)


def _handed(content: Content, frames: Frames) -> "list[HandedFrame]":
    from tcpladder.capture.tshark_pipe import HandedFrame

    columns = (frames.links, frames.wire, frames.starts, frames.captured)
    return [
        HandedFrame(link, wire, bytes(content.buffer[start : start + captured]))
        for link, wire, start, captured in zip(*(column.tolist() for column in columns), strict=True)
    ]
