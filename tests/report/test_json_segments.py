"""Segments of many connections for programs: byte by byte what a ladder's lines are."""

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Annotation
from tcpladder.ladder.rungs import ladder_of
from tcpladder.report import json_segments, segment_frames
from tcpladder.report.json_lines import ladder_lines
from tcpladder.report.json_segments import segment_objects
from tests.annotating import annotations
from tests.building import analysed
from tests.generating import maimed_lives
from tests.samples import sample


def all_of(analysis: Analysis) -> list[tuple[int, str]]:
    return list(segment_objects(analysis, np.arange(1, len(analysis.connections) + 1)))


def lines_of(analysis: Analysis) -> list[tuple[int, str]]:
    return [
        (number, line)
        for number in range(1, len(analysis.connections) + 1)
        for line in ladder_lines(ladder_of(analysis, number, analysis.judgement))
    ]


@pytest.mark.parametrize("name", ["showcase", "simultaneous-open.client", "lost-data.client", "port-reuse.server"])
def test_an_object_is_the_line_of_the_ladder(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = lines_of(sample(name))
    assert all_of(sample(name)) == expected
    monkeypatch.setattr(json_segments, "AT_ONCE", 5)
    monkeypatch.setattr(segment_frames, "SEGMENTS_AT_ONCE", 12)
    assert all_of(sample(name)) == expected


@settings(max_examples=6)
@given(maimed_lives())
def test_whatever_was_captured(rows: list[Any]) -> None:
    analysis = analysed(rows)
    assert all_of(analysis) == lines_of(analysis)


def test_only_connections_that_are_asked_for_and_with_what_users_wrote() -> None:
    chosen = np.array([2, 14])
    written = annotations({12: Annotation(mark="b", note="late \ud800")})
    found = list(segment_objects(sample("showcase"), chosen, written))
    assert {number for number, _ in found} == {2, 14}
    (noted,) = (json.loads(line) for _, line in found if "note" in json.loads(line))
    assert (noted["frame"], noted["mark"], noted["note"]) == (12, "b", "late \\ud800")
    assert not list(segment_objects(sample("showcase"), chosen[:0]))
