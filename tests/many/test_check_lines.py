"""A check as lines: a line a finding, with capture, connection, frames, message and limits; and the figures."""

from pathlib import Path

from tcpladder.ladder.layout import Line
from tcpladder.many.baseline import Baseline
from tcpladder.many.check_lines import capture_lines, summary_line
from tcpladder.many.checking import Job, checked
from tcpladder.many.crew import Failure
from tcpladder.many.failing import failing
from tcpladder.many.verdict import Figures, verdict
from tests.many.checks import check_made, check_sample
from tests.samples import path_of


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def lines(result: object, *fail_on: str, known: Baseline | None = None) -> list[str]:
    told = verdict(Path("a\x1b[31m.pcap"), result, failing(fail_on), known or Baseline())  # type: ignore[arg-type]
    return [text(line) for line in capture_lines(told, known or Baseline())]


def test_a_finding_is_a_line_and_its_capture_can_do_no_harm_to_a_terminal() -> None:
    assert lines(check_sample("showcase"), "hs-synack-after-ack") == [
        r"a\x1b[31m.pcap:108: deviation hs-synack-after-ack #14 192.0.2.10:41000 > 198.51.100.20:8080: "
        "The responder sent its SYN-ACK again 2 times after the initiator's ACK in frame 107: it ignores that ACK, and "
        "the payload after it. (frames 108, 107, 115; confidence high)"
    ]


def test_what_limits_a_finding_stands_with_it() -> None:
    refused = check_made("initiator > responder  SYN\n initiator < responder  RST,ACK seq=-5000")
    (line,) = lines(refused, "hs-refused")
    assert line.endswith("(frames 2, 1; confidence high; limited because the capture ends too soon after it)")


def test_how_many_are_known_stands_with_those_that_are_more() -> None:
    once = "initiator > responder  SYN\n initiator < responder  RST,ACK seq=-5000\n"
    found = check_made(f"{once}initiator = 192.0.2.10:40001\n{once}")
    (line,) = lines(found, "note", known=Baseline(known={found.findings[0].kind: 1}))
    assert "#2 " in line
    assert line.endswith("; the baseline has 1 of this kind)")


def test_nothing_found_in_a_capture_that_was_cut_short_is_no_clean_bill(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes(path_of("graceful-close-by-client.client").read_bytes()[:500])
    found = checked(Job(path=path))
    (line,) = lines(found)
    assert "pcap: incomplete: " in line
    assert line.endswith("What came after that was not checked, nor how 1 connection went on that was open.")
    (failed,) = lines(found, "incomplete")
    assert "pcap: note capture-incomplete: " in failed


def test_the_figures_are_one_line() -> None:
    figures = Figures()
    assert text(summary_line(figures, failing([]))) == "0 captures, 0 connections; nothing found of: deviation"
    for result in (check_sample("showcase"), Failure("No.")):
        figures.add(verdict(Path("x"), result, failing([]), Baseline()))
    assert text(summary_line(figures, failing([]))) == (
        "1 capture, 24 connections; 2 findings: 2 deviations; 17 not asked for; 1 could not be read"
    )
