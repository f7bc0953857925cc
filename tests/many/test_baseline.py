"""Baselines: what is known, by kind and number; and what is no baseline, in one sentence each."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tcpladder.many.baseline import Baseline, BaselineError, baseline
from tcpladder.many.check_document import document
from tcpladder.many.checking import Checked, CheckedFinding
from tcpladder.many.crew import Failure
from tcpladder.many.failing import failing
from tcpladder.many.verdict import Figures, verdict
from tests.many.checks import PATH, check_made, check_sample

REFUSALS = """
    initiator = 192.0.2.{host}:{port}
    initiator > responder  SYN
    initiator < responder  RST,ACK seq=-5000
    """


def refused(*clients: tuple[int, int]) -> Checked:
    """Check a capture in which clients, by the last part of their address and their port, are refused."""
    return check_made("".join(REFUSALS.format(host=host, port=port) for host, port in clients))


def written(path: Path, *results: Checked | Failure) -> Path:
    wanted, figures = failing(["note"]), Figures()
    verdicts = [verdict(PATH, result, wanted, Baseline()) for result in results]
    path.write_text("\n".join(document(verdicts, figures, wanted, None, "0.1.0")))
    return path


def new(known: Baseline, result: Checked) -> list[CheckedFinding]:
    return [each for each, is_new in zip(result.findings, known.is_new(result.findings), strict=True) if is_new]


def test_without_a_baseline_everything_is_new() -> None:
    found = check_sample("showcase")
    assert new(Baseline(), found) == list(found.findings)


def test_what_is_recorded_anew_is_known(tmp_path: Path) -> None:
    known = baseline(written(tmp_path / "old.json", refused((10, 40000), (10, 40002))))
    assert new(known, refused((10, 51000), (10, 33000))) == []
    assert len(new(known, refused((11, 51000)))) == 1, "another client"


def test_what_is_more_of_a_kind_is_new_and_what_is_less_is_not(tmp_path: Path) -> None:
    path = written(tmp_path / "old.json", refused((10, 40000), (10, 40002)), refused((10, 40000)), Failure("Damaged."))
    known = baseline(path)
    more = refused((10, 1), (10, 2), (10, 3))
    assert new(known, more) == [more.findings[2]]
    assert known.known_of(more.findings[0].kind) == 2, "of the capture that had most"
    assert new(known, refused((10, 1))) == []
    assert new(baseline(path, has_any_number=True), more) == []


def test_who_opened_connections_may_be_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "old.json", refused((10, 40000), (11, 40000)))
    known = baseline(path, has_any_initiator=True)
    assert new(known, refused((98, 1), (99, 1))) == []
    assert len(new(known, refused((97, 1), (98, 1), (99, 1)))) == 1


def test_what_was_to_be_known_about_a_capture_is_known_too(tmp_path: Path) -> None:
    late = check_made("initiator > responder  ACK len=10\n initiator < responder  ACK")
    known = baseline(written(tmp_path / "old.json", late))
    assert late.notices
    assert known.is_new(late.notices) == [False] * len(late.notices)


def test_a_finding_that_is_graver_than_before_is_of_the_same_kind(tmp_path: Path) -> None:
    known = baseline(written(tmp_path / "old.json", refused((10, 1))))
    (finding,) = refused((10, 1)).findings
    assert known.is_new([replace(finding, message="Anew.", frames=(8,))]) == [False]


DAMAGED = {
    "": "is empty",
    "  \n": "is empty",
    "{": "is damaged: it is no whole JSON document",
    "\0": "is damaged: it is no whole JSON document",
    "[" * 100_000: "is damaged: it is no whole JSON document",
    "[]": "is none that 'tcpladder check --json' printed",
    '{"format": "other"}': "is none that 'tcpladder check --json' printed",
    '{"format": "tcpladder check"}': "is damaged: what it says is incomplete",
    '{"format": "tcpladder check", "version": 99, "captures": []}': "is of version 99, and this tcpladder knows none",
    '{"format": "tcpladder check", "version": -1, "captures": []}': "is damaged: what it says is incomplete",
    '{"format": "tcpladder check", "version": 1, "captures": 3}': "is damaged: what it says is incomplete",
}


@pytest.mark.parametrize(("content", "sentence"), DAMAGED.items())
def test_what_is_no_baseline_is_told_in_a_sentence(tmp_path: Path, content: str, sentence: str) -> None:
    path = tmp_path / "old.json"
    path.write_text(content)
    with pytest.raises(BaselineError, match=sentence) as caught:
        baseline(path)
    assert "\n" not in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_document_with_a_part_taken_out_or_of_another_type_is_damaged(tmp_path: Path) -> None:
    path = written(tmp_path / "old.json", refused((10, 1)))
    whole: dict[str, Any] = json.loads(path.read_text())
    kind = whole["captures"][0]["findings"][0]["kind"]
    for name in kind:
        wrongs: list[object] = [None, 7, []]
        for wrong in wrongs:
            before = kind[name]
            kind[name] = wrong
            path.write_text(json.dumps(whole))
            with pytest.raises(BaselineError, match="is damaged"):
                baseline(path)
            kind[name] = before
    del whole["captures"][0]["findings"]
    path.write_text(json.dumps(whole))
    with pytest.raises(BaselineError, match="is damaged"):
        baseline(path)


def test_a_baseline_that_is_not_there_or_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(BaselineError, match=r"There is no baseline '.*absent\.json'\. Make it anew"):
        baseline(tmp_path / "absent.json")
    with pytest.raises(BaselineError, match="is no regular file"):
        baseline(tmp_path)
    with pytest.raises(BaselineError, match="can't be read"):
        baseline(Path("a\0b"))
