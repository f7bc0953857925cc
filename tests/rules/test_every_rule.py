"""Each rule's manual page is its test: its ladders are captured, and judged by all rules."""

import pytest

from tcpladder.rulebook.levels import Level
from tcpladder.rulebook.manual import SECTIONS, manual
from tcpladder.rulebook.rule import Rule
from tcpladder.rules import catalogue
from tests.building import analysed, marked

RULES = {rule.id: rule for rule in catalogue()}
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


@every_rule
def test_the_example_is_found_in_exactly_the_marked_lines(rule: Rule) -> None:
    text = manual(rule.manual).sections["Example"]
    found = [finding for finding in analysed(text).judgement.findings if finding.rule == rule.id]
    assert found
    assert {frame for finding in found for frame in finding.frames} == marked(text)


@every_rule
def test_the_near_miss_is_not_found_and_breaks_no_other_rule(rule: Rule) -> None:
    findings = analysed(manual(rule.manual).sections["Near miss"]).judgement.findings
    assert [finding for finding in findings if finding.rule == rule.id or finding.level > Level.NOTE] == []


@every_rule
def test_the_manual_page_is_whole(rule: Rule) -> None:
    page = manual(rule.manual)
    assert page.title
    assert tuple(page.sections) == SECTIONS
    assert all(page.sections.values())
    assert all(any(reference.startswith(source) for reference in page.references) for source in rule.sources)


@every_rule
def test_a_rule_examines_connections_or_surveys_the_capture(rule: Rule) -> None:
    assert (rule.examine is None) != (rule.survey is None)
    assert rule.survey or rule.screen is not None or rule.among is not None
