"""The findings of a report by their rules, each group with what the rule's manual page says."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tcpladder.report.limits import Limits, lacking, limits
from tcpladder.report.model import Report
from tcpladder.report.text_findings import where
from tcpladder.report.web.prose import Block, blocks
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Level, Missing
from tcpladder.rulebook.manual import Manual, manual
from tcpladder.rulebook.rule import Rule
from tcpladder.rules import catalogue

MOST = 50
"""Findings of a rule that are told one by one; the others are counted, and stand beside their ladders."""
MOST_CONNECTIONS = 12
"""Connections that are named where a finding rests on several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A finding, the connection or the host that it is about in words, and how far it goes."""

    finding: Finding
    where: str
    limits: Limits
    connections: tuple[int, ...]  # the first of those that it rests on


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All findings of a rule, `count` of them, of which the gravest are `told`; `level` is that of the gravest."""

    rule: Rule
    page: Manual
    level: Level
    count: int
    told: tuple[Told, ...]

    @property
    def left_out(self) -> int:
        """How many findings are not told one by one."""
        return self.count - len(self.told)

    def section(self, name: str) -> list[Block]:
        """Give a section of the rule's manual page."""
        return list(blocks(self.page.sections.get(name, "")))


def groups(report: Report) -> Iterator[Group]:
    """Give the findings of a report by rule: those of the gravest rule first, then by how many there are."""
    by_rule: dict[str, list[Finding]] = {}
    for finding in report.findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    shown = [finding for own in by_rule.values() for finding in own[:MOST]]
    missing = lacking(report.judgement, shown)
    rules = {rule.id: rule for rule in catalogue()}
    ordered = sorted(by_rule.items(), key=lambda pair: (-pair[1][0].level, -len(pair[1]), pair[0]))
    for name, found in ordered:
        yield _group(report, rules[name], found, missing)


def _group(report: Report, rule: Rule, found: Sequence[Finding], missing: Mapping[int, Missing]) -> Group:
    told = (
        Told(
            finding=finding,
            where=where(report.analysis, finding, report.names),
            limits=limits(finding, missing),
            connections=finding.connections[:MOST_CONNECTIONS],
        )
        for finding in found[:MOST]
    )
    return Group(rule=rule, page=manual(rule.manual), level=found[0].level, count=len(found), told=tuple(told))
