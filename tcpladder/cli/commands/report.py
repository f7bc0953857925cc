"""`tcpladder report FILE... -o FILE`: a report in any of the export formats."""

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

import click

from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    analysed,
    annotations_of,
    files_argument,
    names_of,
    reader_option,
    resolve_option,
    tshark_option,
)
from tcpladder.cli.reporting import FormatNames, asking_options
from tcpladder.errors import UsageError

if TYPE_CHECKING:
    from tcpladder.capture.tshark_binary import TsharkOptions
    from tcpladder.report.asking import Asked
    from tcpladder.report.format import Format

STANDARD_OUTPUT = "-"


def _print_schema(ctx: click.Context, _: click.Parameter, is_wanted: bool) -> None:  # noqa: FBT001 - as click calls it
    if is_wanted:
        from tcpladder.report.formats.json import schema

        click.echo(schema(), nl=False)
        ctx.exit()


@click.command("report", context_settings=TAKES_ANY_FILE)
@files_argument
@click.option("-o", "--output", metavar="FILE", required=True, help="Where to write; - is standard output.")
@click.option("--format", "format_name", type=FormatNames(), help="The format, if the file's ending does not tell.")
@click.option("--connection", "numbers", metavar="N", type=int, multiple=True, help="Only this connection.")
@asking_options
@click.option("--force", is_flag=True, help="Replace the file if it is there.")
@click.option(
    "--json-schema",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_schema,
    help="Print the schema of reports in JSON, and nothing else.",
)
@resolve_option
@tshark_option
@reader_option
def write_report(  # noqa: PLR0913 - one parameter an option
    files: tuple[Path, ...],
    *,
    output: str,
    format_name: str | None,
    numbers: tuple[int, ...],
    asked: "Asked",
    force: bool,
    tshark: "TsharkOptions",
    reader: str,
) -> None:
    """Write a report; its format follows the file's ending."""
    from tcpladder.report import writing

    chosen = _format(output, format_name)
    replace = output != STANDARD_OUTPUT and _may_replace(Path(output), files, force=force)
    with analysed(files, tshark, reader) as analysis:
        annotations = annotations_of(analysis, tshark) if asked.needs_annotations else None
        wanted = dataclasses.replace(asked, numbers=numbers)
        report = wanted.report(analysis, annotations, names_of(analysis), tshark)
        if output == STANDARD_OUTPUT:
            writing.check(report, chosen)
            chosen.write(report, cast("BinaryIO", sys.stdout.buffer))
            for remark in report.remarks:
                click.echo(f"tcpladder: {remark}", err=True)
        else:
            writing.write_report(report, chosen, Path(output), replace=replace)
            click.echo(f"tcpladder: {writing.told(report, Path(output))}", err=True)


def _may_replace(path: Path, files: tuple[Path, ...], *, force: bool) -> bool:
    """Tell whether what is at a path may be replaced; who sits at a terminal is asked. Raises SavingError if not."""
    from tcpladder.saving import ExistsError, SavingError, check_target

    try:
        check_target(path, replace=force, sources=files)
    except ExistsError as error:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise
        if not click.confirm(f"{error.sentence} Replace it?", err=True):
            raise SavingError("Nothing was written.") from error
        return True
    return force


def _format(output: str, name: str | None) -> "Format":
    from tcpladder.report.format import format_named, format_of

    if name is not None:
        chosen = format_named(name)
    elif output == STANDARD_OUTPUT:
        raise UsageError("Standard output has no ending that tells the format.", "Name it with --format.")
    else:
        chosen = format_of(Path(output))
    if output == STANDARD_OUTPUT and not chosen.is_text and sys.stdout.isatty():
        raise UsageError(f"The format {chosen.name} is nothing for a terminal.", "Write it into a file.")
    return chosen


COMMAND = write_report
