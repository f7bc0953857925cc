"""`tcpladder list FILE`: the connection list, printed."""

from pathlib import Path

import click

from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    analysed,
    file_argument,
    glyphs,
    json_option,
    print_json,
    print_lines,
    tshark_option,
)


@click.command("list", context_settings=TAKES_ANY_FILE)
@file_argument
@json_option
@tshark_option
def list_connections(file: Path, *, is_json: bool, tshark: str | None) -> None:
    """Print the capture's TCP connections."""
    from tcpladder.report.json_lines import connection_lines
    from tcpladder.report.text import connection_list

    analysis = analysed(file, tshark)
    for note in analysis.judgement.health:
        click.echo(f"tcpladder: {note.sentence}", err=True)
    if is_json:
        print_json(connection_lines(analysis))
    else:
        print_lines(connection_list(analysis, glyphs(is_ascii=False).levels))


COMMAND = list_connections
