"""What a check of many captures comes to: what of each capture fails, what of that is new, and the figures."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tcpladder.many.baseline import Baseline
from tcpladder.many.checking import Checked, CheckedFinding
from tcpladder.many.crew import Failure
from tcpladder.many.failing import Failing
from tcpladder.rulebook.levels import Level

CLEAN, FOUND, UNREADABLE = 0, 1, 2
"""Exit codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A finding, whether it is one that fails, and whether it is new beside the baseline."""

    finding: CheckedFinding
    fails: bool
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What there is to say of one capture; `result` is a Failure where it could not be read."""

    capture: Path
    result: Checked | Failure
    findings: tuple[Judged, ...] = ()
    notices: tuple[Judged, ...] = ()

    @property
    def failing(self) -> list[Judged]:
        """What makes the check fail, what is about the capture as a whole first."""
        return [judged for judged in (*self.notices, *self.findings) if judged.fails and judged.is_new]


def verdict(capture: Path, result: Checked | Failure, failing: Failing, known: Baseline) -> Verdict:
    """Say what of a capture fails."""
    if isinstance(result, Failure):
        return Verdict(capture=capture, result=result)
    findings, notices = (
        tuple(
            Judged(finding=finding, fails=failing(finding), is_new=is_new)
            for finding, is_new in zip(found, known.is_new(found), strict=True)
        )
        for found in (result.findings, result.notices)
    )
    return Verdict(capture=capture, result=result, findings=findings, notices=notices)


@dataclass(slots=True)
class Figures:
    """The sums over all captures."""

    captures: int = 0
    unreadable: int = 0
    incomplete: int = 0
    connections: int = 0
    failing: Counter[Level] = field(default_factory=Counter)
    known: int = 0
    passed: int = 0

    def add(self, verdict: Verdict) -> None:
        """Count a capture in."""
        self.captures += 1
        if isinstance(verdict.result, Failure):
            self.unreadable += 1
            return
        self.incomplete += verdict.result.is_incomplete
        self.connections += verdict.result.connections
        self.failing.update(judged.finding.level for judged in verdict.failing)
        self.known += sum(judged.fails and not judged.is_new for judged in (*verdict.notices, *verdict.findings))
        self.passed += sum(not judged.fails for judged in verdict.findings)

    @property
    def exit_code(self) -> int:
        """Give 2 where anything could not be read, since then not all was checked; else 1 where something failed."""
        return UNREADABLE if self.unreadable else FOUND if self.failing.total() else CLEAN

    def as_json(self) -> Mapping[str, int]:
        """Give the figures by their names."""
        return {
            "captures": self.captures,
            "unreadable": self.unreadable,
            "incomplete": self.incomplete,
            "connections": self.connections,
            **{level.word: self.failing[level] for level in reversed(Level)},
            "failing": self.failing.total(),
            "known": self.known,
            "passed": self.passed,
        }
