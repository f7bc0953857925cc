"""`tcpladder ladder FILE... N`: one connection's ladder, printed."""

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    analysed,
    annotations_of,
    ascii_option,
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
from tcpladder.errors import UsageError

if TYPE_CHECKING:
    from tcpladder.capture.tshark_binary import TsharkOptions

FILE_WIDTH = 120  # where no terminal says how wide it is


@click.command("ladder", context_settings=TAKES_ANY_FILE)
@files_argument
@click.argument("connection", metavar="N", type=int)
@click.option("--width", metavar="W", type=int, help="Columns to draw in; the terminal's width, or 120.")
@click.option("--fold", "is_folded", is_flag=True, help="Fold runs of plain segments, and show idle gaps.")
@ascii_option
@json_option
@names_option
@tshark_option
@reader_option
def print_ladder(  # noqa: PLR0913 - one parameter an option
    files: tuple[Path, ...],
    connection: int,
    *,
    width: int | None,
    is_folded: bool,
    is_ascii: bool,
    is_json: bool,
    tshark: "TsharkOptions",
    reader: str,
) -> None:
    """Print the ladder of connection N, with both endpoints' states."""
    from tcpladder.ladder.layout import LEAST_WIDTH
    from tcpladder.ladder.rungs import ladder_of
    from tcpladder.report import json_lines, text

    if width is None:
        width = max(
            shutil.get_terminal_size((FILE_WIDTH, 0)).columns if sys.stdout.isatty() else FILE_WIDTH, LEAST_WIDTH
        )
    if width < LEAST_WIDTH:
        raise UsageError(f"A ladder does not fit into {width} columns.", f"It needs {LEAST_WIDTH} or more.")
    with analysed(files, tshark, reader) as analysis:
        ladder = ladder_of(analysis, connection, analysis.judgement, annotations_of(analysis, tshark))
        ladder.name_ends(names_of(analysis))
        if is_json:
            print_json(json_lines.ladder_lines(ladder))
        else:
            rows = text.folded_rows(ladder) if is_folded else None
            print_lines(text.ladder_lines(ladder, len(analysis.connections), width, glyphs(is_ascii=is_ascii), rows))


COMMAND = print_ladder
