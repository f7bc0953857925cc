"""A screen saves time and never loses a finding: without any screen the findings are the same."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.analysis import Analysis
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.judging import judge
from tcpladder.rulebook.manual import manual
from tcpladder.rules import catalogue
from tests.building import Segment, analysed
from tests.generating import any_segments, maimed_lives
from tests.samples import CAPTURES, analysis_of

UNSCREENED = tuple(replace(rule, screen=None, among=None, decide=None) for rule in catalogue())
LADDERS = [
    text
    for rule in catalogue()
    for name, text in manual(rule.manual).sections.items()
    if name in ("Example", "Near miss")
]


def unscreened(analysis: Analysis) -> tuple[Finding, ...]:
    address = analysis.addresses.__getitem__
    return judge(analysis.connections, UNSCREENED, address, analysis.capture_end).findings


@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: path.stem)
def test_on_every_sample(path: Path) -> None:
    analysis = analysis_of(path)
    assert unscreened(analysis) == analysis.judgement.findings


@pytest.mark.parametrize("text", LADDERS)
def test_on_every_rules_own_ladders(text: str) -> None:
    analysis = analysed(text)
    assert unscreened(analysis) == analysis.judgement.findings


@settings(max_examples=150, deadline=None)
@given(st.one_of(any_segments(), maimed_lives()))
def test_on_any_segments(rows: list[Segment]) -> None:
    analysis = analysed(rows)
    assert unscreened(analysis) == analysis.judgement.findings
