"""What is asked for of a report: which connections, what is in it, and whether it is in disguise."""

from dataclasses import dataclass, field

import numpy as np

from tcpladder.analysis import Analysis
from tcpladder.annotations.sidecar import Annotations
from tcpladder.anonymity.keys import Key
from tcpladder.capture.tshark_binary import Tshark
from tcpladder.filters import choosing
from tcpladder.printable import printable
from tcpladder.report.anonymising import anonymised
from tcpladder.report.model import Contents, Report
from tcpladder.report.scope import BoolArray, check_only, numbered, with_findings
from tcpladder.settings.names import Names

WRITTEN = ("note", "marked")
"""Tokens of the filter line about what users wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Connections with findings of levels or rules (`only`), with some `numbers`, and that a filter keeps, are in it.

    With a `key` the report is in disguise.
    """

    only: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    filter_line: str | None = None
    contents: Contents = field(default_factory=Contents)
    key: Key | None = None

    def check(self) -> None:
        """Raise UsageError where something is asked for that nothing can be, before anything is read."""
        if self.filter_line is not None:
            choosing.check(self.filter_line)
        check_only(self.only)

    @property
    def needs_annotations(self) -> bool:
        """Tell whether what users wrote is in the report, or may be filtered by."""
        line = self.filter_line
        return self.contents.has_notes or (line is not None and choosing.asks_about(line, WRITTEN))

    def report(self, analysis: Analysis, annotations: Annotations | None, names: Names, tshark: Tshark) -> Report:
        """Make the report of a capture. Raises UsageError where there is no connection of such a number."""
        report = Report(
            analysis=analysis,
            numbers=np.flatnonzero(self._kept(analysis, annotations, names, tshark)) + 1,
            scope=self._scope(),
            contents=self.contents,
            annotations=annotations if self.contents.has_notes else None,
            names=names,
        )
        return report if self.key is None else anonymised(report, self.key)

    def _kept(self, analysis: Analysis, annotations: Annotations | None, names: Names, tshark: Tshark) -> BoolArray:
        """Tell of each connection whether all that was asked for keeps it."""
        mask = np.ones(len(analysis.connections), np.bool_)
        if self.filter_line is not None:
            mask &= choosing.chosen(analysis, self.filter_line, names, tshark, annotations)
        if self.numbers:
            mask &= numbered(analysis, self.numbers)
        if self.only:
            mask &= with_findings(analysis, self.only)
        return mask

    def _scope(self) -> str:
        """Say in words which connections were asked for."""
        asked = []
        if self.numbers:
            asked.append(f"number {', '.join(map(str, sorted(set(self.numbers))))}")
        if self.only:
            asked.append(f"with findings: {', '.join(self.only)}")
        if self.filter_line is not None:
            asked.append(f"filtered by {printable(self.filter_line)}")
        noun = "connection" if len(set(self.numbers)) == 1 else "connections"
        return f"{noun} {'; '.join(asked)}" if asked else "all connections"
