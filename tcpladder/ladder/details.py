"""All that is known about a ladder's row, for the pane beside it: findings, both states with their reasons, fields."""

from functools import cache

from tcpladder.annotations.document import NOTHING, Annotation
from tcpladder.ladder.fields import NONE, fields
from tcpladder.ladder.folded_rows import run_sums, run_words, span_of_time
from tcpladder.ladder.folding import Kind, Row
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.layout import Line, Span
from tcpladder.ladder.reasons import reasons
from tcpladder.ladder.rungs import Ladder
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.manual import Manual, manual
from tcpladder.rules import catalogue

EMPTY: Line = (Span(""),)
ROOM_FOR_RUNS = 200  # cells: what a run carried is told whole
NAME_WIDTH = 15


def details(ladder: Ladder, row: Row | None, glyphs: Glyphs, info: str = "") -> list[Line]:
    """Explain a row, a paragraph a line; None asks about the states before the first segment.

    `info` says what the packet's payload is, where that is known.
    """
    if row is None:
        return [*_written(ladder.own_annotation), _heading("Before the first segment"), *_states(ladder, -1)]
    if row.kind is Kind.RUN:
        return _run(ladder, row, glyphs)
    if row.kind is Kind.GAP:
        return _gap(ladder, row)
    rung = ladder.rung(row.first)
    lines = [_heading(f"no.{rung.frame}"), *_written(ladder.annotations.get(row.first, NOTHING))]
    if info:
        lines.append((Span(info),))
    for finding in rung.proves:
        lines += _finding(finding, glyphs)
    lines += _states(ladder, row.first)
    told = (field for field in fields(ladder, row.first) if field.value != NONE)
    return [*lines, EMPTY, _heading("Packet"), *(_field(field.name, field.value) for field in told)]


def _written(what: Annotation) -> list[Line]:
    """Tell a mark, and a note and what the capture itself says in their own lines."""
    lines = [f"marked {what.mark}"] if what.mark else []
    lines += what.note.splitlines()
    lines += ["In the capture:", *what.comment.splitlines()] if what.comment else []
    return [(Span(line, "mark"),) for line in lines]


def _run(ladder: Ladder, row: Row, glyphs: Glyphs) -> list[Line]:
    first, last = ladder.frames[row.first], ladder.frames[row.last]
    return [
        _heading(f"no.{first} to no.{last}, folded"),
        (Span(run_words(run_sums(ladder, row), ROOM_FOR_RUNS, glyphs)),),
        (Span("Data and acknowledgments of which none has anything to say. z unfolds them."),),
        *_states(ladder, row.last),
    ]


def _gap(ladder: Ladder, row: Row) -> list[Line]:
    time = ladder.column("time")
    idle = span_of_time(int(time[row.first]) - int(time[row.first - 1]))
    before, after = ladder.frames[row.first - 1], ladder.frames[row.first]
    return [
        _heading(f"Idle for {idle}"),
        (Span(f"Nothing of this connection was captured between no.{before} and no.{after}."),),
        *_states(ladder, row.first - 1),
    ]


def _heading(text: str) -> Line:
    return (Span(text, "title"),)


def _field(name: str, value: str) -> Line:
    return Span(f"{name:<{NAME_WIDTH}}", "note"), Span(value)


def _states(ladder: Ladder, row: int) -> list[Line]:
    return [EMPTY, _heading("States"), *((Span(sentence),) for sentence in reasons(ladder, row))]


def _finding(finding: Finding, glyphs: Glyphs) -> list[Line]:
    level = finding.level.word
    page, sources = _rule(finding.rule)
    lines: list[Line] = [
        (Span(f"{glyphs.levels[level]} {finding.rule}", f"level.{level}"), Span(f"  {', '.join(sources)}", "note")),
        (Span(finding.message),),
    ]
    effect = page.sections.get("Why it matters", "").partition("\n\n")[0]
    if effect:
        lines.append((Span("Effect: ", "note"), Span(" ".join(effect.split()))))
    frames = ", ".join(map(str, finding.frames)) or "none"
    lines.append((Span("Confidence: ", "note"), Span(f"{finding.confidence.word}; evidence in frames {frames}")))
    lines += [(Span("Weaker because ", "note"), Span(words)) for words in finding.rests_on_missing]
    return [EMPTY, *lines]


@cache
def _rule(name: str) -> tuple[Manual, tuple[str, ...]]:
    rule = next(rule for rule in catalogue() if rule.id == name)
    return manual(rule.manual), rule.sources
