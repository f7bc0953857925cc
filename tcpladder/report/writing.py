"""Reports on their way into a file: checked, then written wholly or not at all."""

from collections.abc import Iterable
from pathlib import Path

from tcpladder.errors import UsageError, quoted
from tcpladder.report.format import Covers, Format
from tcpladder.report.model import Report
from tcpladder.saving import target


def check(report: Report, chosen: Format) -> None:
    """Raise UsageError where a format can't have what the report is about."""
    if chosen.covers is Covers.ONE_CONNECTION and len(report) != 1:
        raise UsageError(
            f"{chosen.title[:1].upper()}{chosen.title[1:]} shows one connection, and there are {len(report)} to be "
            "shown.",
            "Choose one by its number.",
        )


def write_report(report: Report, chosen: Format, path: Path, *, replace: bool = False) -> None:
    """Write a report into a file, which is there wholly or not at all.

    Raises UsageError where the format can't have it, SavingError where the file can't be written, and ExistsError where
    there is one that is not to be replaced.
    """
    check(report, chosen)
    with target(path, replace=replace, sources=sources_of(report)) as out:
        chosen.write(report, out)


def sources_of(report: Report) -> Iterable[Path]:
    """Give the files that no report may be written over."""
    return (report.source.path, *report.source.named)


def told(report: Report, path: Path) -> str:
    """Say what was written."""
    connections = f"{len(report)} connection{'s' * (len(report) != 1)}"
    findings = f"{len(report.findings)} finding{'s' * (len(report.findings) != 1)}"
    return " ".join([f"{quoted(path)} has {connections} and {findings}.", *report.remarks])
