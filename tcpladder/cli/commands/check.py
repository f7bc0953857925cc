"""`tcpladder check CAPTURE...`: judge captures, each by itself, and tell by the exit code whether something fails."""

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tcpladder import __version__
from tcpladder.cli.arguments import TAKES_ANY_FILE, print_lines, reader_option, tshark_option
from tcpladder.cli.many import Meter, captures_argument, captures_of, interruptible, jobs_option, processes_for
from tcpladder.cli.output import give_up_output

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from tcpladder.capture.tshark_binary import TsharkOptions
    from tcpladder.many.baseline import Baseline
    from tcpladder.many.failing import Failing
    from tcpladder.many.gathering import Gathered
    from tcpladder.many.verdict import Figures, Verdict


@click.command(
    "check",
    context_settings=TAKES_ANY_FILE,
    epilog="Exit codes: 0 nothing fails, 1 something fails, 2 a capture or the baseline could not be read, or wrong "
    "usage. A directory stands for all captures in it and below it.",
)
@captures_argument
@click.option(
    "--fail-on",
    metavar="WHAT",
    multiple=True,
    help="violation, deviation, note (with all that is graver), a rule, or incomplete; deviation if not said.",
)
@click.option("--ignore", "ignored", metavar="RULE", multiple=True, help="Never fail on this rule.")
@click.option(
    "--baseline",
    "baseline_file",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Fail only on what is new beside this, which an earlier check --json printed.",
)
@click.option("--any-number", is_flag=True, help="What the baseline has once is known however often it is found.")
@click.option(
    "--any-initiator", is_flag=True, help="Leave out who opened connections when comparing with the baseline."
)
@click.option("--json", "is_json", is_flag=True, help="Print one JSON document, for programs and as a baseline.")
@click.option("-q", "--quiet", "is_quiet", is_flag=True, help="Print nothing where nothing fails.")
@jobs_option
@tshark_option
@reader_option
def check(  # noqa: PLR0913 - one parameter an option
    names: tuple[Path, ...],
    *,
    fail_on: tuple[str, ...],
    ignored: tuple[str, ...],
    baseline_file: Path | None,
    any_number: bool,
    any_initiator: bool,
    is_json: bool,
    is_quiet: bool,
    jobs: int | None,
    tshark: "TsharkOptions",
    reader: str,
) -> int:
    """Judge captures, each by itself, for CI and cron: 0 is clean, 1 is not."""
    from tcpladder.many.baseline import Baseline, baseline
    from tcpladder.many.check_document import document
    from tcpladder.many.failing import failing
    from tcpladder.many.verdict import UNREADABLE, Figures

    wanted = failing(fail_on, ignored)
    known = Baseline()
    if baseline_file is not None:
        known = baseline(baseline_file, has_any_number=any_number, has_any_initiator=any_initiator)
    captures, figures = captures_of(names), Figures()
    meter = Meter(len(captures))
    try:
        with interruptible(meter):
            verdicts = _verdicts(captures, wanted, known, figures, meter, (tshark, reader, jobs))
            with contextlib.closing(verdicts):
                if is_json:
                    for line in document(verdicts, figures, wanted, baseline_file, __version__):
                        click.echo(line)
                else:
                    _print(verdicts, figures, wanted, known, is_quiet=is_quiet)
    except BrokenPipeError:  # whoever read it has enough of it; what was not checked by then may have anything
        give_up_output()
        return figures.exit_code or UNREADABLE
    return figures.exit_code


def _verdicts(  # noqa: PLR0913 - it is what the command has gathered
    captures: "list[Gathered]",
    wanted: "Failing",
    known: "Baseline",
    figures: "Figures",
    meter: Meter,
    how: "tuple[TsharkOptions, str, int | None]",
) -> "Generator[Verdict, None, None]":
    """Give what there is to say of each capture, in their order, and tell which could not be read."""
    from tcpladder.many.checking import Job, checked
    from tcpladder.many.crew import Failure, in_order, worked
    from tcpladder.many.verdict import verdict

    tshark, reader, jobs = how
    work = [Job(path=each.path, tshark=tshark, reader=reader) for each in captures]
    with contextlib.closing(worked(checked, work, processes_for([job.path for job in work], jobs))) as done:
        for each in in_order(done):
            said = verdict(work[each.place].path, each.result, wanted, known)
            figures.add(said)
            meter.clear()
            if isinstance(said.result, Failure):
                click.echo(f"tcpladder: {said.result.of(said.capture)}", err=True)
            yield said
            meter.step(str(said.capture))


def _print(
    verdicts: "Iterator[Verdict]", figures: "Figures", wanted: "Failing", known: "Baseline", *, is_quiet: bool
) -> None:
    from tcpladder.many.check_lines import capture_lines, summary_line

    for verdict in verdicts:
        if verdict.failing or not is_quiet:
            print_lines(capture_lines(verdict, known))
    if figures.exit_code or not is_quiet:
        print_lines([summary_line(figures, wanted)])


COMMAND = check
