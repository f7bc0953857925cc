"""What can be exported, and how: the choices of the export dialog, the report they come to, and what it will have."""

import enum
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.annotations.sidecar import Annotations
from tcpladder.anonymity.keys import Key, random_key
from tcpladder.capture.tshark_binary import Tshark
from tcpladder.capture.unchanged import Seen
from tcpladder.ladder.folding import Folding
from tcpladder.ladder.options import LadderOptions
from tcpladder.ladder.wording import STANDARD
from tcpladder.printable import printable
from tcpladder.report.anonymising import anonymised
from tcpladder.report.format import Covers, Format, format_named, formats
from tcpladder.report.model import Contents, Ladders, Report, Table
from tcpladder.report.writing import beginning
from tcpladder.settings.names import NO_NAMES, Names

Int64Array = npt.NDArray[np.int64]

USUAL = "markdown"  # the format to begin with
MOST_PREVIEWED = 200
"""Connections that the first lines are made of, where there are more: a glance is not to cost what the file costs."""
MOST_DISGUISED = 100_000
"""Segments of a capture that is judged anew only to show the first lines of a report in disguise."""
HEAD = 6_000  # bytes
MOST_LINES = 60


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scope:
    """Which connections may be exported: `words` say it in the dialog, `sentence` in the report, `part` in its name."""

    words: str
    sentence: str
    part: str
    numbers: Int64Array


class Folds(enum.Enum):
    """Which ladders have their runs of plain segments folded."""

    SEEN = "as on screen"  # the ladder that is open; others as LONG has them
    LONG = "long ladders"
    EVERY = "all"
    NONE = "none"


