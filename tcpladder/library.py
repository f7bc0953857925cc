"""Captures for programs and notebooks: what `import tcpladder` gives (docs/library.md).

There is nothing in here that finds anything out: what is read, judged and told comes from the same `Analysis`, ladders
and data frames that the app and the command line show.
"""

import asyncio
import dataclasses
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.analysis import Analysis, analyse
from tcpladder.annotations.document import Annotation
from tcpladder.annotations.sidecar import Annotations
from tcpladder.capture.merging import as_one
from tcpladder.capture.reader import AUTO
from tcpladder.capture.recorded_comments import written_about
from tcpladder.capture.tshark_binary import Tshark
from tcpladder.capture.unchanged import check_unchanged, see
from tcpladder.errors import UsageError
from tcpladder.ladder.glyphs import ASCII, UNICODE
from tcpladder.ladder.notation import endpoint
from tcpladder.ladder.rungs import Ladder, Rung, ladder_of
from tcpladder.printable import printable
from tcpladder.report.asking import Asked
from tcpladder.report.format import format_named, format_of
from tcpladder.report.frames import all_numbers, connection_frame, finding_frame
from tcpladder.report.model import Contents
from tcpladder.report.segment_frames import segment_frame, segment_frames
from tcpladder.report.state_frames import state_frame
from tcpladder.report.text import ladder_lines
from tcpladder.report.writing import write_report
from tcpladder.rulebook.findings import Finding
from tcpladder.saving import ExistsError
from tcpladder.settings.names import NO_NAMES
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import State
from tcpladder.tcp.timeline import Timeline

LADDER_WIDTH = 120  # columns
Result = TypeVar("Result")


class HostPort(NamedTuple):
    """Address and port of an endpoint."""

    address: str
    port: int

    def __str__(self) -> str:
        return endpoint(self.address, self.port)


