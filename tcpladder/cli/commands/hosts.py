"""`tcpladder hosts FILE...`: every host of a capture in figures, and what they come to."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    analysed,
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

if TYPE_CHECKING:
    from tcpladder.capture.tshark_binary import TsharkOptions


@click.command("hosts", context_settings=TAKES_ANY_FILE)
@files_argument
@json_option
@names_option
@tshark_option
@reader_option
def print_hosts(files: tuple[Path, ...], *, is_json: bool, tshark: "TsharkOptions", reader: str) -> None:
    """Print how each host, and each port that it serves, fares: ports used again, TIME-WAIT, backlog, resets."""
    from tcpladder.report.host_list import host_json_lines, host_lines
    from tcpladder.report.hosts import hosts_of

    with analysed(files, tshark, reader) as analysis:
        hosts = hosts_of(analysis, analysis.judgement)
        if is_json:
            print_json(host_json_lines(hosts))
        else:
            print_lines(host_lines(hosts, glyphs(is_ascii=False).levels, names_of(analysis)))


COMMAND = print_hosts
