"""A screen saves time and never loses a finding: without any screen the findings are the same."""

from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.analysis import Analysis
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.judging import judge
from tcpladder.rulebook.manual import manual
from tcpladder.rules import catalogue
from tests.building import Segment, analysed, segments
from tests.generating import any_segments, maimed_lives
from tests.samples import CAPTURES, together

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


def test_on_every_sample() -> None:
    analysis = together(CAPTURES)
    assert len({finding.rule for finding in analysis.judgement.findings}) > 5
    assert unscreened(analysis) == analysis.judgement.findings


def side_by_side(lives: Iterable[list[Segment]]) -> list[Segment]:
    """Give each life's segments addresses of their own, and all together in the order of their times."""
    rows = []
    for place, life in enumerate(lives):
        texts = {text for row in life for text, _ in (row.source, row.destination)}
        own = {text: f"10.{host}.{place // 256}.{place % 256}" for host, text in enumerate(sorted(texts))}
        rows += [
            replace(
                row,
                source=(own[row.source[0]], row.source[1]),
                destination=(own[row.destination[0]], row.destination[1]),
            )
            for row in life
        ]
    return sorted(rows, key=lambda row: row.time)


def test_on_every_rules_own_ladders() -> None:
    analysis = analysed(side_by_side(map(segments, LADDERS)))
    assert {finding.rule for finding in analysis.judgement.findings} == {rule.id for rule in catalogue()}
    assert unscreened(analysis) == analysis.judgement.findings


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(any_segments(), maimed_lives()), min_size=1, max_size=9))
def test_on_any_segments(lives: list[list[Segment]]) -> None:
    analysis = analysed(side_by_side(lives))
    assert unscreened(analysis) == analysis.judgement.findings
