"""A check as one JSON document, for programs and as a baseline (docs/check.md).

The document: `format` and `version`, `tcpladder` (which version made it), `fail_on` and `ignored` (as they were asked
for), `baseline` (its path or null), `captures`, `summary` (figures) and `exit_code`.

A capture: `capture` (its path); `error` (a sentence) where it could not be read, else `connections`, `segments`,
`incomplete`, `notices` (what is to be known about it as a whole) and `findings`.

A finding, or a notice: `fails`, `new`, `kind` (by which it is known again), `rule`, `level`, `confidence`, `connection`
(null for what belongs to no single one), `connections` (those it rests on), `place` (the connection or host in words),
`frames` (its proof, the decisive one first), `message`, `evidence`, `missing` (what the capture lacks for it),
`lacking` (what of that made it weaker) and `would_change` (what would make it graver, surer or harmless).
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tcpladder.many.baseline import FORMAT, VERSION
from tcpladder.many.crew import Failure
from tcpladder.many.failing import Failing
from tcpladder.many.verdict import Figures, Judged, Verdict


def document(
    verdicts: Iterable[Verdict], figures: Figures, failing: Failing, baseline: Path | None, version: str
) -> Iterator[str]:
    """Give the document's lines, one a capture, as the verdicts come; `figures` are complete when they have come."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "tcpladder": version,
        "fail_on": list(failing.words),
        "ignored": sorted(failing.ignored),
        "baseline": None if baseline is None else str(baseline),
    }
    yield f'{json.dumps(head)[:-1]}, "captures": ['
    before: str | None = None
    for verdict in verdicts:
        if before is not None:
            yield f"{before},"
        before = json.dumps(_capture(verdict))
    if before is not None:
        yield before
    yield f'], "summary": {json.dumps(figures.as_json())}, "exit_code": {figures.exit_code}}}'


def _capture(verdict: Verdict) -> dict[str, Any]:
    name = {"capture": str(verdict.capture)}
    if isinstance(verdict.result, Failure):
        return {**name, "error": verdict.result.sentence}
    return {
        **name,
        "connections": verdict.result.connections,
        "segments": verdict.result.segments,
        "incomplete": verdict.result.is_incomplete,
        "notices": [_finding(judged) for judged in verdict.notices],
        "findings": [_finding(judged) for judged in verdict.findings],
    }


def _finding(judged: Judged) -> dict[str, Any]:
    finding = judged.finding
    return {
        "fails": judged.fails,
        "new": judged.is_new,
        "kind": asdict(finding.kind),
        "rule": finding.rule,
        "level": finding.level.word,
        "confidence": finding.confidence.word,
        "connection": finding.connection,
        "connections": list(finding.connections),
        "place": finding.place,
        "frames": list(finding.frames),
        "message": finding.message,
        "evidence": finding.evidence,
        "missing": list(finding.missing),
        "lacking": list(finding.weaker_because),
        "would_change": list(finding.would_change),
    }
