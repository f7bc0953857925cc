"""Findings by the rule that found them."""

from tcpladder.report.by_rule import by_rule
from tcpladder.rules import catalogue
from tests.samples import sample


def test_every_finding_is_in_one_group_the_gravest_first() -> None:
    findings = sample("showcase").judgement.findings
    found = list(by_rule(findings))
    assert sorted((each for group in found for each in group.findings), key=id) == sorted(findings, key=id)
    assert [group.level for group in found] == sorted((group.level for group in found), reverse=True)
    assert len({(group.level, group.rule) for group in found}) == len(found)
    assert all({each.rule for each in group.findings} == {group.rule} for group in found)


def test_a_group_has_the_clauses_of_its_rule() -> None:
    sources = {rule.id: rule.sources for rule in catalogue()}
    assert all(group.clauses == sources[group.rule] for group in by_rule(sample("showcase").judgement.findings))


def test_a_section_has_a_line_for_each_entry_of_a_list_and_for_each_paragraph() -> None:
    (group,) = by_rule(sample("reset-in-reply-to-fin.server").judgement.findings)
    assert group.rule == "td-rst-reply-to-fin"
    causes = group.section("Likely causes").splitlines()
    assert len(causes) > 1
    assert all(cause.startswith("- ") for cause in causes)
    assert len(group.section("What to try next").splitlines()) == 1
    assert group.section("No such section") == ""
