"""A check as lines to read: one a finding that fails, with its capture and its limits; then the figures."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tcpladder.ladder.layout import Line, Span
from tcpladder.many.baseline import Baseline
from tcpladder.many.checking import INCOMPLETE, CheckedFinding
from tcpladder.many.failing import Failing
from tcpladder.many.verdict import Figures, Verdict
from tcpladder.printable import printable
from tcpladder.rulebook.levels import Level


def capture_lines(verdict: Verdict, known: Baseline) -> Iterator[Line]:
    """Give a line for each finding of a capture that fails, and first for what it is that was not checked."""
    failing = [judged.finding for judged in verdict.failing]
    for judged in verdict.notices:
        if judged.finding.rule == INCOMPLETE and judged.finding not in failing:
            yield _start(verdict.capture), Span("incomplete", "level.note"), Span(f": {judged.finding.message}")
    for finding in failing:
        yield _finding(verdict.capture, finding, known)


def _start(capture: Path, frame: int | None = None) -> Span:
    at = "" if frame is None else f":{frame}"
    return Span(f"{printable(str(capture))}{at}: ", "title")


def _finding(capture: Path, finding: CheckedFinding, known: Baseline) -> Line:
    frame = finding.frames[0] if finding.frames else None
    place = f" {finding.place}" if finding.place else ""
    return (
        _start(capture, frame),
        Span(finding.level.word, f"level.{finding.level.word}"),
        Span(f" {finding.rule}{place}: {finding.message}"),
        Span(_limits(finding, known), "note"),
    )


def _limits(finding: CheckedFinding, known: Baseline) -> str:
    """Write what a finding rests on, what the capture lacks for it, and how many such are known."""
    parts = [finding.evidence] if finding.evidence else []
    parts += [f"weaker because {words}" for words in finding.weaker_because]
    limited = [words for words in finding.missing if words not in finding.weaker_because]
    parts += [f"limited because {words}" for words in limited]
    count = known.known_of(finding.kind)
    if count and not known.has_any_number:
        parts.append(f"the baseline has {count} of this kind")
    return f" ({'; '.join(parts)})" if parts else ""


def summary_line(figures: Figures, failing: Failing) -> Line:
    """Say what all captures come to."""
    checked = figures.captures - figures.unreadable
    found = figures.failing.total()
    levels = ", ".join(
        f"{figures.failing[level]} {level.word}{'s' * (figures.failing[level] != 1)}"
        for level in reversed(Level)
        if figures.failing[level]
    )
    parts = [
        f"{found} finding{'s' * (found != 1)}: {levels}" if found else f"nothing found of: {', '.join(failing.words)}",
        *_counted(figures.known, "known from the baseline"),
        *_counted(figures.passed, "not asked for"),
        *_counted(figures.incomplete, "incomplete"),
        *_counted(figures.unreadable, "could not be read"),
    ]
    captures = f"{checked} capture{'s' * (checked != 1)}"
    connections = f"{figures.connections} connection{'s' * (figures.connections != 1)}"
    return Span(f"{captures}, {connections}; ", "note"), Span("; ".join(parts))


def _counted(number: int, words: str) -> Iterable[str]:
    return [f"{number} {words}"] if number else []
