"""`tcpladder related FILE... N`: the connections that have to do with one, printed."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    analysed,
    files_argument,
    json_option,
    names_of,
    names_option,
    print_json,
    print_lines,
    reader_option,
    tshark_option,
)

if TYPE_CHECKING:
    from tcpladder.capture.tshark_binary import TsharkOptions


@click.command("related", context_settings=TAKES_ANY_FILE)
@files_argument
@click.argument("connection", metavar="N", type=int)
@json_option
@names_option
@tshark_option
@reader_option
def print_related(
    files: tuple[Path, ...], connection: int, *, is_json: bool, tshark: "TsharkOptions", reader: str
) -> None:
    """Print what has to do with connection N: before and after it on its ports, beyond a NAT, or of the same hosts."""
    from tcpladder.report.related import related, related_json_lines, related_lines

    with analysed(files, tshark, reader) as analysis:
        found = related(analysis, connection, analysis.judgement)
        if is_json:
            print_json(related_json_lines(analysis, found))
        else:
            print_lines(related_lines(analysis, found, names_of(analysis)))


COMMAND = print_related
