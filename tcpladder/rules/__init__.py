"""Nothing but rules: one file each, a folder a family. A new rule is a new file; nothing else names it."""

from functools import cache

from tcpladder import rules
from tcpladder.discovery import exports
from tcpladder.rulebook.rule import Rule


@cache
def catalogue() -> tuple[Rule, ...]:
    """Give every rule, in the order of families and names."""
    return tuple(rule for rule in exports(rules, "RULE") if isinstance(rule, Rule))
