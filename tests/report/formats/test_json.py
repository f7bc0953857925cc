"""Reports as JSON: every one is as its schema says, and says what the lines of `--json` say."""

import functools
import io
import json
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Annotation
from tcpladder.capture.reader import NoticeKind
from tcpladder.ladder.rungs import ladder_of
from tcpladder.report.formats import json as module
from tcpladder.report.formats.json import schema, write
from tcpladder.report.json_lines import connection_lines, finding_lines, ladder_lines
from tcpladder.report.model import Contents, Ladders, Report, whole_report
from tcpladder.rulebook.levels import Category, Confidence, Level
from tcpladder.settings.names import Names
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import Basis, State
from tests.annotating import annotations
from tests.building import analysed
from tests.samples import sample

SAMPLES = ("showcase", "simultaneous-open.client", "lost-data.client", "fast-open.client", "port-reuse.server")
HOSTILE = "\x1b[31m \u202e \ud800 \u2028 </script> \x00 " + "x" * 10_000


@functools.cache
def validator() -> Draft202012Validator:
    found = json.loads(schema())
    Draft202012Validator.check_schema(found)
    return Draft202012Validator(found)


def text_of(report: Report) -> str:
    out = io.BytesIO()
    write(report, out)
    return out.getvalue().decode("ascii")


def read(report: Report) -> dict[str, Any]:
    """Write a report, hold it against its schema, and read it, with exact numbers."""
    text = text_of(report)
    validator().validate(json.loads(text))
    found: dict[str, Any] = json.loads(text, parse_float=Decimal)
    return found


def exact(lines: Any) -> list[Any]:
    return [json.loads(line, parse_float=Decimal) for line in lines]


@pytest.mark.parametrize("name", SAMPLES)
def test_it_says_what_the_lines_say_and_how_far_each_finding_goes(name: str) -> None:
    analysis = sample(name)
    report = whole_report(analysis, Contents(ladders=Ladders.ALL))
    found = read(report)
    assert found["connections"] == exact(connection_lines(analysis))
    limits = [each.pop("limits") for each in found["findings"]]
    assert found["health"] + found["findings"] == exact(finding_lines(analysis))
    assert [each["evidence"] for each in limits] == [report.limits_of(each).evidence for each in report.findings]
    assert all(each["would_change"] for each in limits)
    assert {each["rule"] for each in found["rules"]} == {each["rule"] for each in found["findings"]}
    assert [(each["connection"], each["segments"]) for each in found["ladders"]] == [
        (number, exact(ladder_lines(ladder_of(analysis, number, analysis.judgement))))
        for number in range(1, len(analysis.connections) + 1)
    ]


def test_segments_are_there_where_they_are_asked_for_and_never_by_chance() -> None:
    analysis = sample("showcase")
    for ladders in (Ladders.AUTO, Ladders.NONE):
        assert "ladders" not in read(whole_report(analysis, Contents(ladders=ladders)))
    some = read(whole_report(analysis, Contents(ladders=Ladders.FINDINGS)))["ladders"]
    report = whole_report(analysis, Contents(ladders=Ladders.FINDINGS))
    assert [each["connection"] for each in some] == report.with_ladders.tolist()
    assert 0 < len(some) < len(analysis.connections)


def test_only_some_connections_with_what_users_wrote_and_the_names_of_their_hosts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "AT_ONCE", 1)
    written = annotations({13: Annotation(mark="b")}, {12: Annotation(note=HOSTILE)})
    report = Report(
        analysis=sample("showcase"),
        numbers=np.array([2, 14]),
        scope="two",
        annotations=written,
        names=Names({"192.0.2.10": HOSTILE, "203.0.113.1": "elsewhere"}),
    )
    found = read(report)
    assert [each["connection"] for each in found["connections"]] == [2, 14]
    assert found["connections"][0]["note"] == HOSTILE.replace("\ud800", "\\ud800")
    assert found["connections"][0]["packets"] == [{"frame": 13, "mark": "b"}]
    assert list(found["names"]) == ["192.0.2.10"]
    assert found["scope"] == "two"
    assert found["counts"]["connections"] == len(sample("showcase").connections)


@pytest.mark.parametrize("analysis", [analysed(""), analysed("initiator > responder  RST"), sample("showcase")])
def test_nothing_is_written_as_nothing(analysis: Analysis) -> None:
    report = Report(
        analysis=analysis, numbers=np.empty(0, np.int64), scope="none", contents=Contents(ladders=Ladders.ALL)
    )
    found = read(report)
    assert found["connections"] == found["findings"] == found["ladders"] == []
    read(whole_report(analysis, Contents(ladders=Ladders.ALL)))


def test_hostile_text_is_ascii_of_one_line() -> None:
    report = Report(
        analysis=sample("reset-in-reply-to-fin.server"),
        numbers=np.array([1]),
        scope="all",
        annotations=annotations(connections={1: Annotation(note=HOSTILE)}),
    )
    text = text_of(report)
    assert text.isascii()
    assert all(character.isprintable() or character == "\n" for character in text)
    assert len(text.splitlines()) == len(text.split("\n")) - 1


def test_the_schema_has_every_word_and_nothing_unsaid() -> None:
    found = json.loads(schema())
    words = found["$defs"]
    assert words["state"]["enum"] == [state.name for state in State]
    assert words["level"]["enum"] == [level.word for level in reversed(Level)]
    assert words["confidence"]["enum"] == [confidence.word for confidence in reversed(Confidence)]
    assert words["connection"]["properties"]["class"]["enum"] == [ending.value for ending in Ending]
    assert words["rule"]["properties"]["category"]["enum"] == [category.value for category in Category]
    assert found["properties"]["notices"]["items"]["properties"]["kind"]["enum"] == [kind.value for kind in NoticeKind]
    basis = words["segment"]["properties"]["basis"]["properties"]["initiator"]["enum"]
    assert set(basis) == {each.word for each in Basis}
    assert not [
        each for each in objects(found) if "properties" in each and each.get("additionalProperties") is not False
    ]


def objects(part: Any) -> Any:
    """Give every object within a schema."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects(inner)
