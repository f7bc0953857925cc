"""What a report is about, and which ladders it has."""

import numpy as np
import pytest

from tcpladder.report import model
from tcpladder.report.model import Contents, Ladders, Report, whole_report
from tcpladder.rulebook.findings import concerned
from tests.samples import sample

SHOWCASE = "showcase"


def about(*numbers: int, ladders: Ladders = Ladders.AUTO) -> Report:
    return Report(
        analysis=sample(SHOWCASE), numbers=np.array(numbers), scope="some", contents=Contents(ladders=ladders)
    )


def test_findings_are_about_connections_of_the_report_or_rest_on_one() -> None:
    own = about(14)
    assert {finding.rule for finding in own.findings} == {
        "hs-synack-after-ack",
        "rst-data-lost",
        "diag-accept-queue-overflow",
        "diag-path-loss-reorder",
        "diag-multiple-clocks",
    }
    assert all(14 in concerned(finding) for finding in own.findings)


def test_a_report_of_everything_has_every_finding() -> None:
    report = whole_report(sample(SHOWCASE))
    assert report.is_all
    assert report.findings == report.judgement.findings


@pytest.mark.parametrize(
    ("ladders", "shown"),
    [(Ladders.ALL, [1, 14]), (Ladders.FINDINGS, [14]), (Ladders.AUTO, [1, 14]), (Ladders.NONE, [])],
)
def test_ladders_are_those_that_are_wanted(ladders: Ladders, shown: list[int]) -> None:
    quiet = next(n for n in range(1, 25) if not any(n in concerned(f) for f in whole_report(sample(SHOWCASE)).findings))
    report = about(*sorted({quiet, 14}), ladders=ladders)
    assert report.with_ladders.tolist() == sorted({quiet if number == 1 else number for number in shown})
    assert [drawn.ladder.heading.connection for drawn in report.ladders()] == report.with_ladders.tolist()


def test_of_very_many_connections_those_with_the_gravest_findings_have_ladders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MOST_LADDERS", 1)
    report = whole_report(sample(SHOWCASE))
    assert report.with_ladders.tolist() == [concerned(report.findings[0])[0]]


def test_a_capture_is_named_without_its_directory() -> None:
    assert whole_report(sample(SHOWCASE)).name == "showcase.pcap"


def test_limits_are_those_of_the_capture() -> None:
    report = about(14)
    assert all(report.limits_of(finding).would_change for finding in report.findings)
