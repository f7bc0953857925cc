"""Reports on their way into a file: checked, then written wholly or not at all."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, cast

from tcpladder.errors import UsageError, quoted
from tcpladder.report.format import Covers, Format
from tcpladder.report.model import Report
from tcpladder.report.watched import Head, Watched
from tcpladder.saving import SavingError, target


def check(report: Report, chosen: Format) -> None:
    """Raise UsageError where a format can't have what the report is about."""
    if chosen.covers is Covers.ONE_CONNECTION and len(report) != 1:
        raise UsageError(
            f"The format {chosen.name} shows one connection, and there are {len(report)} to be shown.",
            "Choose one by its number.",
        )


def write_report(
    report: Report, chosen: Format, path: Path, *, replace: bool = False, goes_on: Callable[[int], bool] | None = None
) -> bool:
    """Write a report into a file, which is there wholly or not at all; tell whether it is.

    `goes_on` is told now and then how many bytes are written, and ends the writing by saying no. Raises UsageError
    where the format can't have it, SavingError where the file can't be written, and ExistsError where there is one that
    is not to be replaced.
    """
    check(report, chosen)
    watched = None
    try:
        with target(path, replace=replace, sources=sources_of(report)) as out:
            watched = Watched(out, goes_on or (lambda _: True))
            chosen.write(report, cast("BinaryIO", watched))
    except (OSError, SavingError):
        if watched is None or not watched.is_ended:
            raise
        return False
    return True


def write_into(report: Report, chosen: Format, out: BinaryIO, goes_on: Callable[[int], bool]) -> bool:
    """Write a report into an open file; tell whether it is whole. `goes_on` is asked as by `write_report`.

    Raises UsageError where the format can't have it, OSError where no more can be written.
    """
    check(report, chosen)
    watched = Watched(out, goes_on)
    try:
        chosen.write(report, cast("BinaryIO", watched))
    except OSError:
        if not watched.is_ended:
            raise
        return False
    return True


def beginning(report: Report, chosen: Format, most: int, goes_on: Callable[[], bool] = lambda: True) -> bytes:
    """Give the first bytes of what a report comes to, `most` or somewhat more; nothing is written anywhere.

    `goes_on` ends it by saying no. Raises UsageError where the format can't have it.
    """
    check(report, chosen)
    head = Head(most, goes_on)
    try:
        chosen.write(report, cast("BinaryIO", head))
    except OSError:
        if not head.is_ended:
            raise
    return bytes(head.content)


def sources_of(report: Report) -> Iterable[Path]:
    """Give the files that no report may be written over."""
    return (report.source.path, *report.source.named)


def told(report: Report, path: Path) -> str:
    """Say what was written."""
    connections = f"{len(report)} connection{'s' * (len(report) != 1)}"
    findings = f"{len(report.findings)} finding{'s' * (len(report.findings) != 1)}"
    return " ".join([f"{quoted(path)} has {connections} and {findings}.", *report.remarks])
