"""`tcpladder explain RULE`: a rule's manual page, printed."""

import click

from tcpladder.cli.arguments import print_lines
from tcpladder.errors import UsageError, quoted


@click.command("explain")
@click.argument("rule")
def explain(rule: str) -> None:
    """Print what RULE checks, why it matters, what makes it harmless and what to try next."""
    from difflib import get_close_matches

    from tcpladder.report import text_findings
    from tcpladder.rules import catalogue

    by_id = {known.id: known for known in catalogue()}
    if rule not in by_id:
        close = [known for known in by_id if known.startswith(rule)] or get_close_matches(rule, by_id, n=1)
        meant = f"Did you mean {close[0]}? " if close else ""
        raise UsageError(f"There is no rule {quoted(rule)}.", f"{meant}tcpladder rules lists them.")
    print_lines(text_findings.manual_page(by_id[rule]))


COMMAND = explain
