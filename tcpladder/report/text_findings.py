"""Findings, marks and notes, the catalogue of rules and a rule's manual page, as lines of spans."""

from collections.abc import Iterable, Iterator
from itertools import groupby

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.annotations.sidecar import Annotations
from tcpladder.annotations.wording import in_words
from tcpladder.ladder.layout import Line, Span
from tcpladder.ladder.notation import endpoint, named
from tcpladder.report.annotation_list import noted
from tcpladder.report.limits import frames_named
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.manual import manual
from tcpladder.rulebook.rule import Rule
from tcpladder.rules import catalogue
from tcpladder.settings.names import NO_NAMES, Names

ANY_PORT = 0
EMPTY: Line = (Span(""),)


def finding_list(
    analysis: Analysis, kept: npt.NDArray[np.bool_] | None = None, names: Names = NO_NAMES
) -> Iterator[Line]:
    """Give the capture's health, then the findings: the gravest first, by rule, then by connection.

    With `kept`, an entry a connection, only findings about connections that are kept. Endpoints have their `names`.
    """
    judgement = analysis.judgement
    found = [finding for finding in judgement.findings if kept is None or is_about(finding, kept)]
    count_of_connections = len(analysis.connections) if kept is None else int(kept.sum())
    for note in judgement.health:
        yield (Span("capture  ", "note"), Span(note.sentence))
    titles = {rule.id: manual(rule.manual).title for rule in catalogue()}
    clauses = {rule.id: ", ".join(rule.sources) for rule in catalogue()}
    if not found:
        yield (Span(f"No findings in {count_of_connections} connections."),)
    ordered = sorted(found, key=lambda finding: (-finding.level, finding.rule))
    for (level, rule), group in groupby(ordered, key=lambda finding: (finding.level, finding.rule)):
        findings = list(group)
        count = f"  ×{len(findings)}" if len(findings) > 1 else ""
        yield EMPTY
        yield (
            Span(f"{level.word}  ", f"level.{level.word}"),
            Span(f"{rule}{count}", "title"),
            Span(f"  {titles[rule]}"),
        )
        yield (Span(f"           {clauses[rule]}", "note"),)
        for finding in findings:
            yield (Span(f"  {where(analysis, finding, names)}  "), Span(finding.message))
            yield (Span(f"      {proof(finding)}", "note"),)


def is_about(finding: Finding, kept: npt.NDArray[np.bool_]) -> bool:
    """Tell whether a finding is about one of the connections that are kept, or rests on one."""
    numbers = finding.connections if finding.connection is None else (finding.connection,)
    return any(kept[number - 1] for number in numbers)


def where(analysis: Analysis, finding: Finding, names: Names = NO_NAMES) -> str:
    """Name the connection, or the host, that a finding is about, by `names` where it has some."""
    if finding.connection is None:
        return names.host(finding.about, ANY_PORT) or finding.about
    row = analysis.connections.table.row(finding.connection - 1, named=True)
    pairs = [(analysis.addresses[row[end]], row[f"{end}_port"]) for end in ("initiator", "responder")]
    ends = [named(names.host(*pair), endpoint(*pair), pair[1]) for pair in pairs]
    return f"#{finding.connection} {ends[0]} > {ends[1]}"


def proof(finding: Finding) -> str:
    """Name what proves a finding, how sure it is, and what the capture lacks for more."""
    parts = []
    if finding.frames:
        parts.append(frames_named(finding.frames))
    if finding.connections:
        parts.append(f"connection{'s' * (len(finding.connections) > 1)} {_numbers(finding.connections)}")
    parts.append(f"confidence {finding.confidence.word}")
    parts += [f"weaker because {words}" for words in finding.rests_on_missing]
    return "; ".join(parts)


def _numbers(numbers: Iterable[int], most: int = 12) -> str:
    texts = [str(number) for number in numbers]
    return ", ".join(texts[:most]) + (f" and {len(texts) - most} more" if len(texts) > most else "")


def rule_list(rules: Iterable[Rule]) -> Iterator[Line]:
    """Give a line for each rule."""
    rows = [(rule.id, rule.level.word, manual(rule.manual).title, ", ".join(rule.sources)) for rule in rules]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for name, level, title, sources in rows:
        yield (
            Span(f"{name:{widths[0]}}  ", "title"),
            Span(f"{level:{widths[1]}}  ", f"level.{level}"),
            Span(f"{title:{widths[2]}}  "),
            Span(sources, "note"),
        )


def manual_page(rule: Rule) -> Iterator[Line]:
    """Give a rule's manual page."""
    page = manual(rule.manual)
    yield (Span(rule.id, "title"), Span(f"  {page.title}"))
    yield (Span(f"{rule.level.word}", f"level.{rule.level.word}"), Span(f", {rule.category.value}", "note"))
    for heading, text in page.sections.items():
        yield EMPTY
        yield (Span(heading, "title"),)
        for line in text.splitlines():
            yield (Span(f"  {line}" if line else ""),)


def annotation_lines(
    analysis: Analysis, annotations: Annotations | None, kept: npt.NDArray[np.bool_] | None = None
) -> Iterator[Line]:
    """Give a line for each annotation of connections that are `kept`, under a heading, if there are any."""
    found = [each for each in noted(analysis, annotations) if kept is None or kept[each.connection - 1]]
    if found:
        yield (Span(""),)
        yield (Span("Marks and notes", "title"),)
    for each in found:
        frame = "" if each.frame is None else f" no.{each.frame}"
        yield Span(f"  #{each.connection}{frame}  "), Span(in_words(each.what), "mark")
