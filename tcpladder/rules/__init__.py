"""Nothing but rules: one file each, a folder a family. A new rule is a new file; nothing else names it."""

from functools import cache
from typing import TYPE_CHECKING

from tcpladder import rules
from tcpladder.discovery import exports

if TYPE_CHECKING:
    from tcpladder.rulebook.rule import Rule


@cache
def catalogue() -> "tuple[Rule, ...]":
    """Give every rule, in the order of families and names."""
    from tcpladder.rulebook.rule import Rule  # with all that rules know; who asks for no rule need not wait for it

    return tuple(rule for rule in exports(rules, "RULE") if isinstance(rule, Rule))
