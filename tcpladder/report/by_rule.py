"""Findings by the rule that found them, with what is said once of all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Level
from tcpladder.rulebook.manual import Manual, manual
from tcpladder.rules import catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a rule found at one level. `clauses` are the RFCs' sections that it rests on; `page` is its manual page."""

    rule: str
    level: Level
    clauses: tuple[str, ...]
    page: Manual
    findings: tuple[Finding, ...]

    def section(self, heading: str) -> str:
        """Give a section of the manual page without the line breaks of its source: a line a paragraph or entry."""
        return "\n".join(_unwrapped(self.page.sections.get(heading, "")))


def by_rule(findings: Iterable[Finding]) -> Iterator[Found]:
    """Give findings by level, the gravest first, then by rule; those of one rule stay in their order."""
    ordered = sorted(findings, key=lambda finding: (-finding.level, finding.rule))
    for (level, rule), group in groupby(ordered, key=lambda finding: (finding.level, finding.rule)):
        clauses, page = _pages()[rule]
        yield Found(rule=rule, level=level, clauses=clauses, page=page, findings=tuple(group))


@cache
def _pages() -> dict[str, tuple[tuple[str, ...], Manual]]:
    return {rule.id: (rule.sources, manual(rule.manual)) for rule in catalogue()}


def _unwrapped(text: str) -> Iterator[str]:
    """Join the lines that a paragraph or an entry of a list was wrapped into."""
    line = ""
    for part in text.splitlines():
        if line and (not part or part.startswith("- ")):
            yield line
            line = ""
        line = f"{line} {part.strip()}".strip()
    if line:
        yield line
