"""`tcpladder findings FILE`: everything that the rules found, printed."""

from pathlib import Path

import click

from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    analysed,
    file_argument,
    json_option,
    print_json,
    print_lines,
    tshark_option,
)


@click.command("findings", context_settings=TAKES_ANY_FILE)
@file_argument
@json_option
@tshark_option
def print_findings(file: Path, *, is_json: bool, tshark: str | None) -> None:
    """Print which connections deviate, from which clause, and the frames that prove it."""
    from tcpladder.report import json_lines, text_findings

    analysis = analysed(file, tshark)
    if is_json:
        print_json(json_lines.finding_lines(analysis))
    else:
        print_lines(text_findings.finding_list(analysis))


COMMAND = print_findings
