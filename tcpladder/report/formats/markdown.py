"""Markdown, for tickets and pull requests: what GitHub and GitLab show of a report that is pasted into them."""

from collections.abc import Iterable, Iterator
from typing import BinaryIO

from tcpladder.annotations.wording import in_words
from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tcpladder.ladder.notation import endpoint, named
from tcpladder.report.by_rule import Found, by_rule
from tcpladder.report.columns import BY_KEY
from tcpladder.report.format import Format
from tcpladder.report.listing import ENDPOINTS, Listing
from tcpladder.report.markdown_text import ascii_only, cell, code, escaped, fenced, in_html, prose
from tcpladder.report.model import Ladders, Report
from tcpladder.report.text import ladder_lines
from tcpladder.report.text_findings import where
from tcpladder.rulebook.findings import Finding, concerned
from tcpladder.rulebook.levels import Level

WIDTH = 100  # cells of a ladder: about what a ticket shows without scrolling sideways
MOST_CONNECTIONS = 50
MOST_FINDINGS = 20  # of one rule
MOST_NOTES = 100
MOST_CHARACTERS = 60_000
"""Characters up to which ladders are added, where it is not said which: GitHub takes 65 536 of them in a comment."""
FIGURES = tuple(BY_KEY[key] for key in ("segments", "bytes", "duration", "ending"))
"""What the table of connections has between who and what was found."""


def write(report: Report, out: BinaryIO) -> None:
    """Write a report as Markdown; text that is not its own shows as text, whatever is in it."""
    for line in _lines(report):
        out.write(f"{ascii_only(line) if report.contents.is_ascii else line}\n".encode())


def _lines(report: Report) -> Iterator[str]:
    glyphs = ASCII if report.contents.is_ascii else UNICODE
    told = [
        f"# TCP connections of {code(report.name)}",
        *_capture(report),
        *_connections(report, glyphs),
        *_findings(report, glyphs),
        *_notes(report),
    ]
    yield from told
    yield from _ladders(report, glyphs, sum(len(line) + 1 for line in told))


def _capture(report: Report) -> Iterator[str]:
    total, scope, summary = len(report.analysis.connections), prose(report.scope), report.summary
    yield from ("", f"{scope[:1].upper()}{scope[1:]}: {len(report)} of {total}, with {_levels(report)}.")
    yield from ("", "## The capture")
    if summary.health:
        yield ""
        yield from (f"- {prose(sentence)}" for sentence in summary.health)
    yield ""
    yield _row(what for what, _ in summary.facts)
    yield _row("---:" for _ in summary.facts)
    yield _row(amount for _, amount in summary.facts)
    if summary.endings:
        endings = (f"{ending.words} {code(ending.name)}" for ending in summary.endings)
        yield from ("", f"How its connections ended: {', '.join(endings)}.")


def _levels(report: Report) -> str:
    counts = ((level, sum(each.level is level for each in report.findings)) for level in sorted(Level, reverse=True))
    return ", ".join(_counted(count, level.word) for level, count in counts if count) or "no findings"


def _counted(count: int, thing: str) -> str:
    return f"{count} {thing}{'s' * (count != 1)}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(cell, cells))} |"


def _connections(report: Report, glyphs: Glyphs) -> Iterator[str]:
    yield from ("", "## Connections", "")
    listing = Listing(report.analysis, report.judgement, glyphs.levels).filtered(report.kept)
    if not len(listing):
        yield "There are none."
        return
    yield _row(("number", *ENDPOINTS, *(column.heading for column in FIGURES), "gravest finding"))
    yield _row(("---:", "---", "---", *("---:" if column.is_number else "---" for column in FIGURES), "---"))
    order = listing.order("level", is_descending=False)
    for at in order[:MOST_CONNECTIONS].tolist():
        row = listing.row(at)
        ends = [(listing.addresses[row[end]], row[f"{end}_port"]) for end in ENDPOINTS]
        sign, rule = listing.texts(row, (BY_KEY["level"], BY_KEY["finding"]))
        yield _row(
            (
                str(row["connection"]),
                *(code(named(report.names.host(*end), endpoint(*end), end[1])) for end in ends),
                *listing.texts(row, FIGURES),
                f"{sign} {code(rule)}".strip(),
            )
        )
    yield from _left_out(len(order) - MOST_CONNECTIONS, "connection", "with nothing graver ")


def _left_out(count: int, thing: str, which: str = "") -> Iterator[str]:
    if count > 0:
        yield from ("", f"{_counted(count, thing)} {which}{'is' if count == 1 else 'are'} left out here.")


