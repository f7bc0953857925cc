"""Judges a ladder by a single rule."""

from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.judging import judge
from tcpladder.rules import catalogue
from tests.building import analysed


def judged(rule_id: str, text: str) -> list[Finding]:
    """Give what a rule finds in the connections of a text."""
    analysis = analysed(text)
    rules = [rule for rule in catalogue() if rule.id == rule_id]
    address = analysis.addresses.__getitem__
    return list(judge(analysis.connections, analysis.histories, rules, address, analysis.capture_end).findings)
