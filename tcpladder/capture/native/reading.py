"""A capture file, read to its end in bounded stretches."""

from collections.abc import Generator, Iterator

import polars as pl

from tcpladder.capture.endings import cut_off, damaged, incomplete
from tcpladder.capture.left_out import LeftOut
from tcpladder.capture.native.content import Content
from tcpladder.capture.native.frames import CaptureFile, State, Stretch
from tcpladder.capture.native.handing_over import HandingOver
from tcpladder.capture.native.links import is_known
from tcpladder.capture.native.pcap import FILE_HEADER, pcap_file
from tcpladder.capture.native.pcapng import pcapng_file
from tcpladder.capture.native.segments import SegmentReader
from tcpladder.capture.native.source import Source, Trouble
from tcpladder.capture.reader import AUTO, Batch, ReadRequest
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.errors import CaptureError, TcpladderError, TsharkError, quoted
from tcpladder.packets.schema import empty_segments

FIRST_READ = 1 << 18  # bytes: the first segments are wanted at once
AT_ONCE = 8 << 20


def read_natively(request: ReadRequest) -> Iterator[Batch]:
    """Read the file. Raises CaptureError when it is none for this reader, or not one frame could be read.

    Where no certain reader was asked for, tshark reads the file, or its rest, if it is of another form than it seemed.
    """
    with Source(request.path) as source:
        content = Content(AT_ONCE)
        content.size = source.read_into(content.free()[:FIRST_READ])
        file, at = _file(content)
        if file is None:
            if request.reader != AUTO:
                raise _unknown(request)
            after, left_out = 0, LeftOut()
        else:
            reading = _Reading(request, source, content, file)
            yield from reading.batches(at)
            if not reading.is_handed_over:
                return
            after, left_out = reading.number - 1, reading.left_out
    from tcpladder.capture.tshark_reading import read_by_tshark  # it takes longer to import than all else

    yield from read_by_tshark(request, after=after, left_out=left_out)


def _file(content: Content) -> tuple[CaptureFile | None, int]:
    """Give the file that the content begins, and where its records start."""
    pcap = pcap_file(content)
    if pcap:
        return (pcap if is_known(pcap.link) else None), FILE_HEADER
    return pcapng_file(content), 0


def _unknown(request: ReadRequest) -> CaptureError:
    return CaptureError(
        f"{quoted(request.path)} is not, or not wholly, in a format that the native reader knows.",
        "Take --reader auto, or leave it out.",
    )


class _Reading:
    """One reading of one file. It ends where the file does, or where the rest is to be read by tshark alone."""

    def __init__(self, request: ReadRequest, source: Source, content: Content, file: CaptureFile) -> None:
        self._request = request
        self._source = source
        self._content = content
        self._file = file
        self._segments = SegmentReader(request.addresses)
        self._is_end = content.size < FIRST_READ
        self._rows = 0
        self._last: int | None = None
        self._trouble: TcpladderError | None = None
        self.left_out = LeftOut()
        self.number = 1
        self.is_handed_over = False

    def batches(self, at: int) -> Iterator[Batch]:
        """Read from `at` in the content on; the last batch has the notices."""
        with HandingOver(self._request) as others:
            while not self.is_handed_over:
                stretch = self._file.stretch(self._content, at, self.number)
                yield from self._batch(stretch, others)
                if self._is_over(stretch):
                    break
                at = 0
            self.left_out.add_all(others.left_out)
            if self.is_handed_over:
                return
            trouble = self._trouble or others.trouble
            if trouble and not self._rows:
                raise trouble
            notices = [incomplete(self._trouble, self._last)] if self._trouble else []
            yield Batch(segments=empty_segments(), notices=(*notices, *self.left_out.notices(), *others.notices()))

    def _batch(self, stretch: Stretch, others: HandingOver) -> Iterator[Batch]:
        part = self._segments.read(self._content, stretch.frames)
        is_first = self.number == 1
        if is_first and len(part.odd) > len(part.segments) and self._may_hand_over():
            self.is_handed_over = True
            return
        segments = part.segments
        if len(part.odd):
            segments = pl.concat([segments, (yield from _waited_for(others.read(self._content, part.odd)))])
            segments = segments.sort("frame")
        self.number += len(stretch.frames)
        self.left_out.add_cut(part.cut)
        self._rows += len(segments)
        self._last = max((frame for frame in (self._last, part.last, others.last) if frame), default=None)
        yield Batch(segments=segments, position=self._content.base + stretch.end)

    def _may_hand_over(self) -> bool:
        """Tell whether any reader may be taken, and there is a tshark."""
        return self._request.reader == AUTO and self._missing_tshark() is None

    def _missing_tshark(self) -> TsharkError | None:
        try:
            find_tshark(self._request.tshark)
        except TsharkError as error:
            return error
        return None

    def _is_over(self, stretch: Stretch) -> bool:
        """Go on to the next stretch, if there is one."""
        path = self._request.path
        if stretch.state is State.DAMAGED:
            self._trouble = damaged(path)
        elif stretch.state is State.STRANGE:
            self.is_handed_over = self._may_hand_over()
            if not self.is_handed_over:
                is_asked_for = self._request.reader != AUTO
                self._trouble = (None if is_asked_for else self._missing_tshark()) or _unknown(self._request)
        elif not self._is_end and self._advance(stretch.end):
            return False
        elif self._source.trouble is Trouble.DAMAGED:
            self._trouble = damaged(path)
        elif self._source.trouble is Trouble.CUT or stretch.end != self._content.size:
            self._trouble = cut_off(path)
        return True

    def _advance(self, end: int) -> bool:
        """Drop the content up to `end`, which may be beyond it, and read more; tell whether that is there."""
        content = self._content
        beyond = max(end - content.size, 0)
        content.drop(min(end, content.size), AT_ONCE)
        while beyond:
            count = self._source.read_into(content.free()[:beyond])
            if not count:
                self._source.trouble = Trouble.CUT
                return False
            content.base += count
            beyond -= count
        room = content.free()
        count = self._source.read_into(room)
        content.size += count
        self._is_end = count < len(room)
        return True


def _waited_for(reading: Generator[None, None, pl.DataFrame]) -> Generator[Batch, None, pl.DataFrame]:
    """Give empty batches while something works, and then what it gives."""
    while True:
        try:
            next(reading)
        except StopIteration as stop:
            segments: pl.DataFrame = stop.value
            return segments
        yield Batch(segments=empty_segments())
