"""The ladders of a page, and which are there."""

import numpy as np
import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.report.model import Contents, Ladders, Report, whole_report
from tcpladder.report.web import ladder_sections
from tcpladder.report.web.ladder_sections import drawn_numbers, sections
from tests.annotating import annotations
from tests.samples import sample


def test_a_section_says_what_its_connection_was_and_what_was_found_and_written() -> None:
    analysis = sample("lost-fin.client")
    notes = annotations({8: Annotation(mark="a")}, {1: Annotation(note="slow")})
    report = Report(analysis=analysis, numbers=np.array([1]), scope="one", annotations=notes)
    (section,) = sections(report, report.numbers)
    assert section.ends == ("192.0.2.10:41598", "198.51.100.20:80")
    assert section.carried == "12 segments, 85 B, 0.449443 s"
    assert dict(section.told)["ended"] == "graceful-4way"
    assert [finding.rule for finding in section.findings] == ["td-fin-unacked"]
    assert [place for place, _ in section.notes] == ["connection", "frame 8"]
    assert len(list(section.parts)) == 1


def test_where_there_is_no_room_for_all_ladders_the_gravest_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    report = whole_report(sample("showcase"))
    assert len(drawn_numbers(report)) == 24
    monkeypatch.setattr(ladder_sections, "MOST_ROWS_OF_ALL", 30)
    assert drawn_numbers(report).tolist() == [14]
    asked_for = whole_report(sample("showcase"), Contents(ladders=Ladders.ALL))
    assert len(drawn_numbers(asked_for)) == 24
