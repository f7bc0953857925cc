"""SARIF 2.1.0, for viewers of code scanning: every finding is a result, with the manual page of its rule.

A violation is an error, a deviation a warning, a note a note. The file of a result is the capture, by the path that was
given, if that leads down from where tcpladder was called, else by its name; where several captures were merged there is
none, as a frame's file is not known. There is no region in it either: frames are not lines. They stand in the result's
message, and each is a related location. `partialFingerprints` are the same in another recording of the same.
"""

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from tcpladder import __version__
from tcpladder.capture.reader import NoticeKind
from tcpladder.printable import printable
from tcpladder.report.fingerprints import VERSION, fingerprint
from tcpladder.report.format import Format
from tcpladder.report.json_lines import Json
from tcpladder.report.model import Report
from tcpladder.report.text_findings import where
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Level
from tcpladder.rulebook.manual import manual
from tcpladder.rulebook.rule import Rule
from tcpladder.rules import catalogue

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {Level.VIOLATION: "error", Level.DEVIATION: "warning", Level.NOTE: "note"}
LADDERS = ("Example", "Near miss")
"""Sections of a manual page that are for those who read about the rule, and not for those who look at a finding."""
GRAVE = {NoticeKind.INCOMPLETE, NoticeKind.SKIPPED}
"""Notices of what was not read."""
MOST_FRAMES = 20
"""Frames of a result that are related locations; its properties have all."""


def write(report: Report, out: BinaryIO) -> None:
    """Write a report as a log of one run, a line a result."""
    run = {
        "tool": {"driver": _driver(report)},
        "artifacts": [{"location": {"uri": _uri(path)}} for path in report.analysis.named],
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": list(_notifications(report))}],
        "properties": {"scope": report.scope, "connections": len(report)},
    }
    head = json.dumps({"$schema": SCHEMA, "version": "2.1.0"})
    out.write(f'{head[:-1]}, "runs": [\n{json.dumps(run)[:-1]}, "results": ['.encode())
    for place, finding in enumerate(report.findings):
        out.write(f"{',' * (place > 0)}\n{json.dumps(_result(report, finding))}".encode())
    out.write(b"\n]}\n]}\n")


def _driver(report: Report) -> Json:
    found = {finding.rule for finding in report.findings}
    return {
        "name": "tcpladder",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule, has_help=rule.id in found) for rule in catalogue()],
    }


def _rule(rule: Rule, *, has_help: bool) -> Json:
    """Give a rule, with its manual page where it found something."""
    told = manual(rule.manual)
    sections = [(heading, text) for heading, text in told.sections.items() if heading not in LADDERS]
    page: dict[str, Json] = {
        "fullDescription": {"text": " ".join(told.sections["What it checks"].split())},
        "help": {
            "text": "\n\n".join(f"{heading}\n{text}" for heading, text in sections),
            "markdown": "\n\n".join(f"## {heading}\n\n{text}" for heading, text in sections),
        },
    }
    return {
        "id": rule.id,
        "shortDescription": {"text": f"{told.title}."},
        "defaultConfiguration": {"level": LEVELS[rule.level]},
        "properties": {"tags": [rule.category.value], "sources": list(rule.sources)},
        **(page if has_help else {}),
    }


@cache
def _places() -> Mapping[str, int]:
    """Give each rule's place among the rules of the driver."""
    return {rule.id: place for place, rule in enumerate(catalogue())}


def _notifications(report: Report) -> Iterator[Json]:
    """Tell how the capture was read, and what is to be known about it before findings are believed."""
    for notice in report.analysis.notices:
        level = "warning" if notice.kind in GRAVE else "note"
        yield {"level": level, "message": _message(notice.sentence), "properties": {"kind": notice.kind.value}}
    for note in report.judgement.health:
        kind = f"capture-{note.kind.value}"
        yield {"level": "note", "message": _message(note.sentence), "properties": {"kind": kind}}


def _result(report: Report, finding: Finding) -> Json:
    limits = report.limits_of(finding)
    told = [
        f"{where(report.analysis, finding, report.names)}: {finding.message}",
        f"Proof: {limits.evidence}.",
        *(f"Missing: {words}." for words in limits.missing),
        *limits.would_change,
    ]
    return {
        "ruleId": finding.rule,
        "ruleIndex": _places()[finding.rule],
        "level": LEVELS[finding.level],
        "message": _message("\n".join(told)),
        "locations": [_location(report, _about(report, finding))],
        "relatedLocations": [
            {"id": frame, **_location(report, {"name": f"frame {frame}", "kind": "frame"})}
            for frame in dict.fromkeys(finding.frames[:MOST_FRAMES])
        ],
        "partialFingerprints": {f"tcpladder/v{VERSION}": fingerprint(report.analysis, finding)},
        "properties": {
            "confidence": finding.confidence.word,
            "connection": finding.connection,
            "connections": list(finding.connections),
            "about": finding.about or None,
            "endpoint": None if finding.endpoint is None else finding.endpoint.name.lower(),
            "frames": list(finding.frames),
            "evidence": limits.evidence,
            "missing": list(limits.missing),
            "wouldChange": list(limits.would_change),
        },
    }


def _about(report: Report, finding: Finding) -> dict[str, Json]:
    told = printable(where(report.analysis, finding, report.names))
    if finding.connection is None:
        return {"name": told, "kind": "host"}
    return {
        "name": f"connection {finding.connection}",
        "fullyQualifiedName": told.partition(" ")[2],
        "kind": "connection",
    }


def _location(report: Report, logical: dict[str, Json]) -> dict[str, Json]:
    """Give a place in the capture; the capture itself only where there is one."""
    found: dict[str, Json] = {"logicalLocations": [logical]}
    named = report.analysis.named
    if len(named) == 1:
        found["physicalLocation"] = {"artifactLocation": {"uri": _uri(named[0]), "index": 0}}
    return found


def _uri(path: Path) -> str:
    """Write a path as a relative URI reference (RFC 3986 §4.2), whatever bytes are in it."""
    parts = (path.name,) if path.is_absolute() or ".." in path.parts else path.parts
    return "/".join(quote(os.fsencode(part), safe="") for part in parts)


def _message(text: str) -> Json:
    """Give a message whose text is no more than text: SARIF makes links of `[](` and fills in `{0}`."""
    shown = "\n".join(map(printable, text.split("\n")))
    return {"text": shown.replace("{", "{{").replace("}", "}}").replace("](", "]\\(")}


FORMAT = Format(
    name="sarif",
    title="SARIF, for viewers of code scanning",
    suffixes=(".sarif", ".sarif.json"),
    media_type="application/sarif+json",
    write=write,
    heeds=frozenset(),
)
