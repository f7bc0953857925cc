"""`tcpladder batch CAPTURE... -o DIRECTORY`: a report of each of many captures, and a summary over all."""

import contextlib
import dataclasses
from itertools import chain
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

import click

from tcpladder import __version__
from tcpladder.cli.arguments import (
    TAKES_ANY_FILE,
    reader_option,
    resolve_option,
    settings_of_command,
    tshark_option,
)
from tcpladder.cli.many import Meter, captures_argument, captures_of, interruptible, jobs_option, processes_for
from tcpladder.cli.reporting import FormatNames, asking_options
from tcpladder.errors import UsageError, quoted

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from tcpladder.capture.tshark_binary import TsharkOptions
    from tcpladder.many.batch_summary import Outcome
    from tcpladder.many.batching import Job, Written
    from tcpladder.many.crew import Failure
    from tcpladder.many.gathering import Gathered
    from tcpladder.report.asking import Asked
    from tcpladder.report.format import Format


@click.command(
    "batch",
    context_settings=TAKES_ANY_FILE,
    epilog="A directory stands for all captures in it and below it. Exit codes: 0 done, 2 for some there is no report.",
)
@captures_argument
@click.option(
    "-o",
    "--output",
    "directory",
    metavar="DIRECTORY",
    required=True,
    type=click.Path(path_type=Path),
    help="Where the reports go, with a summary; it is made if need be.",
)
@click.option(
    "--format",
    "format_names",
    type=FormatNames(),
    multiple=True,
    default=("html",),
    show_default=True,
    help="The format; several with commas between them, or given several times.",
)
@asking_options
@click.option("--force", is_flag=True, help="Replace what is there.")
@click.option("--update", is_flag=True, help="Leave reports that are newer than their captures, replace others.")
@jobs_option
@resolve_option
@tshark_option
@reader_option
def write_batch(  # noqa: PLR0913 - one parameter an option
    names: tuple[Path, ...],
    *,
    directory: Path,
    format_names: tuple[str, ...],
    asked: "Asked",
    force: bool,
    update: bool,
    jobs: int | None,
    tshark: "TsharkOptions",
    reader: str,
) -> int:
    """Write a report of each capture, one process a processor, and a summary over all."""
    from tcpladder.many.batch_summary import Outcome, remarks_on, summary_text
    from tcpladder.many.batching import (
        called,
        check_no_capture,
        check_targets,
        is_up_to_date,
        outside,
        put_in_place,
        stage_in,
    )
    from tcpladder.many.crew import Failure
    from tcpladder.many.places import SUMMARY
    from tcpladder.saving import save

    formats = _formats(format_names)
    format_ids = [each.name for each in formats]
    captures = outside(directory, captures_of(names), names)
    targets = _targets(captures, formats)
    files = [[directory / target for target in own] for own in targets]
    endings = (".txt", ".json", ".html") if "html" in format_ids else (".txt", ".json")
    summaries = {ending: directory / f"{SUMMARY}{ending}" for ending in endings}
    check = check_no_capture if force or update else check_targets
    check([*summaries.values(), *chain.from_iterable(files)], [each.path for each in captures])

    outcomes: dict[int, Outcome] = {}
    wanted = []
    for at, capture in enumerate(captures):
        if update and is_up_to_date(capture.path, files[at]):
            outcomes[at] = Outcome(capture=capture.path, reports=tuple(map(str, targets[at])), result=None)
        else:
            wanted.append(at)
    meter = Meter(len(wanted), is_logged=True)
    with interruptible(meter), stage_in(directory) as stage:
        common = _job(stage, asked, tshark, reader)
        work = [
            dataclasses.replace(common, path=captures[at].path, reports=tuple(zip(format_ids, files[at], strict=True)))
            for at in wanted
        ]
        with contextlib.closing(_done(work, directory, meter, jobs, replace=force or update)) as done:
            for place, result in done:
                at = wanted[place]
                outcomes[at] = Outcome(capture=captures[at].path, reports=tuple(map(str, targets[at])), result=result)
        found = [outcomes[at] for at in range(len(captures))]
        for ending, path in summaries.items():
            with called(stage / path.name, path):
                save(stage / path.name, _summary(ending, found).encode(errors="backslashreplace"))
            put_in_place([stage / path.name], [path], directory, replace=True)
    click.echo(summary_text(found), nl=False)
    for remark in remarks_on(found):
        click.echo(f"tcpladder: {remark}", err=True)
    click.echo(f"tcpladder: the reports are in {quoted(directory)}.", err=True)
    return 2 if any(isinstance(outcome.result, Failure) for outcome in found) else 0


def _summary(ending: str, outcomes: "Sequence[Outcome]") -> str:
    """Give the summary as a file of this ending has it."""
    from tcpladder.many.batch_summary import summary_json, summary_text

    match ending:
        case ".txt":
            return summary_text(outcomes)
        case ".json":
            return summary_json(outcomes, __version__)
        case _:
            from tcpladder.many.summary_page import summary_page  # with a template engine, which others don't need

            return summary_page(outcomes, __version__)


def _formats(names: "Sequence[str]") -> "list[Format]":
    """Give the formats that are named, each once. Raises UsageError where one can't have whole captures."""
    from tcpladder.report.format import Covers, format_named

    found = [format_named(name.strip()) for given in names for name in given.split(",")]
    for each in found:
        if each.covers is Covers.ONE_CONNECTION:
            raise UsageError(f"The format {each.name} shows one connection, and a batch has whole captures.")
    return list({each.name: each for each in found}.values())


def _targets(captures: "Sequence[Gathered]", formats: "Sequence[Format]") -> list[list[PurePath]]:
    """Give the files of each capture's reports, below the directory, in the order of the formats."""
    from tcpladder.many.places import places

    endings = [each.suffixes[0] for each in formats]
    return [[place.with_name(f"{place.name}{ending}") for ending in endings] for place in places(captures, endings)]


def _job(stage: Path, asked: "Asked", tshark: "TsharkOptions", reader: str) -> "Job":
    """Give what is the same in all jobs."""
    from tcpladder.many.batching import Job

    settings = settings_of_command().settings
    return Job(
        path=Path(),
        reports=(),
        stage=stage,
        asked=asked,
        names=dict(settings.names),
        is_resolving=settings.resolve != "off",
        tshark=tshark,
        reader=reader,
    )


def _done(
    work: "list[Job]", directory: Path, meter: Meter, jobs: int | None, *, replace: bool
) -> "Generator[tuple[int, Written | Failure], None, None]":
    """Have all reports written, and put those of each capture in their places as they come."""
    from tcpladder.many.batching import put_in_place, written
    from tcpladder.many.crew import Failure, worked
    from tcpladder.saving import SavingError

    with contextlib.closing(worked(written, work, processes_for([job.path for job in work], jobs))) as done:
        for each in done:
            job, result = work[each.place], each.result
            if not isinstance(result, Failure):
                try:
                    put_in_place(result.staged, [path for _, path in job.reports], directory, replace=replace)
                except SavingError as error:
                    result = Failure(str(error))
            meter.clear()
            if isinstance(result, Failure):
                click.echo(f"tcpladder: {result.of(job.path)}", err=True)
            meter.step(str(job.path))
            yield each.place, result


COMMAND = write_batch
