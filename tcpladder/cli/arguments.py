"""Arguments and options that several subcommands share, and how they print."""

import os
import sys
from collections.abc import Callable
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from tcpladder.errors import CaptureError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tcpladder.analysis import Analysis
    from tcpladder.annotations.sidecar import Annotations
    from tcpladder.capture.merging import Captures
    from tcpladder.capture.tshark_binary import Tshark, TsharkOptions
    from tcpladder.ladder.glyphs import Glyphs
    from tcpladder.ladder.layout import Line
    from tcpladder.settings.in_force import InForce
    from tcpladder.settings.names import Names
    from tcpladder.settings.reading import Problem
    from tcpladder.settings.table import Settings

PASSED_ON = 1_000  # lines
PLAIN = ("C", "POSIX")  # locales without a language
COERCED = ("C.UTF-8", "C.utf8", "UTF-8")  # what Python sets in their place (PEP 538)
SETTINGS = "tcpladder.settings"  # where click's context has them
ANNOTATIONS = "tcpladder.annotations"
Command = TypeVar("Command", bound=Callable[..., object])

# A file may be called `-w`: what is no option is taken for a file.
TAKES_ANY_FILE = {"ignore_unknown_options": True}

files_argument = click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path, readable=False)
)
config_option = click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    is_eager=True,
    help="The settings file, if not the one at its place.",
)


resolve_option = click.option(
    "--resolve",
    type=click.Choice(("off", "hosts", "network")),
    is_eager=True,
    help="Where names of addresses come from; off unless the settings say so. network asks name servers.",
)


names_option = click.option(
    "--resolve",
    type=click.Choice(("off", "hosts")),
    is_eager=True,
    help="Where names that the settings don't give come from: the hosts file and the capture, or nowhere.",
)
"""For what is printed: only the app asks name servers."""


def tshark_option(command: Command) -> Command:
    """Give a command the options of tshark and of the settings file; it gets a TsharkOptions as `tshark`."""
    with_tshark = click.option(
        "--tshark", metavar="PATH", callback=_chosen, help="The tshark to use, if not the one on the PATH."
    )
    return with_tshark(config_option(command))


def _chosen(context: click.Context, _parameter: click.Parameter, path: str | None) -> "TsharkOptions":
    """Gather the settings for the command that runs, and give what they say of tshark."""
    settings = context.meta[SETTINGS] = in_force(
        context.params.pop("config", None), path, resolve=context.params.pop("resolve", None)
    )
    return tshark_options(settings.settings)


def tshark_options(settings: "Settings") -> "TsharkOptions":
    """Give what the settings say of tshark."""
    from tcpladder.capture.tshark_binary import TsharkOptions

    arguments = [part for preference in settings.tshark_preferences for part in ("-o", preference)]
    if settings.tls_key_log:
        arguments += ["-o", f"tls.keylog_file:{Path(settings.tls_key_log).expanduser().absolute()}"]
    for rule in settings.decode_as:
        arguments += ["-d", rule]
    path = str(Path(settings.tshark).expanduser()) if settings.tshark.startswith("~") else settings.tshark
    return TsharkOptions(path=path or None, arguments=tuple(arguments))


def settings_of_command() -> "InForce":
    """Give the settings of the command that runs; the defaults where it has not the options of `tshark_option`."""
    from tcpladder.settings.in_force import InForce

    context = click.get_current_context(silent=True)
    found: InForce | None = context.meta.get(SETTINGS) if context else None
    return found or InForce(path=Path())


reader_option = click.option(
    "--reader",
    type=click.Choice(("auto", "native", "tshark")),
    default="auto",
    show_default=True,
    help="What reads the file: tcpladder itself, tshark, or the quicker one that knows it.",
)
ascii_option = click.option("--ascii", "is_ascii", is_flag=True, help="Draw with ASCII characters only.")
json_option = click.option("--json", "is_json", is_flag=True, help="Print JSON Lines, for programs.")


