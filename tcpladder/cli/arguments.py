"""Arguments and options that several subcommands share, and how they print."""

import os
import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpladder.errors import CaptureError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tcpladder.analysis import Analysis
    from tcpladder.ladder.glyphs import Glyphs
    from tcpladder.ladder.layout import Line
    from tcpladder.settings.in_force import InForce
    from tcpladder.settings.reading import Problem

PASSED_ON = 1_000  # lines

# A file may be called `-w`: what is no option is taken for a file.
TAKES_ANY_FILE = {"ignore_unknown_options": True}

file_argument = click.argument("file", type=click.Path(path_type=Path, readable=False))
tshark_option = click.option("--tshark", metavar="PATH", help="The tshark to use, if not the one on the PATH.")
reader_option = click.option(
    "--reader",
    type=click.Choice(("auto", "native", "tshark")),
    default="auto",
    show_default=True,
    help="What reads the file: tcpladder itself, tshark, or the quicker one that knows it.",
)
ascii_option = click.option("--ascii", "is_ascii", is_flag=True, help="Draw with ASCII characters only.")
config_option = click.option(
    "--config", metavar="FILE", type=click.Path(path_type=Path), help="The settings file, if not the one at its place."
)
json_option = click.option("--json", "is_json", is_flag=True, help="Print JSON Lines, for programs.")


def analysed(file: Path, tshark: str | None, reader: str) -> "Analysis":
    """Read and analyse a capture, and tell on standard error what should be known about the file."""
    from tcpladder.analysis import analyse

    check_is_no_option(file)
    analysis = analyse(file, tshark=tshark, reader=reader)
    for notice in analysis.notices:
        click.echo(f"tcpladder: {notice.sentence}", err=True)
    return analysis


def in_force(config: Path | None, tshark: str | None = None, *, is_ascii: bool = False) -> "InForce":
    """Gather the settings in force; what the command line says goes before them."""
    from tcpladder.settings.in_force import settings_in_force

    options = {"tshark.path": tshark, "ascii": is_ascii or None}
    found = settings_in_force(environment=os.environ, wanted=config, options=options)
    os.environ.pop("NO_COLOR", None)
    if not found.settings.has_colour:
        os.environ["NO_COLOR"] = "1"  # which is how what draws is told
    return found


def tell_problems(problems: "Iterable[Problem]") -> None:
    """Tell on standard error what is wrong with the settings, a line each."""
    for problem in problems:
        click.echo(f"tcpladder: {problem}", err=True)


def check_is_no_option(file: Path) -> None:
    """Raise CaptureError where a mistyped option was taken for the file."""
    if str(file).startswith("-") and not file.exists():
        raise CaptureError(f"There is no option and no file {quoted(file)}.", "See tcpladder --help.")


def glyphs(*, is_ascii: bool) -> "Glyphs":
    """Choose the characters to draw with: ASCII where it is wanted, or where the output can't show others."""
    from tcpladder.ladder.glyphs import ASCII, UNICODE

    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()  # a closed output is None
    return ASCII if is_ascii or not encoding.startswith("utf") else UNICODE


def print_json(lines: "Iterable[str]") -> None:
    """Print lines for programs, many at a time: whatever is printed is passed on at once."""
    remaining = iter(lines)
    while passed := list(islice(remaining, PASSED_ON)):
        click.echo("\n".join(passed))


def print_lines(lines: "Iterable[Line]") -> None:
    """Print lines of spans: coloured on a terminal that wants it, else plain."""
    from rich.console import Console
    from rich.text import Text

    from tcpladder.report.styles import STYLES

    console = Console(highlight=False, markup=False, soft_wrap=True)
    if not console.is_terminal:
        for line in lines:
            click.echo("".join(span.text for span in line).rstrip())
        return
    for line in lines:
        console.print(Text.assemble(*((span.text, STYLES.get(span.token, "")) for span in line)), end="\n")
