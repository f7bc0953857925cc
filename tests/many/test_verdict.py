"""What of a capture fails, and what many captures come to."""

from tcpladder.many.baseline import Baseline
from tcpladder.many.crew import Failure
from tcpladder.many.failing import failing
from tcpladder.many.verdict import Figures, verdict
from tcpladder.rulebook.levels import Level
from tests.many.checks import PATH, check_made, check_sample

HEALTHY = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    ... +60s
    """


def figures_of(*results: object, fail_on: tuple[str, ...] = (), known: Baseline | None = None) -> Figures:
    figures = Figures()
    for result in results:
        figures.add(verdict(PATH, result, failing(fail_on), known or Baseline()))  # type: ignore[arg-type]
    return figures


def test_clean_is_0_and_findings_are_1() -> None:
    assert figures_of(check_made(HEALTHY)).exit_code == 0
    assert figures_of(check_made(HEALTHY), check_sample("showcase")).exit_code == 1
    assert figures_of(check_sample("showcase"), fail_on=("violation",)).exit_code == 0


def test_where_one_could_not_be_read_not_all_was_checked() -> None:
    failure = Failure("There is no file.")
    assert figures_of(failure).exit_code == 2
    assert figures_of(check_made(HEALTHY), failure).exit_code == 2
    assert figures_of(check_sample("showcase"), failure).exit_code == 2


def test_figures_are_sums_over_all_captures() -> None:
    showcase = check_sample("showcase")
    known = Baseline(known={finding.kind: 1 for finding in showcase.findings if finding.level is Level.DEVIATION})
    figures = figures_of(showcase, check_made(HEALTHY), Failure("No."), known=known)
    assert figures.as_json() == {
        "captures": 3,
        "unreadable": 1,
        "incomplete": 0,
        "connections": 25,
        "violation": 0,
        "deviation": 0,
        "note": 0,
        "failing": 0,
        "known": 2,
        "passed": 17,
    }
    assert figures_of(showcase, showcase).as_json()["deviation"] == 4


def test_what_a_capture_lacks_may_fail() -> None:
    late = check_made("initiator > responder  ACK len=10\n initiator < responder  ACK")
    told = verdict(PATH, late, failing(["capture-joined-late"]), Baseline())
    assert [judged.finding.rule for judged in told.failing] == ["capture-joined-late"]