class Paths(NamedTuple):
    """The states that either endpoint went through, in order."""

    initiator: tuple[State, ...]
    responder: tuple[State, ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection of a capture. It costs nothing until it is asked for something."""

    capture: "Capture"
    number: int

    def __repr__(self) -> str:
        found = len(self.findings)
        findings = f", {found} finding{'s' * (found != 1)}" if found else ""
        return f"<Connection {self.number}: {self.initiator} > {self.responder}, {self.ending}{findings}>"

    def __len__(self) -> int:
        return int(self._row["segments"])

    def __iter__(self) -> Iterator[Rung]:
        """Go through its segments in frame order, each with both endpoints' states before and after it."""
        ladder = self.ladder
        return (ladder.rung(row) for row in range(len(ladder)))

    @property
    def _row(self) -> dict[str, "int | str"]:
        return self.capture.analysis.connections.table.row(self.number - 1, named=True)

    @property
    def _alone(self) -> npt.NDArray[np.int64]:
        return np.array([self.number])

    @property
    def initiator(self) -> HostPort:
        """Who opened it."""
        return self._end("initiator")

    @property
    def responder(self) -> HostPort:
        """The other endpoint."""
        return self._end("responder")

    def _end(self, end: str) -> HostPort:
        row = self._row
        return HostPort(self.capture.analysis.addresses[int(row[end])], int(row[f"{end}_port"]))

    @property
    def states(self) -> Paths:
        """The states that either endpoint went through, in order."""
        initiator, responder = self.capture.analysis.judgement.histories.of(self.number)
        return Paths(tuple(initiator.states), tuple(responder.states))

    @property
    def timeline(self) -> Timeline:
        """Both endpoints' states segment by segment, as arrays, and every change of state with its cause."""
        return self.capture.analysis.timeline(self.number)

    @property
    def ending(self) -> Ending:
        """What became of it."""
        return Ending(self.capture.analysis.judgement.verdicts["ending"][self.number - 1])

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What rules found in it, the gravest first."""
        return self.capture.analysis.judgement.findings_of(self.number)

    @property
    def facts(self) -> dict[str, object]:
        """All that is known of it: its row of `Capture.connections`."""
        return connection_frame(self.capture.analysis, self._alone, self.capture.annotations).row(0, named=True)

    @property
    def segments(self) -> pl.DataFrame:
        """Its rows of `Capture.segments`."""
        return segment_frame(self.capture.analysis, self._alone, self.capture.annotations)

    @property
    def annotation(self) -> Annotation:
        """The mark and the note that a user gave it; both may be empty."""
        return self.ladder.own_annotation

    @property
    def ladder(self) -> Ladder:
        """Its ladder, as the app draws it."""
        analysis = self.capture.analysis
        return ladder_of(analysis, self.number, analysis.judgement, self.capture.annotations)

    def text(self, width: int = LADDER_WIDTH, *, is_ascii: bool = False) -> str:
        """Write its ladder `width` columns wide, as `tcpladder ladder` prints it."""
        lines = ladder_lines(self.ladder, len(self.capture), width, ASCII if is_ascii else UNICODE)
        return "\n".join("".join(span.text for span in line).rstrip() for line in lines)


class Capture:
    """A capture that was read. Going through it gives its connections, which are numbered from 1.

    What the rules say is worked out when it is first asked for, which takes a while for large captures.
    """

    def __init__(self, analysis: Analysis, tshark: Tshark = None) -> None:
        """Take what is known of a capture; `tshark` is for display filters."""
        self.analysis = analysis
        self._tshark = tshark
        self._seen = see(analysis.path) if len(analysis.files) == 1 else None  # what was merged is gone at once

    def __repr__(self) -> str:
        return f"<Capture {' + '.join(printable(str(file)) for file in self.files)}: {len(self)} connections>"

    def __len__(self) -> int:
        return len(self.analysis.connections)

    def __iter__(self) -> Iterator[Connection]:
        return (Connection(self, number) for number in range(1, len(self) + 1))

    def __getitem__(self, number: int) -> Connection:
        """Give a connection by its number. Raises UsageError when there is no such connection."""
        self.analysis.check(number)
        return Connection(self, number)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that it was read from."""
        return self.analysis.named

    @property
    def notices(self) -> tuple[str, ...]:
        """What is to be known before anything is believed: what could not be read, and what the capture lacks."""
        return (
            *(notice.sentence for notice in self.analysis.notices),
            *(note.sentence for note in self.analysis.judgement.health),
        )

    @property
    def is_incomplete(self) -> bool:
        """Whether the file holds, or held, more than what was read."""
        return self.analysis.is_incomplete

    @cached_property
    def annotations(self) -> Annotations:
        """The marks and notes that users made in the app, and the comments that the capture has on packets."""
        analysis = self.analysis
        return _apart(lambda: written_about(analysis.path, self._tshark, files=analysis.files))[0]

    def matching(self, line: str) -> list[Connection]:
        """Give the connections that a filter keeps, such as `port:443 rtt>50ms`, or `= tcp.analysis.retransmission`.

        Raises UsageError where it is no filter, TsharkError where a display filter finds no tshark.
        """
        return [Connection(self, int(number)) for number in self._numbers(line)]

    def _numbers(self, line: str | None) -> npt.NDArray[np.int64]:
        """Give the numbers of the connections that a filter keeps."""
        from tcpladder.filters.choosing import chosen
        from tcpladder.filters.parsing import display_filter

        if line is None:
            return all_numbers(self.analysis)
        if display_filter(line) is not None:
            if len(self.analysis.files) > 1:
                raise UsageError(
                    "A display filter needs one file, and these are several.", "Merge them into one first."
                )
            check_unchanged(self._seen)
        return np.flatnonzero(_apart(lambda: chosen(self.analysis, line, NO_NAMES, self._tshark, self.annotations))) + 1

    @cached_property
    def connections(self) -> pl.DataFrame:
        """A row a connection."""
        return connection_frame(self.analysis, annotations=self.annotations)

    @cached_property
    def findings(self) -> pl.DataFrame:
        """A row a finding, the gravest first."""
        return finding_frame(self.analysis)

    @cached_property
    def states(self) -> pl.DataFrame:
        """A row for each state that an endpoint was in."""
        return state_frame(self.analysis)

    @cached_property
    def segments(self) -> pl.DataFrame:
        """A row a segment, connection by connection. For a million segments it takes about 150 MB."""
        return segment_frame(self.analysis, annotations=self.annotations)

    def segment_parts(self, line: str | None = None) -> Iterator[pl.DataFrame]:
        """Give the rows of `segments`, or of the connections that a filter keeps, part by part: for large captures."""
        return segment_frames(self.analysis, self._numbers(line), self.annotations)

    def write(  # noqa: PLR0913 - as the command has an option for each
        self,
        path: str | os.PathLike[str],
        *,
        format: str | None = None,
        only: Sequence[str] = (),
        line: str | None = None,
        connections: Sequence[int] = (),
        contents: Contents | None = None,
        replace: bool = False,
    ) -> Path:
        """Write a report, as `tcpladder report` does, and give its path; the format follows its ending if not named.

        `only` is for connections with findings of rules or levels (`deviating`, `violations`), `line` for those that a
        filter keeps, `connections` for those of these numbers. Raises UsageError where something is asked for that
        can't be, SavingError where the file can't be written, or is there and is not to be replaced.
        """
        target = Path(path)
        chosen = format_of(target) if format is None else format_named(format)
        asked = Asked(only=tuple(only), numbers=tuple(connections), filter_line=line, contents=contents or Contents())
        asked.check()

        def written() -> None:
            annotations = self.annotations if asked.needs_annotations else None
            report = asked.report(self.analysis, annotations, NO_NAMES, self._tshark)
            try:
                write_report(dataclasses.replace(report, seen=self._seen), chosen, target, replace=replace)
            except ExistsError as error:
                raise ExistsError(error.sentence, "replace=True replaces it.") from error

        _apart(written)
        return target


def open(
    capture: str | os.PathLike[str], *more: str | os.PathLike[str], tshark: Tshark = None, reader: str = AUTO
) -> Capture:
    """Read a capture, or several as one, by time.

    `tshark` is the path of the tshark to use, where one is needed and not on the PATH; `reader` what reads the file:
    `auto`, `native` or `tshark`. Raises TcpladderError where nothing can be read.
    """

    def read() -> Capture:
        with as_one(tuple(map(Path, (capture, *more))), tshark) as merged:
            return Capture(analyse(merged, tshark=tshark, reader=reader), tshark)

    return _apart(read)


def _apart(call: Callable[[], Result]) -> Result:
    """Call something that may wait for tshark; notebooks have an event loop in this thread, and it wants its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return call()
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(call).result()
