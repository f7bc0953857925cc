"""`tcpladder rules`: the catalogue."""

import json

from tcpladder.rules import catalogue
from tests.cli.running import tcpladder


def test_each_rule_is_a_line() -> None:
    ran = tcpladder("rules")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split()[0] for line in ran.out.splitlines()] == [rule.id for rule in catalogue()]


def test_each_rule_is_an_object() -> None:
    rules = [json.loads(line) for line in tcpladder("rules", "--json").out.splitlines()]
    assert {rule["rule"]: rule["level"] for rule in rules}["td-traffic-after-reset"] == "violation"
    assert all(rule["title"] and rule["sources"] for rule in rules)
