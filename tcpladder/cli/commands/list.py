"""`tcpladder list FILE...`: the connection list, printed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    analysed,
    annotations_of,
    files_argument,
    glyphs,
    json_option,
    names_of,
    names_option,
    print_json,
    print_lines,
    reader_option,
    tshark_option,
)
from tcpladder.cli.filtering import check_filter, filter_option, kept_connections

if TYPE_CHECKING:
    from tcpladder.capture.tshark_binary import TsharkOptions


@click.command("list", context_settings=TAKES_ANY_FILE)
@files_argument
@json_option
@filter_option
@names_option
@tshark_option
@reader_option
def list_connections(
    files: tuple[Path, ...], *, is_json: bool, filter_line: str | None, tshark: "TsharkOptions", reader: str
) -> None:
    """Print the capture's TCP connections."""
    from tcpladder.report.json_lines import connection_lines
    from tcpladder.report.text import connection_list

    check_filter(filter_line)
    with analysed(files, tshark, reader) as analysis:
        annotations = annotations_of(analysis, tshark)
        kept = kept_connections(analysis, filter_line, tshark)
        for note in analysis.judgement.health:
            click.echo(f"tcpladder: {note.sentence}", err=True)
        if is_json:
            print_json(connection_lines(analysis, annotations, kept))
        else:
            print_lines(connection_list(analysis, glyphs(is_ascii=False).levels, kept, annotations, names_of(analysis)))


COMMAND = list_connections
