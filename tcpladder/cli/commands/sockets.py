"""`tcpladder sockets FILE...`: the sockets that hosts must have had at a time, printed."""

import math
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
from tcpladder.errors import UsageError

if TYPE_CHECKING:
    from tcpladder.capture.tshark_binary import TsharkOptions


@click.command("sockets", context_settings=TAKES_ANY_FILE)
@files_argument
@click.option("--at", "at", metavar="SECONDS", type=float, help="Since the capture began; its end, if not given.")
@json_option
@names_option
@tshark_option
@reader_option
def print_sockets(
    files: tuple[Path, ...], *, at: float | None, is_json: bool, tshark: "TsharkOptions", reader: str
) -> None:
    """Print the sockets that hosts must have had at a time, by the states of their connections."""
    from tcpladder.report.socket_list import SocketListing, nearest_time, socket_json_lines, socket_lines
    from tcpladder.report.sockets import SocketHistory

    if at is not None and math.isnan(at):
        raise UsageError("--at nan is no time.", "Give seconds since the capture began, such as --at 1.5.")
    with analysed(files, tshark, reader) as analysis:
        history = SocketHistory(analysis, analysis.judgement)
        sockets = history.at(history.end if at is None else nearest_time(at, history.begin))
        if is_json:
            print_json(socket_json_lines(sockets, analysis.addresses))
        else:
            print_lines(socket_lines(SocketListing(sockets, analysis.addresses, names_of(analysis))))


COMMAND = print_sockets