_FOLDED = {Folds.SEEN: None, Folds.LONG: None, Folds.EVERY: True, Folds.NONE: False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What was chosen in the dialog, beside the connections: it is offered again the next time."""

    form: str = USUAL
    ladders: Ladders = Ladders.AUTO
    has_notes: bool = True
    folds: Folds = Folds.SEEN
    is_ascii: bool = False
    table: Table = Table.CONNECTIONS
    is_disguised: bool = False


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What there is to export, as it is on the screen; `scopes` has the choices, the first is the likeliest.

    One disguise serves for all that is looked at and written, and what is in it is judged but once.
    """

    analysis: Analysis
    scopes: tuple[Scope, ...]
    annotations: Annotations | None = None
    names: Names = NO_NAMES
    options: LadderOptions = STANDARD
    foldings: Mapping[int, Folding] = field(default_factory=dict)  # of the ladder that is open
    tshark: Tshark = None
    seen: Seen | None = None  # the capture, as it was opened
    _key: Key = field(default_factory=random_key, repr=False)
    _disguised: list[Report] = field(default_factory=list, init=False, repr=False)

    def dressed(self, report: Report) -> Report:
        """Give the same report in disguise; for threads, since the capture is judged anew."""
        dressed = anonymised(report, self._key)
        if not self._disguised:
            self._disguised.append(dressed)
        return replace(dressed, analysis=self._disguised[0].analysis, origin=self._disguised[0].origin)

    def report(self, scope: Scope, choices: Choices) -> Report:
        """Give the report of some connections."""
        contents = Contents(
            ladders=choices.ladders,
            has_notes=choices.has_notes,
            is_folded=_FOLDED[choices.folds],
            is_ascii=choices.is_ascii,
            table=choices.table,
            options=self.options,
            foldings=self.foldings if choices.folds is Folds.SEEN else {},
        )
        return Report(
            analysis=self.analysis,
            numbers=scope.numbers,
            scope=scope.sentence,
            contents=contents,
            annotations=self.annotations,
            names=self.names,
            tshark=self.tshark,
            seen=self.seen,
        )


def scopes(  # noqa: PLR0913 - what the list and the open screen have
    analysis: Analysis,
    *,
    this: int | None,
    is_first: bool,
    selected: Sequence[int],
    listed: npt.NDArray[np.integer],
    filtered_by: str,
    found: npt.NDArray[np.integer],
    is_filtering: bool = False,
) -> tuple[Scope, ...]:
    """Give the connections that may be exported, the likeliest first.

    `this` is the connection that the cursor is on, which `is_first` where a screen shows it alone. `listed` are those
    that the filter keeps; `filtered_by` is empty where there is none, and `is_filtering` while more may be found.
    `found` are those that something was found about.
    """
    so_far = " so far" if is_filtering else ""
    every = np.arange(1, len(analysis.connections) + 1)
    offered = [
        _scope("selected", "selected connections", "selected", np.array(sorted(selected), np.int64)),
        _scope(
            f"filtered{so_far}",
            f"connections filtered{so_far} by {printable(filtered_by)}",
            "filtered",
            np.sort(listed).astype(np.int64),
        )
        if filtered_by
        else None,
        _scope("all", "all connections", "", every),
        _scope("with findings", "connections with findings", "findings", found.astype(np.int64))
        if len(found) < len(every)
        else None,
    ]
    own = None if this is None else _scope("this", f"connection number {this}", str(this), np.array([this]))
    ordered = [own, *offered] if is_first else [*offered, own]
    return tuple(each for each in ordered if each is not None and len(each.numbers))


def _scope(words: str, sentence: str, part: str, numbers: Int64Array) -> Scope:
    return Scope(words=words, sentence=sentence, part=part, numbers=numbers)


def offered_formats(scope: Scope) -> tuple[Format, ...]:
    """Give the formats that can have these connections."""
    return tuple(each for each in formats() if each.covers is Covers.CONNECTIONS or len(scope.numbers) == 1)


def file_name(analysis: Analysis, scope: Scope, form: Format, *, is_disguised: bool = False) -> str:
    """Name a file after its capture and its connections; never as the capture is named.

    In a disguise the capture has no name: its own may tell whose it is.
    """
    capture = "" if is_disguised else printable(analysis.named[0].name)
    stem = capture.partition(".pcap")[0] if ".pcap" in capture[1:] else Path(capture).stem
    stem = f"./{stem}" if stem.startswith("~") else stem  # which is nobody's home
    parts = [stem or "capture", scope.part]
    name = "-".join(part for part in parts if part) + form.suffixes[0]
    taken = {path.name for path in analysis.named}
    return name if name not in taken else f"{name.removesuffix(form.suffixes[0])}-report{form.suffixes[0]}"


def with_ending(typed: str, form: Format) -> str:
    """Give a typed path the ending of another format, if it has that of any."""
    ending, own = _ending(typed, formats())
    return typed if own in (None, form) else typed[: -len(ending)] + form.suffixes[0]


def format_by_ending(typed: str, offered: Sequence[Format]) -> Format | None:
    """Give the format that a typed path's ending stands for, if it is one of those offered."""
    return _ending(typed, offered)[1]


def _ending(typed: str, known: Sequence[Format]) -> tuple[str, Format | None]:
    """Give the longest ending of a format that a typed path has, and its format: rather .sarif.json than .json."""
    found = [(ending, each) for each in known for ending in each.suffixes if typed.lower().endswith(ending)]
    return max(found, key=lambda one: len(one[0]), default=("", None))


def path_of(typed: str) -> Path:
    """Give the path that was typed; `~` is the user's home. Raises ValueError or RuntimeError where it is none."""
    return Path(os.path.abspath(Path(typed.strip()).expanduser()))  # noqa: PTH100 - links stay what they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a file will have: figures in `told`, and its first `lines`, or those of a format that people can read.

    `of` is how many connections the lines were made of, where they are not all.
    """

    told: str
    lines: tuple[str, ...] = ()
    of: int | None = None


def preview(
    report: Report,
    form: Format,
    disguised: Callable[[Report], Report] | None = None,
    goes_on: Callable[[], bool] = lambda: True,
) -> Preview:
    """Look at what a report comes to, without writing it; for threads.

    `disguised` gives it in the disguise that it is to have. `goes_on` ends it by saying no.
    """
    if disguised is not None:
        report = replace(report, contents=replace(report.contents, has_notes=False))
    told = ", ".join(_figures(report, form))
    segments = len(report.analysis.connections.segments)
    is_slow = disguised is not None and segments > MOST_DISGUISED
    if is_slow:
        return Preview(told=told)
    shown = _readable(form)
    is_part = len(report) > MOST_PREVIEWED
    part = replace(report, numbers=report.numbers[:MOST_PREVIEWED]) if is_part else report
    head = beginning(part if disguised is None else disguised(part), shown, HEAD, goes_on).decode(errors="replace")
    lines = tuple(map(printable, head.splitlines()))
    whole = lines[:-1] if len(head.encode()) >= HEAD else lines  # the last may have been cut
    said = () if shown is form else (f"In {shown.name}, this would be:", "")
    return Preview(told=told, lines=(*said, *whole[:MOST_LINES]), of=MOST_PREVIEWED if is_part else None)


def _readable(form: Format) -> Format:
    """Give the format itself where its beginning can be read by people, else one that says the same in words."""
    if form.media_type.endswith("json") or (form.media_type.startswith("text/") and "html" not in form.media_type):
        return form
    return format_named("csv" if "table" in form.heeds else "text")


def _figures(report: Report, form: Format) -> Iterator[str]:
    segments = int(report.analysis.connections.table["segments"].gather(report.numbers - 1).sum())
    if "table" in form.heeds:
        rows = {
            Table.CONNECTIONS: (len(report), "connection"),
            Table.SEGMENTS: (segments, "segment"),
            Table.FINDINGS: (len(report.findings), "finding"),
        }
        count, thing = rows[report.contents.table]
        yield f"{_counted(count, 'row')}, one a {thing}"
        return
    yield _counted(len(report), "connection")
    yield _counted(segments, "segment")
    yield _counted(len(report.findings), "finding")
    if "ladders" in form.heeds and (form.has_ladders or report.contents.ladders is not Ladders.AUTO):
        with_ladders = len(report.with_ladders)
        yield _counted(with_ladders, "ladder") if with_ladders else "no ladders"
    if report.noted:
        yield _counted(len(report.noted), "note")


def _counted(count: int, thing: str) -> str:
    return f"{grouped(count)} {thing}{'s' * (count != 1)}"


def grouped(count: int) -> str:
    """Write a number with its thousands apart."""
    return f"{count:,}".replace(",", " ")
