"""How far findings go."""

from tcpladder.report.limits import MOST_LOOKED_AT, lacking, limits
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.judging import DAMAGED
from tcpladder.rulebook.levels import Confidence, Level, Missing
from tests.samples import sample

FINDING = Finding(
    rule="td-fin-unacked", level=Level.NOTE, confidence=Confidence.LOW, frames=(7, 9), message="", connection=3
)


def test_the_proof_is_named() -> None:
    assert limits(FINDING, {}).evidence == "frames 7, 9; confidence low"


def test_what_the_capture_lacks_is_told_and_what_would_show_it() -> None:
    found = limits(FINDING, {3: Missing.BEGINNING | Missing.END})
    assert found.missing == ("the beginning of the connection was not captured", "the capture ends too soon after it")
    assert (
        found.would_change[0]
        == "A capture that has the handshake and a capture that goes on for longer would tell more."
    )


def test_a_whole_connection_lacks_nothing_and_the_rule_says_when_it_is_harmless() -> None:
    found = limits(FINDING, {3: Missing.NOTHING})
    assert found.missing == ()
    (sentence,) = found.would_change
    assert sentence.startswith("Harmless when: It happens once: a segment was lost")


def test_a_finding_about_a_host_lacks_what_its_connections_lack() -> None:
    host = Finding(
        rule="diag-syn-flood", level=Level.NOTE, confidence=Confidence.LOW, frames=(), message="", connections=(1, 2)
    )
    found = limits(host, {1: Missing.DIRECTION, 2: Missing.HEADERS})
    assert len(found.missing) == 2
    assert found.evidence == "2 connections; confidence low"


def test_a_wrong_checksum_in_the_proof_is_told() -> None:
    weak = Finding(
        rule="td-fin-moved",
        level=Level.NOTE,
        confidence=Confidence.LOW,
        frames=(1,),
        message="",
        connection=1,
        rests_on_missing=(DAMAGED,),
    )
    assert limits(weak, {}).missing == (DAMAGED,)


def test_an_answer_that_there_was_none_of_is_not_lacking() -> None:
    judgement = sample("showcase").judgement
    refused, silent = (
        [each for each in judgement.findings if each.rule == rule] for rule in ("hs-refused", "hs-timeout")
    )
    missing = lacking(judgement, [*refused, *silent])
    assert missing == {9: Missing.NOTHING, 10: Missing.DIRECTION}, "the answer to 10 may have gone another way"


def test_it_rests_on_the_same_connections_whatever_other_findings_are_looked_at() -> None:
    many = tuple(range(1, MOST_LOOKED_AT + 2))
    host = Finding(
        rule="diag-syn-flood", level=Level.NOTE, confidence=Confidence.LOW, frames=(), message="", connections=many
    )
    assert limits(host, {MOST_LOOKED_AT: Missing.END}).missing
    assert not limits(host, {MOST_LOOKED_AT + 1: Missing.END}).missing
