"""Findings by their rules."""

import pytest

from tcpladder.report.model import whole_report
from tcpladder.report.web import finding_groups
from tcpladder.report.web.finding_groups import groups
from tcpladder.rulebook.levels import Level
from tests.samples import sample

SECTIONS = ("Why it matters", "Harmless when", "Likely causes", "What to try next")


def test_the_gravest_rules_come_first_with_all_their_findings() -> None:
    report = whole_report(sample("showcase"))
    found = list(groups(report))
    assert [group.level for group in found] == sorted((group.level for group in found), reverse=True)
    assert found[0].level is Level.DEVIATION
    assert sum(group.count for group in found) == len(report.findings)
    assert {told.finding.rule for group in found for told in group.told} == {each.rule for each in report.findings}
    assert all(told.limits == report.limits_of(told.finding) for group in found for told in group.told)


def test_the_manual_says_why_it_matters_and_what_to_do() -> None:
    for group in groups(whole_report(sample("lost-fin.client"))):
        assert group.page.title
        assert all(
            group.section(name) for name in ("Why it matters", "Harmless when", "Likely causes", "What to try next")
        )


def test_of_very_many_findings_the_others_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding_groups, "MOST", 1)
    found = next(group for group in groups(whole_report(sample("showcase"))) if group.count > 1)
    assert len(found.told) == 1
    assert found.left_out == found.count - 1
