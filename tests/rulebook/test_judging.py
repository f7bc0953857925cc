"""Rules are run where their screens allow, and what the capture lacks makes findings weaker or silences them."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from tcpladder.analysis import Analysis
from tcpladder.connections.shards import shards
from tcpladder.packets.flags import FIN
from tcpladder.rulebook import judging
from tcpladder.rulebook.judging import Judgement, judge, judgements
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch, any_of
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.survey import Survey
from tcpladder.rules import catalogue
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import State
from tcpladder.tcp.timeline import timeline
from tests import samples
from tests.building import analysed, segments, without

LIFE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  PSH,ACK len=100
    initiator < responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    """


def find_fins(subject: Subject) -> Iterator[Match]:
    frames = tuple(segment.frame for segment in subject.segments if segment.is_fin)
    yield Match(frames=frames, message="FINs.", tags=("has-fins",))


def rule(**changes: object) -> Rule:
    given: dict[str, object] = {
        "id": "td-fins",
        "level": Level.VIOLATION,
        "category": Category.TEARDOWN,
        "sources": (),
        "manual": "Title.",
        "screen": any_of(FIN),
        "examine": find_fins,
    }
    return Rule(**(given | changes))  # type: ignore[arg-type]


def judged(analysis: Analysis, *rules: Rule) -> Judgement:
    return judge(analysis.connections, rules, analysis.addresses.__getitem__, analysis.capture_end)


def test_a_finding_has_its_proof_and_its_tags_go_to_the_connection() -> None:
    judgement = judged(analysed(LIFE), rule())
    (finding,) = judgement.findings
    assert (finding.rule, finding.connection, finding.frames) == ("td-fins", 1, (6, 7))
    assert (finding.level, finding.confidence) == (Level.VIOLATION, Confidence.HIGH)
    assert judgement.findings_of(1) == (finding,)
    assert judgement.verdicts["tags"].to_list() == [["client-first", "has-fins"]]


def test_only_candidates_are_examined() -> None:
    nothing = rule(screen=pl.col("flags") == 0xFFF)
    elsewhere = rule(among=frozenset({Ending.REFUSED}))
    assert judged(analysed(LIFE), nothing, elsewhere).findings == ()


def test_a_capture_that_lacks_segments_weakens_what_rests_on_them() -> None:
    weaker = rule(weaker_without=Missing.SEGMENTS)
    (finding,) = judged(analysed(without(segments(LIFE), 4)), weaker).findings
    assert (finding.level, finding.confidence) == (Level.DEVIATION, Confidence.LOW)
    assert finding.rests_on_missing == ("segments of the connection are missing from the capture",)
    assert judged(analysed(LIFE), weaker).findings[0].level is Level.VIOLATION


def test_or_silences_it() -> None:
    silent = rule(silent_without=Missing.SEGMENTS)
    assert judged(analysed(without(segments(LIFE), 4)), silent).findings == ()
    assert len(judged(analysed(LIFE), silent).findings) == 1


def test_a_segment_with_a_wrong_checksum_proves_little() -> None:
    verified = LIFE.replace("ACK\n", "ACK check=1\n").replace("SYN\n", "SYN check=1\n")
    damaged = verified.replace("FIN,ACK check=1", "FIN,ACK check=0", 1)
    (finding,) = judged(analysed(damaged), rule()).findings
    assert (finding.level, finding.confidence) == (Level.DEVIATION, Confidence.LOW)
    assert finding.rests_on_missing == ("a checksum in its proof is wrong",)
    assert judged(analysed(verified), rule()).findings[0].level is Level.VIOLATION


def test_a_capture_whose_checksums_are_all_wrong_was_altered_and_proves_as_much_as_ever() -> None:
    spoilt = LIFE.replace("ACK\n", "ACK check=0\n")
    assert judged(analysed(spoilt), rule()).findings[0].level is Level.VIOLATION


def test_a_survey_sees_all_endings_and_findings() -> None:
    def survey(capture: Survey) -> Iterator[SurveyMatch]:
        endings = capture.connections["ending"].to_list()
        yield SurveyMatch(
            match=Match(frames=(1,), message=f"{endings} {sorted(capture.found('td-fins'))}"),
            connections=(1,),
            subject="198.51.100.20:443",
        )

    judgement = judged(analysed(LIFE), rule(), rule(id="diag-all", level=Level.NOTE, examine=None, survey=survey))
    last = judgement.findings[-1]
    assert (last.connection, last.connections, last.about) == (None, (1,), "198.51.100.20:443")
    assert last.message == "['graceful-3way'] [1]"


def test_the_gravest_come_first() -> None:
    judgement = judged(analysed(LIFE), rule(id="td-note", level=Level.NOTE), rule(id="td-grave"))
    assert [finding.rule for finding in judgement.findings] == ["td-grave", "td-note"]


def test_a_capture_without_tcp_has_no_findings() -> None:
    screened_by_ending = rule(among=frozenset({Ending.GRACEFUL_4WAY}))
    assert judged(analysed([]), rule(), screened_by_ending).findings == ()


@pytest.mark.parametrize("paths", [samples.CAPTURES, [samples.path_of("showcase")]], ids=["all samples", "showcase"])
def test_it_does_not_matter_how_a_capture_is_parted(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = samples.together(paths)
    whole = analysis.judgement
    assert len({finding.rule for finding in whole.findings}) > 5
    monkeypatch.setattr(judging, "shards", partial(shards, size=1))
    parted = judge(analysis.connections, catalogue(), analysis.addresses.__getitem__, analysis.capture_end)
    assert_frame_equal(parted.verdicts, whole.verdicts)
    assert parted.findings == whole.findings
    assert parted.health == whole.health
    assert parted.labels.tolist() == whole.labels.tolist()
    for number in range(1, len(analysis.connections) + 1):
        length = len(analysis.connections.rows_of(number))
        assert parted.histories.of(number) == whole.histories.of(number)
        shown, alone = parted.histories.timeline(number, length), timeline(analysis.segments_of(number))
        assert shown.changes == alone.changes
        assert shown.states.tolist() == alone.states.tolist()


def test_what_is_judged_so_far_is_given_each_time_when_it_has_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    analysis = samples.sample("showcase")
    monkeypatch.setattr(judging, "shards", partial(shards, size=1))
    given = list(judgements(analysis.connections, catalogue(), analysis.addresses.__getitem__, analysis.capture_end))
    assert [judgement.judged for judgement in given] == [1, 2, 4, 8, 16, 24]
    assert [judgement.is_whole for judgement in given] == [False] * 5 + [True]
    early, whole = given[2], given[-1]
    known = early.verdicts["ending"].is_not_null()
    assert known.sum() == 4
    assert early.verdicts.filter(known)["ending"].to_list() == whole.verdicts.filter(known)["ending"].to_list()
    judged = set(early.verdicts.filter(known)["connection"])
    assert {finding for finding in whole.findings if finding.connection in judged} == set(early.findings)
    unknown = next(number for number in range(1, 25) if number not in judged)
    assert [states.states for states in early.histories.of(unknown)] == [[State.UNKNOWN]] * 2