def _findings(report: Report, glyphs: Glyphs) -> Iterator[str]:
    yield from ("", "## Findings")
    if not report.findings:
        yield from ("", "There are none.")
    for found in by_rule(report.findings):
        count = f" ×{len(found.findings)}" if len(found.findings) > 1 else ""
        yield from ("", f"### {glyphs.levels[found.level.word]} {found.level.word}: {code(found.rule)}{count}")
        yield from ("", f"**{prose(found.page.title)}** ({', '.join(found.clauses)})", "")
        for finding in found.findings[:MOST_FINDINGS]:
            yield from _finding(report, finding)
        yield from _left_out(len(found.findings) - MOST_FINDINGS, "finding", "of this rule ")
        yield from _manual(found)


def _finding(report: Report, finding: Finding) -> Iterator[str]:
    limits = report.limits_of(finding)
    yield f"- {_where(report, finding)}: {prose(finding.message)}"
    yield f"  - Proof: {prose(limits.evidence)}."
    if limits.missing:
        yield f"  - Missing: {prose('; '.join(limits.missing))}."
    yield from (f"  - {prose(sentence)}" for sentence in limits.would_tell)


def _where(report: Report, finding: Finding) -> str:
    """Name the connection without a `#` before its number, of which a tracker would make a link to a ticket."""
    told = where(report.analysis, finding, report.names)
    if finding.connection is None:
        return code(told)
    number, _, ends = told.partition(" ")
    return f"connection {number.removeprefix('#')}, {code(ends)}"


def _manual(found: Found) -> Iterator[str]:
    """Give what the manual page says once for all findings of a rule; it is Markdown itself."""
    for heading in ("Harmless when", "Likely causes", "What to try next"):
        text = found.section(heading)
        if text.startswith("- "):
            yield from ("", f"**{heading}**", "", *text.splitlines())
        elif text:
            first, *more = text.splitlines()
            yield from ("", f"**{heading}:** {first}", *(line for part in more for line in ("", part)))


def _notes(report: Report) -> Iterator[str]:
    if report.noted:
        yield from ("", "## Notes", "")
    for each in report.noted[:MOST_NOTES]:
        frame = "" if each.frame is None else f", frame {each.frame}"
        yield f"- connection {each.connection}{frame}: {prose(in_words(each.what))}"
    yield from _left_out(len(report.noted) - MOST_NOTES, "note")


def _ladders(report: Report, glyphs: Glyphs, size: int) -> Iterator[str]:
    numbers, is_single = report.with_ladders.tolist(), len(report) == 1
    is_cut = report.contents.ladders is Ladders.AUTO and not is_single
    if numbers or (is_cut and len(report)):
        yield from ("", "## Ladders")
    if not is_cut:
        for number in numbers:
            yield from _ladder(report, number, glyphs, is_single=is_single)
        return
    fitting = _fitting(report, numbers, glyphs, size)
    for _, lines in sorted(fitting.items()):
        yield from lines
    yield from _left_out(len(report) - len(fitting), "ladder", "that would make this too long for a ticket ")


def _fitting(report: Report, numbers: list[int], glyphs: Glyphs, size: int) -> dict[int, list[str]]:
    """Give the lines of as many ladders as a ticket has room for, the gravest findings' first."""
    wanted = set(numbers)
    found = (number for finding in report.findings for number in concerned(finding) if number in wanted)
    fitting = {}
    for number in dict.fromkeys((*found, *numbers)):
        lines = list(_ladder(report, number, glyphs, is_single=False))
        size += sum(len(line) + 1 for line in lines)
        if size > MOST_CHARACTERS:
            break
        fitting[number] = lines
    return fitting


def _ladder(report: Report, number: int, glyphs: Glyphs, *, is_single: bool) -> Iterator[str]:
    drawn = report.drawn(number)
    total, heading = len(report.analysis.connections), drawn.ladder.heading
    lines = ladder_lines(drawn.ladder, total, WIDTH, glyphs, drawn.rows, report.contents.options)
    texts = ("".join(span.text for span in line) for line in lines)
    block = fenced(map(escaped, texts) if report.contents.is_ascii else texts)
    if is_single:
        yield from ("", *block)
        return
    ends = (named(host, endpoint(*end), end[1]) for host, end in zip(heading.hosts, heading.endpoints, strict=True))
    between = f" {glyphs.between} "
    yield from ("", "<details>", f"<summary>Connection {number}: {in_html(between.join(ends))}</summary>", "")
    yield from (*block, "", "</details>")


FORMAT = Format(
    name="markdown",
    title="Markdown, for tickets and pull requests",
    suffixes=(".md", ".markdown"),
    media_type="text/markdown; charset=utf-8",
    write=write,
)
