"""Reads a capture, and judges it, in a thread of its own. It posts messages and never touches a widget."""

import gc
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from textual.message import Message

from tcpladder.analysis import Progress, progressive
from tcpladder.capture.merging import Captures
from tcpladder.capture.reader import AUTO
from tcpladder.capture.tshark_binary import Tshark
from tcpladder.errors import TcpladderError
from tcpladder.printable import printable
from tcpladder.tui.messages import CaptureJudged, ReadingFailed, ReadingProgressed

MANY = 100_000  # segments
TOLD_EVERY = 0.1  # seconds: the screen is to have time for its user, whatever the reader's pace


@dataclass(frozen=True, slots=True, kw_only=True)
class Loading:
    """One reading of one file; `stop` ends it, and what was read is kept and judged. `leave` ends everything."""

    path: Path | Captures
    tshark: Tshark
    post: Callable[[Message], object]
    reader: str = AUTO
    signs: Mapping[str, str] | None = None  # what levels are marked with
    stopped: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Ask the thread to end the reading."""
        self.stopped.set()

    def leave(self) -> None:
        """Ask the thread to end as soon as it can."""
        self.stopped.set()
        self.left.set()

    def run(self) -> None:
        """Read the file to its end, and judge what is there; in a thread."""
        try:
            reading = progressive(self.path, tshark=self.tshark, reader=self.reader, is_stopped=self.stopped.is_set)
            for progress in worth_telling(reading, time.monotonic):
                self.post(ReadingProgressed(progress, self.signs))
                if progress.is_final and progress.analysis is not None:
                    for judgement in progress.analysis.judgements(self.left.is_set):
                        self.post(CaptureJudged(progress.analysis, judgement, self.signs))
                    if progress.segments >= MANY:
                        gc.freeze()  # what is there stays: whoever looks through it for garbage halts the screen
        except TcpladderError as error:
            self.post(ReadingFailed(error))
        except Exception as error:  # noqa: BLE001 - the thread's door: nobody above could tell the user
            where = traceback.extract_tb(error.__traceback__)[-1]
            told = printable(f"{type(error).__name__}: {error} (in {where.name}, line {where.lineno})")
            self.post(ReadingFailed(TcpladderError(f"Reading failed by an error in tcpladder itself: {told}.")))


def worth_telling(reading: Iterable[Progress], clock: Callable[[], float]) -> Iterator[Progress]:
    """Leave out what comes too soon after what was told before, unless there is an analysis in it."""
    told = float("-inf")
    for progress in reading:
        now = clock()
        if progress.analysis is not None or now - told >= TOLD_EVERY:
            told = now
            yield progress
