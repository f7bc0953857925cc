"""A report: an analysis, which of its connections are in it, and with what. Every format is made from this."""

import enum
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.annotations.sidecar import Annotations
from tcpladder.anonymity.disguise import Disguise
from tcpladder.capture.tshark_binary import Tshark
from tcpladder.capture.unchanged import Seen
from tcpladder.ladder.folding import Folding, folding
from tcpladder.ladder.options import LadderOptions
from tcpladder.ladder.rungs import Ladder, ladder_of
from tcpladder.ladder.wording import STANDARD
from tcpladder.printable import printable
from tcpladder.report.annotation_list import Noted, noted
from tcpladder.report.drawn import Drawn, shortened
from tcpladder.report.limits import Limits, lacking, limits
from tcpladder.report.summary import Summary, summarised
from tcpladder.rulebook.findings import Finding, concerned
from tcpladder.rulebook.judging import Judgement
from tcpladder.rulebook.levels import Missing
from tcpladder.settings.names import NO_NAMES, Names

Int64Array = npt.NDArray[np.int64]

MOST_LADDERS = 200
"""Ladders in one report, where it is not said which: more than that nobody reads, and browsers grow slow."""


class Table(enum.StrEnum):
    """What a format of one table has a row for."""

    CONNECTIONS = "connections"
    SEGMENTS = "segments"
    FINDINGS = "findings"


class Ladders(enum.StrEnum):
    """Which connections of a report have their ladder in it."""

    AUTO = "auto"  # all of a few; of many, those with findings, the gravest first, as far as they fit
    ALL = "all"
    FINDINGS = "findings"  # those with findings, however many
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a report has beside what is said of its connections.

    `is_folded` says whether ladders have their data runs folded; None folds those of long connections. `options` and
    `foldings`, by connection, are how ladders are shown on the screen, where the report is to look the same.
    """

    ladders: Ladders = Ladders.AUTO
    has_notes: bool = True
    is_folded: bool | None = None
    is_ascii: bool = False
    table: Table = Table.CONNECTIONS
    options: LadderOptions = STANDARD
    foldings: Mapping[int, Folding] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """What a report in disguise was made of, and how: for what reads the capture once more."""

    analysis: Analysis
    disguise: Disguise


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is written. `numbers` (int64, rising) are the connections in it; `scope` names them in words.

    Where it is in disguise, it has an `origin`, and there is no file at the path of `analysis`. `remarks` has what was
    to be said of how it was written, in sentences. `tshark` is for formats that read the capture once more, which has
    to be as it was `seen` then, where that is known.
    """

    analysis: Analysis
    numbers: Int64Array
    scope: str
    contents: Contents = Contents()
    annotations: Annotations | None = None
    names: Names = NO_NAMES
    origin: Origin | None = None
    tshark: Tshark = None
    seen: Seen | None = None
    remarks: list[str] = field(default_factory=list, init=False, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def name(self) -> str:
        """The name of the capture, or the names of those that were merged, without their directories."""
        return ", ".join(printable(path.name) for path in self.analysis.named)

    @property
    def source(self) -> Analysis:
        """The analysis of the capture itself, whose files are there."""
        return self.analysis if self.origin is None else self.origin.analysis

    @property
    def judgement(self) -> Judgement:
        """What the rules say of the capture."""
        return self.analysis.judgement

    @property
    def is_all(self) -> bool:
        """Tell whether the report has all connections of the capture."""
        return len(self.numbers) == len(self.analysis.connections)

    @cached_property
    def kept(self) -> npt.NDArray[np.bool_]:
        """Tell of each connection of the capture whether it is in the report."""
        mask = np.zeros(len(self.analysis.connections), np.bool_)
        mask[self.numbers - 1] = True
        return mask

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings about connections of the report, or that rest on one of them; the gravest first."""
        if self.is_all:
            return self.judgement.findings
        return tuple(each for each in self.judgement.findings if any(self.kept[n - 1] for n in concerned(each)))

    @cached_property
    def noted(self) -> tuple[Noted, ...]:
        """What users wrote about connections of the report and their packets, where it is wanted."""
        found = noted(self.analysis, self.annotations) if self.contents.has_notes else []
        return tuple(each for each in found if self.kept[each.connection - 1])

    @cached_property
    def summary(self) -> Summary:
        """The whole capture in a few figures."""
        return summarised(self.analysis, self.judgement)

    def findings_of(self, number: int) -> tuple[Finding, ...]:
        """Give the findings about a connection, the gravest first."""
        return self.judgement.findings_of(number)

    @cached_property
    def _lacking(self) -> Mapping[int, Missing]:
        return lacking(self.judgement, self.findings)

    def limits_of(self, finding: Finding) -> Limits:
        """Say what a finding rests on, what the capture lacks for it, and what would change it."""
        return limits(finding, self._lacking)

    @cached_property
    def with_ladders(self) -> Int64Array:
        """The connections (rising) whose ladders are in the report."""
        wanted, numbers = self.contents.ladders, self.numbers
        if wanted is Ladders.NONE:
            return numbers[:0]
        if wanted is Ladders.ALL or (wanted is Ladders.AUTO and len(numbers) <= MOST_LADDERS):
            return numbers
        found = dict.fromkeys(number for each in self.findings for number in concerned(each) if self.kept[number - 1])
        most = MOST_LADDERS if wanted is Ladders.AUTO else len(found)
        return np.sort(np.fromiter(found, np.int64, len(found))[:most])

    def ladder(self, number: int) -> Ladder:
        """Give the ladder of a connection, with names, and with notes where they are wanted."""
        ladder = ladder_of(self.analysis, number, self.judgement, self.annotations if self.contents.has_notes else None)
        ladder.name_ends(self.names)
        return ladder

    def drawn(self, number: int) -> Drawn:
        """Give a connection's ladder with the rows to be drawn."""
        ladder = self.ladder(number)
        rows = self.contents.foldings.get(number) or folding(
            ladder, folded=self.contents.is_folded, protected=ladder.annotations
        )
        return Drawn(ladder=ladder, rows=tuple(shortened(ladder, rows)))

    def ladders(self) -> Iterator[Drawn]:
        """Give the ladders that are in the report, one at a time."""
        for number in self.with_ladders.tolist():
            yield self.drawn(number)


def whole_report(analysis: Analysis, contents: Contents = Contents(), *, names: Names = NO_NAMES) -> Report:
    """Make a report of all connections, without what users wrote."""
    numbers = np.arange(1, len(analysis.connections) + 1)
    return Report(analysis=analysis, numbers=numbers, scope="all connections", contents=contents, names=names)