@contextmanager
def captures(files: tuple[Path, ...], tshark: "Tshark") -> "Iterator[Captures]":
    """Give the captures that are named as one, by time; what takes a while is told on standard error."""
    from tcpladder.capture.merging import as_one

    for file in files:
        check_is_no_option(file)
    with as_one(files, tshark, lambda told: click.echo(f"tcpladder: {told}", err=True)) as merged:
        yield merged


@contextmanager
def analysed(files: tuple[Path, ...], tshark: "Tshark", reader: str) -> "Iterator[Analysis]":
    """Read and analyse captures, and tell on standard error what should be known about them.

    A request to end, or a hang-up, unwinds what is done with them: no half a file is left behind.
    """
    from tcpladder.analysis import analyse
    from tcpladder.unwinding import unwinding

    with unwinding(), captures(files, tshark) as merged:
        tell_problems(settings_of_command().problems)
        analysis = analyse(merged, tshark=tshark, reader=reader)
        for notice in analysis.notices:
            click.echo(f"tcpladder: {notice.sentence}", err=True)
        yield analysis


def annotations_of(analysis: "Analysis", tshark: "Tshark") -> "Annotations":
    """Find what users wrote about a capture, and what it says itself; tell on standard error what is left out.

    A command looks for it once, however often it asks.
    """
    from tcpladder.capture.recorded_comments import written_about

    context = click.get_current_context(silent=True)
    if context is not None and ANNOTATIONS in context.meta:
        known: Annotations = context.meta[ANNOTATIONS]
        return known
    annotations, notices = written_about(analysis.path, tshark, files=analysis.files)
    if context is not None:
        context.meta[ANNOTATIONS] = annotations
    for notice in notices:
        click.echo(f"tcpladder: {notice}", err=True)
    return annotations


def names_of(analysis: "Analysis") -> "Names":
    """Give the names by which endpoints are found: those of the settings, and where wanted those that are here."""
    from tcpladder.capture.name_records import names_known

    settings = settings_of_command().settings
    return names_known(settings.names, analysis.named, is_resolving=settings.resolve != "off")


def in_force(
    config: Path | None, tshark: str | None = None, *, is_ascii: bool = False, resolve: str | None = None
) -> "InForce":
    """Gather the settings in force; what the command line says goes before them."""
    from tcpladder.settings.in_force import settings_in_force

    options = {"tshark.path": tshark, "ascii": is_ascii or None, "resolve": resolve}
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
        context = click.get_current_context(silent=True)
        command = context.command_path if context else "tcpladder"
        raise CaptureError(f"There is no option and no file {quoted(file)}.", f"See {command} --help.")


def glyphs(*, is_ascii: bool) -> "Glyphs":
    """Choose the characters to draw with: ASCII where it is wanted, or where the output can't show others.

    On a terminal the locale is asked as well: Python takes C and POSIX for UTF-8 (PEP 538, PEP 540), terminals don't.
    """
    from tcpladder.ladder.glyphs import ASCII, UNICODE

    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower()  # a closed output is None
    is_wanted = is_ascii or settings_of_command().settings.is_ascii
    can_show = encoding.startswith("utf") and not (sys.stdout.isatty() and _is_other_than_utf8(os.environ))
    return UNICODE if can_show and not is_wanted else ASCII


def _is_other_than_utf8(environment: "Mapping[str, str]") -> bool:
    """Tell whether the locale says that the terminal's characters are not UTF-8; one that is not set says nothing."""
    language = environment.get("LANG", "")
    ctype = environment.get("LC_CTYPE", "")
    if ctype in COERCED and language in PLAIN:
        ctype = ""  # Python itself has set it
    named = environment.get("LC_ALL") or ctype or language
    _, dot, charset = named.partition(".")
    if dot:
        return charset.partition("@")[0].lower().replace("-", "") != "utf8"
    return named in PLAIN


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
