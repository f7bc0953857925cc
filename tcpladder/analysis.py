"""From a file to what is known about it: the only road that the faces take."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from tcpladder.capture.merging import Captures
from tcpladder.capture.opening import compression, read_capture
from tcpladder.capture.reader import AUTO, CaptureNotice, NoticeKind, ReadRequest
from tcpladder.capture.tshark_binary import Tshark
from tcpladder.connections.table import Connections, group
from tcpladder.errors import UsageError
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.schema import empty_segments
from tcpladder.processors import processors

# What judges is imported when something is judged: the first connections are to be seen before that.
if TYPE_CHECKING:
    from tcpladder.judges import Judges
    from tcpladder.rulebook.docket import Brief
    from tcpladder.rulebook.judging import Heard, Hearing, Judgement, Run
    from tcpladder.tcp.states import State
    from tcpladder.tcp.timeline import Timeline

REGROUP_GROWTH = 2  # connections are grouped anew when this many times the rows are there: linear in all
KEPT_TIMELINES = 16
ENOUGH = 200_000
"""Segments: while connections are shown as they are read, nothing is made ready to judge them before that."""


class _StoppedError(Exception):
    """The user wants no more."""


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """What is known about a capture, or about its beginning while the rest is being read.

    `capture_end` (ns since 1970) is given where the capture is known to go on after its last segment. `files` are
    the captures that were merged into the one at `path`, or only that one. `judges` are processes that stand ready to
    judge it.
    """

    path: Path
    addresses: AddressBook
    connections: Connections
    notices: tuple[CaptureNotice, ...]
    capture_end: int | None = None
    files: tuple[Path, ...] = ()
    judges: "Judges | None" = field(default=None, repr=False, compare=False)
    _judged: "list[Judgement]" = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def judgement(self) -> "Judgement":
        """What the rules say. It is judged when first asked for, which takes a while for large captures."""
        if not self._judged:
            deque(self.judgements(grows=False), maxlen=0)
        return self._judged[0]

    def judgements(
        self, is_stopped: Callable[[], bool] = lambda: False, *, grows: bool = True
    ) -> "Iterator[Judgement]":
        """Give what the rules say, with `grows` first of some connections, then of more, at last of all.

        `is_stopped` is asked after every shard; when it says yes, nothing more comes.
        """
        if self._judged:
            yield self._judged[0]
            return
        from tcpladder.rulebook.judging import judgements
        from tcpladder.rules import catalogue

        judges: Run = self.judges or map

        def run(hear: "Hearing", briefs: "Iterable[Brief]") -> "Iterator[Heard]":
            for heard in judges(hear, briefs):
                if is_stopped():
                    raise _StoppedError
                yield heard

        try:
            for told in judgements(
                self.connections, catalogue(), self.addresses.__getitem__, self.capture_end, run, grows=grows
            ):
                if told.is_whole:
                    self._judged.append(told)
                yield told
        except _StoppedError:
            return

    def changed(
        self,
        *,
        path: Path,
        files: tuple[Path, ...],
        addresses: AddressBook,
        connections: Connections,
        notices: tuple[CaptureNotice, ...],
    ) -> "Analysis":
        """Give the same capture, to be judged anew, with something else in place of what tells whose it is."""
        judges = self.judges
        if judges is not None and judges.is_taken:
            judges = _judges(len(connections.segments), 0, None, here=False)
        return replace(
            self,
            path=path,
            files=files,
            addresses=addresses,
            connections=connections,
            notices=notices,
            judges=judges,
        )

    @property
    def named(self) -> tuple[Path, ...]:
        """The captures as the user knows them: those that were merged, or the one."""
        return self.files or (self.path,)

    @property
    def is_incomplete(self) -> bool:
        """Tell whether the file holds, or held, more than what was read."""
        return _tells_incomplete(self.notices)

    def timeline(self, connection: int) -> "Timeline":
        """Give both endpoints' states, segment by segment. Raises UsageError when there is no such connection."""
        self.check(connection)
        if self._judged:
            return self.judgement.histories.timeline(connection, len(self.connections.rows_of(connection)))
        return self._timeline(connection)

    @cached_property
    def _timeline(self) -> "Callable[[int], Timeline]":
        from tcpladder.tcp.timeline import timeline

        return lru_cache(KEPT_TIMELINES)(lambda number: timeline(self.connections.segments_of(number)))

    def states_of(self, connection: int) -> "tuple[list[State], list[State]]":
        """Give the states that the initiator and the responder went through, in order."""
        return self.timeline(connection).paths()

    def segments_of(self, connection: int) -> pl.DataFrame:
        """Give a connection's segments in frame order. Raises UsageError when there is no such connection."""
        self.check(connection)
        return self.connections.segments_of(connection)

    def check(self, connection: int) -> None:
        """Raise UsageError when there is no such connection."""
        if not 1 <= connection <= len(self.connections):
            known = f"numbered 1 to {len(self.connections)}" if len(self.connections) else "none"
            raise UsageError(
                f"{Captures(path=self.path, files=self.files).name} has no connection {connection}.",
                f"Its TCP connections are {known}.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far reading has come. `analysis` is there when connections were grouped anew, and at the end.

    `position` and `size` are in bytes of the file; `size` is None where the file is compressed, since how much
    there is to read is then not known.
    """

    position: int
    size: int | None
    segments: int
    is_final: bool = False
    analysis: Analysis | None = None


def progressive(
    capture: Path | Captures,
    *,
    tshark: Tshark = None,
    reader: str = AUTO,
    is_stopped: Callable[[], bool] = lambda: False,
    grows: bool = True,
) -> Iterator[Progress]:
    """Read and analyse a capture, telling how far it is; the last Progress is final and has the whole analysis.

    With `grows`, there are analyses of what was read so far in between, now and then. `reader` is a reader's name.
    `is_stopped` is asked at least a few times a second; when it says yes, reading ends and what was read is kept.
    Raises TcpladderError when nothing can be read.
    """
    captures = capture if isinstance(capture, Captures) else Captures(path=capture, files=(capture,))
    path, addresses = captures.path, AddressBook()
    batches: list[pl.DataFrame] = []
    notices = list(captures.notices)
    size = None if compression(path) else path.stat().st_size
    rows = position = grouped_rows = 0
    judges: Judges | None = None
    reading = read_capture(ReadRequest(path=path, addresses=addresses, tshark=tshark, reader=reader))
    for batch in reading:
        if len(batch.segments):
            batches.append(batch.segments)
            rows += len(batch.segments)
        notices += batch.notices
        position = batch.position if batch.position is not None else position
        analysis = None
        if grows and rows and rows >= grouped_rows * REGROUP_GROWTH:
            grouped_rows = rows
            analysis = _analysis(captures, addresses, batches, notices)
        yield Progress(position=position, size=size, segments=rows, analysis=analysis)
        judges = judges or (None if grows and rows < ENOUGH else _judges(rows, position, size, here=not grows))
        if is_stopped():
            _close(reading)
            sentence = f"Reading was stopped after {rows} segments; the rest of {captures.name} is not shown."
            notices.append(CaptureNotice(kind=NoticeKind.INCOMPLETE, sentence=sentence))
            break
    whole = replace(_analysis(captures, addresses, batches, notices), judges=judges)
    yield Progress(
        position=position if whole.is_incomplete or size is None else size,
        size=size,
        segments=rows,
        is_final=True,
        analysis=whole,
    )


def analyse(capture: Path | Captures, *, tshark: Tshark = None, reader: str = AUTO) -> Analysis:
    """Read and analyse a whole capture. Raises TcpladderError when nothing can be read."""
    *_, last = progressive(capture, tshark=tshark, reader=reader, grows=False)
    if last.analysis is None:
        raise AssertionError("the last progress has the analysis")
    return last.analysis


def _judges(segments: int, position: int, size: int | None, *, here: bool) -> "Judges | None":
    """Have processes ready where it seems that there will be enough for them to judge; `here` as in `Judges`."""
    from tcpladder.judges import LEAST_SEGMENTS, Judges

    expected = segments * size // position if size and position else segments
    return Judges(here=here) if expected >= LEAST_SEGMENTS and processors() > 1 else None


def _close(reading: Iterator[object]) -> None:
    close = getattr(reading, "close", None)
    if close is not None:
        close()


def _analysis(
    captures: Captures, addresses: AddressBook, batches: list[pl.DataFrame], notices: list[CaptureNotice]
) -> Analysis:
    connections = group(pl.concat([empty_segments(), *batches]))
    return Analysis(
        path=captures.path,
        files=captures.files,
        addresses=addresses,
        connections=connections,
        notices=(*notices, *_notices_of(captures.name, connections.segments, is_whole=not _tells_incomplete(notices))),
    )


def _tells_incomplete(notices: Iterable[CaptureNotice]) -> bool:
    return any(notice.kind is NoticeKind.INCOMPLETE for notice in notices)


def _notices_of(name: str, segments: pl.DataFrame, *, is_whole: bool) -> Iterator[CaptureNotice]:
    if segments.is_empty() and is_whole:
        yield CaptureNotice(
            kind=NoticeKind.NO_TCP,
            sentence=f"{name} holds no TCP segments. Was the capture filter too narrow, the interface wrong?",
        )
