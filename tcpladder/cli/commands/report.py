"""`tcpladder report FILE... -o FILE`: a report in any of the export formats."""

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
from tcpladder.cli.filtering import check_filter, filter_option, kept_connections
from tcpladder.errors import UsageError
from tcpladder.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from tcpladder.analysis import Analysis
    from tcpladder.capture.tshark_binary import TsharkOptions
    from tcpladder.report.format import Format
    from tcpladder.report.model import Report

STANDARD_OUTPUT = "-"


class _FormatName(click.ParamType[str]):
    """The name of a format; the formats are looked for only where their names are shown."""

    name = "format"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        """List the formats."""
        from tcpladder.report.format import formats

        return f"[{'|'.join(each.name for each in formats())}]"


def _print_schema(ctx: click.Context, _: click.Parameter, is_wanted: bool) -> None:  # noqa: FBT001 - as click calls it
    if is_wanted:
        from tcpladder.report.formats.json import schema

        click.echo(schema(), nl=False)
        ctx.exit()


@click.command("report", context_settings=TAKES_ANY_FILE)
@files_argument
@click.option("-o", "--output", metavar="FILE", required=True, help="Where to write; - is standard output.")
@click.option("--format", "format_name", type=_FormatName(), help="The format, if the file's ending does not tell.")
@click.option(
    "--only",
    metavar="WHAT",
    multiple=True,
    help="Only connections with such findings: deviating, violations, findings or a rule.",
)
@click.option("--connection", "numbers", metavar="N", type=int, multiple=True, help="Only this connection.")
@filter_option
@click.option(
    "--table",
    type=click.Choice(("connections", "segments", "findings")),
    default="connections",
    show_default=True,
    help="What CSV and Parquet have a row for.",
)
@click.option(
    "--ladders",
    type=click.Choice(("auto", "all", "findings", "none")),
    default="auto",
    show_default=True,
    help="Whose ladders are shown; auto leaves some out where there are very many.",
)
@click.option("--no-notes", is_flag=True, help="Leave out marks and notes.")
@click.option(
    "--fold/--no-fold", "is_folded", default=None, help="Fold the data of ladders, or not; else long ones are folded."
)
@click.option(
    "--anonymise",
    "--anonymize",
    "is_anonymous",
    is_flag=True,
    help="Disguise addresses and clients' ports; leave out names and notes.",
)
@click.option(
    "--key",
    metavar="FILE|TEXT",
    help="What the disguise is made of, so that it is the same in several reports; else it is a new one each time.",
)
@click.option("--ascii", "is_ascii", is_flag=True, help="Text with ASCII characters only.")
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
    only: tuple[str, ...],
    numbers: tuple[int, ...],
    filter_line: str | None,
    table: str,
    ladders: str,
    no_notes: bool,
    is_folded: bool | None,
    is_anonymous: bool,
    key: str | None,
    is_ascii: bool,
    force: bool,
    tshark: "TsharkOptions",
    reader: str,
) -> None:
    """Write a report; its format follows the file's ending."""
    from tcpladder.report import writing
    from tcpladder.report.model import Contents, Ladders, Report, Table
    from tcpladder.report.scope import check_only

    chosen = _format(output, format_name)
    check_filter(filter_line)
    check_only(only)
    replace = output != STANDARD_OUTPUT and _may_replace(Path(output), files, force=force)
    disguised = _disguise(key, is_wanted=is_anonymous)
    contents = Contents(
        ladders=Ladders(ladders), has_notes=not no_notes, is_folded=is_folded, is_ascii=is_ascii, table=Table(table)
    )
    with analysed(files, tshark, reader) as analysis:
        import numpy as np

        kept = _kept(analysis, only, numbers, kept_connections(analysis, filter_line, tshark))
        report = Report(
            analysis=analysis,
            numbers=np.flatnonzero(kept) + 1,
            scope=_scope(only, numbers, filter_line),
            contents=contents,
            annotations=None if no_notes else annotations_of(analysis, tshark),
            names=names_of(analysis),
            tshark=tshark,
        )
        report = disguised(report)
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


def _disguise(key: str | None, *, is_wanted: bool) -> "Callable[[Report], Report]":
    """Give what makes a report one for strangers, where that is wanted. Raises UsageError for a key that is none."""
    if not is_wanted:
        if key is not None:
            raise UsageError("A key disguises, and nothing is to be disguised.", "Say --anonymise as well.")
        return lambda report: report
    from tcpladder.anonymity.keys import key_of, random_key
    from tcpladder.report.anonymising import anonymised

    chosen = random_key() if key is None else key_of(key)
    return lambda report: anonymised(report, chosen)


def _kept(
    analysis: "Analysis", only: tuple[str, ...], numbers: tuple[int, ...], kept: "npt.NDArray[np.bool_] | None"
) -> "npt.NDArray[np.bool_]":
    """Tell of each connection whether all that was asked for keeps it."""
    import numpy as np

    from tcpladder.report.scope import numbered, with_findings

    mask = np.ones(len(analysis.connections), np.bool_) if kept is None else kept
    if numbers:
        mask = mask & numbered(analysis, numbers)
    if only:
        mask = mask & with_findings(analysis, only)
    return mask


def _scope(only: tuple[str, ...], numbers: tuple[int, ...], filter_line: str | None) -> str:
    """Say in words which connections were asked for."""
    asked = []
    if numbers:
        asked.append(f"number {', '.join(map(str, numbers))}")
    if only:
        asked.append(f"with findings: {', '.join(only)}")
    if filter_line is not None:
        asked.append(f"filtered by {printable(filter_line)}")
    return f"connections {'; '.join(asked)}" if asked else "all connections"


COMMAND = write_report
