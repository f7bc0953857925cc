"""`tcpladder rules`: the catalogue of rules, printed."""

import click

from tcpladder.cli.arguments import json_option, print_json, print_lines


@click.command("rules")
@json_option
def print_rules(*, is_json: bool) -> None:
    """Print all rules: id, level, title and the clause that each rests on."""
    from tcpladder.report import json_lines, text_findings
    from tcpladder.rules import catalogue

    if is_json:
        print_json(json_lines.rule_lines(catalogue()))
    else:
        print_lines(text_findings.rule_list(catalogue()))


COMMAND = print_rules
