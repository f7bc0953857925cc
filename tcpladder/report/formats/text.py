"""Plain text, for mails, tickets and `less`: the list, the findings with their proof, and the ladders."""

import textwrap
from collections.abc import Iterator
from typing import BinaryIO

from tcpladder.ladder.glyphs import ASCII, UNICODE
from tcpladder.ladder.layout import Line
from tcpladder.report.by_rule import by_rule
from tcpladder.report.format import Format
from tcpladder.report.model import Ladders, Report
from tcpladder.report.text import connection_list, ladder_lines
from tcpladder.report.text_findings import where

WIDTH = 120  # cells


def write(report: Report, out: BinaryIO) -> None:
    """Write a report as lines of text, in ASCII if its contents say so."""
    for line in _lines(report):
        text = f"{line.rstrip()}\n"
        is_ascii = report.contents.is_ascii
        out.write(text.replace("§", "section ").encode("ascii", "backslashreplace") if is_ascii else text.encode())


def _lines(report: Report) -> Iterator[str]:
    analysis, annotations = report.analysis, report.annotations if report.contents.has_notes else None
    glyphs = ASCII if report.contents.is_ascii else UNICODE
    yield f"TCP connections of {report.name}: {report.scope}"
    for sentence in report.summary.health:
        yield f"capture  {sentence}"
    yield ""
    yield from map(_plain, connection_list(analysis, glyphs.levels, report.kept, annotations, report.names))
    yield from _findings(report)
    for drawn in report.ladders():
        yield ""
        lines = ladder_lines(
            drawn.ladder, len(analysis.connections), WIDTH, glyphs, drawn.rows, report.contents.options
        )
        yield from map(_plain, lines)
    without = len(report) - len(report.with_ladders)
    if report.contents.ladders is Ladders.AUTO and without:
        yield from ("", f"{without} ladders are left out: there would be too many.")


def _findings(report: Report) -> Iterator[str]:
    if not report.findings:
        yield from ("", f"No findings in {len(report)} connections.")
    for found in by_rule(report.findings):
        count = f" x{len(found.findings)}" if len(found.findings) > 1 else ""
        yield from ("", f"{found.level.word}  {found.rule}{count}  {found.page.title}")
        yield f"    {', '.join(found.clauses)}"
        for finding in found.findings:
            limits = report.limits_of(finding)
            yield f"  {where(report.analysis, finding, report.names)}  {finding.message}"
            yield f"      proof: {limits.evidence}"
            yield from (f"      missing: {words}" for words in limits.missing)
            yield from (f"      {sentence}" for sentence in limits.would_tell)
        harmless = f"Harmless when: {' '.join(found.section('Harmless when').splitlines())}"
        yield from textwrap.wrap(harmless, WIDTH, initial_indent="    ", subsequent_indent="    ")


def _plain(line: Line) -> str:
    return "".join(span.text for span in line)


FORMAT = Format(
    name="text",
    title="plain text, for mails and less",
    suffixes=(".txt", ".text"),
    media_type="text/plain; charset=utf-8",
    write=write,
)
