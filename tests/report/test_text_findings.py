"""Findings, rules and manual pages as lines for a terminal."""

from tcpladder.ladder.layout import Line
from tcpladder.report.text_findings import finding_list, manual_page, proof, rule_list
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.levels import Confidence, Level
from tcpladder.rulebook.manual import SECTIONS
from tcpladder.rules import catalogue
from tests.samples import sample


def plain(lines: list[Line]) -> list[str]:
    return ["".join(span.text for span in line) for line in lines]


def test_the_level_has_its_colour() -> None:
    heading = next(line for line in finding_list(sample("refused.client")) if line[0].text.startswith("note"))
    assert heading[0].token == "level.note"


def test_a_proof_names_frames_confidence_and_what_the_capture_lacks() -> None:
    finding = Finding(
        rule="td-fin-moved",
        level=Level.DEVIATION,
        confidence=Confidence.LOW,
        frames=(7, 3),
        message="",
        connections=tuple(range(1, 15)),
        rests_on_missing=("only one direction was captured",),
    )
    assert proof(finding) == (
        "frames 7, 3; connections 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 and 2 more; confidence low; "
        "weaker because only one direction was captured"
    )


def test_rules_stand_in_columns() -> None:
    lines = plain(list(rule_list(catalogue())))
    starts = {line.index(rule.level.word, len(rule.id)) for line, rule in zip(lines, catalogue(), strict=True)}
    assert len(starts) == 1


def test_a_manual_page_has_every_section() -> None:
    lines = plain(list(manual_page(catalogue()[0])))
    assert [line for line in lines if line in SECTIONS] == list(SECTIONS)
