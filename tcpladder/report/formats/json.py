"""JSON, for programs: one document, as tcpladder/report/schema/report.v1.schema.json describes it.

Connections, findings and segments have the keys of the lines that `--json` prints (`report.json_lines`). The segments
of connections, with both endpoints' states, are in it where ladders are asked for: `auto` is not enough, for programs
are to know what they get. All text is ASCII, with `\\u` escapes.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from tcpladder import __version__
from tcpladder.printable import printable
from tcpladder.report.format import Format
from tcpladder.report.json_lines import Json, connection_lines, health_object, placed_object, rule_lines
from tcpladder.report.json_segments import segment_objects
from tcpladder.report.model import Ladders, Report
from tcpladder.rulebook.findings import Finding
from tcpladder.rules import catalogue

NAME = "tcpladder report"
VERSION = 1
"""Raised when something that is there changes its name, type or meaning, or goes."""
SCHEMA = Path(__file__).parent.with_name("schema") / f"report.v{VERSION}.schema.json"
AT_ONCE = 1_024  # lines
BETWEEN = ",\n"
ANY_PORT = 0


def write(report: Report, out: BinaryIO) -> None:
    """Write a report as one document, a line a connection, a finding or a segment."""
    out.write(f"{{{','.join(_member(*pair) for pair in _head(report).items())}".encode())
    for name, objects in _arrays(report):
        out.write(f',\n"{name}": ['.encode())
        _write_lines(objects, out)
        out.write(b"]")
    if report.contents.ladders is not Ladders.AUTO and report.contents.ladders is not Ladders.NONE:
        out.write(b',\n"ladders": [')
        _write_ladders(report, out)
        out.write(b"]")
    out.write(b"\n}\n")


def schema() -> str:
    """Give the schema of the document."""
    return SCHEMA.read_text("utf-8")


def _member(name: str, value: Json) -> str:
    return f"\n{json.dumps(name)}: {json.dumps(value)}"


def _head(report: Report) -> dict[str, Json]:
    """Give what is to be known before the connections."""
    analysis = report.analysis
    return {
        "format": NAME,
        "version": VERSION,
        "tool": {"name": "tcpladder", "version": __version__},
        "captures": [printable(path.name) for path in analysis.named],
        "scope": report.scope,
        "counts": {"connections": len(analysis.connections), "segments": len(analysis.connections.segments)},
        "notices": [{"kind": each.kind.value, "sentence": each.sentence} for each in analysis.notices],
        "health": list(map(health_object, report.judgement.health)),
        "names": _names(report),
    }


def _names(report: Report) -> dict[str, Json]:
    """Give the names that hosts of the report have."""
    if not report.names:
        return {}
    table = report.analysis.connections.table[report.numbers - 1]
    ids = {number for end in ("initiator", "responder") for number in table[end].to_list()}
    addresses = sorted(report.analysis.addresses[number] for number in ids)
    return {address: name for address in addresses if (name := report.names.host(address, ANY_PORT))}


def _arrays(report: Report) -> Iterator[tuple[str, Iterable[str]]]:
    annotations = report.annotations if report.contents.has_notes else None
    found = {finding.rule for finding in report.findings}
    yield "rules", rule_lines(rule for rule in catalogue() if rule.id in found)
    yield "connections", connection_lines(report.analysis, annotations, report.kept)
    yield "findings", (_finding(report, finding) for finding in report.findings)


def _finding(report: Report, finding: Finding) -> str:
    limits = report.limits_of(finding)
    told: dict[str, Json] = {
        "evidence": limits.evidence,
        "missing": list(limits.missing),
        "would_change": list(limits.would_change),
    }
    return json.dumps({**placed_object(finding), "limits": told})


def _write_ladders(report: Report, out: BinaryIO) -> None:
    annotations = report.annotations if report.contents.has_notes else None
    objects = segment_objects(report.analysis, report.with_ladders, annotations)
    for place, (number, own) in enumerate(groupby(objects, key=itemgetter(0))):
        out.write(f'{"," * (place > 0)}\n{{"connection": {number}, "segments": ['.encode())
        _write_lines(map(itemgetter(1), own), out)
        out.write(b"]}")


def _write_lines(objects: Iterable[str], out: BinaryIO) -> None:
    """Write the members of an array, each on its line."""
    left, before = iter(objects), "\n"
    while some := list(islice(left, AT_ONCE)):
        out.write((before + BETWEEN.join(some)).encode())
        before = BETWEEN


FORMAT = Format(
    name="json",
    title="JSON, for programs",
    suffixes=(".json",),
    media_type="application/json",
    write=write,
    heeds=frozenset({"ladders", "has_notes"}),
    has_ladders=False,
)
