"""Folds: what they hide, what they never hide, and that rows and segments stay in step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.ladder.folding import FOLDED_FROM, LEAST_RUN, Folding, Kind, folding, idle_gaps, parts, plain, refolded
from tcpladder.ladder.rungs import Ladder, ladder_of
from tests.building import Segment, analysed, ladder, segments
from tests.generating import any_segments, maimed_lives
from tests.samples import sample

HANDSHAKE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    """
SENT = "initiator < responder  PSH,ACK len=1000 +1ms\n"
ACKED = "initiator > responder  ACK +1ms\n"


def judged(text: str) -> Ladder:
    analysis = analysed(segments(text))
    return ladder_of(analysis, 1, analysis.judgement)


def rows(folded: Folding) -> list[tuple[str, int, int]]:
    found = [folded.row(at) for at in range(len(folded))]
    return [(row.kind.name, row.first, row.last) for row in found]


def segment(at: int) -> tuple[str, int, int]:
    return "SEGMENT", at, at


def test_a_run_of_plain_segments_is_one_row() -> None:
    shown = judged(HANDSHAKE + (SENT + SENT + ACKED) * 3 + "initiator > responder  FIN,ACK")
    assert rows(folding(shown, folded=True)) == [*map(segment, range(3)), ("RUN", 3, 11), segment(12)]
    assert rows(folding(shown, folded=False)) == [segment(at) for at in range(13)]


@pytest.mark.parametrize(("length", "folds"), [(LEAST_RUN - 1, 0), (LEAST_RUN, 1)])
def test_a_run_has_a_least_length(length: int, folds: int) -> None:
    kinds = [kind for kind, *_ in rows(folding(judged(HANDSHAKE + SENT * length), folded=True))]
    assert kinds.count("RUN") == folds


@pytest.mark.parametrize(("count", "is_folded"), [(FOLDED_FROM - 1, False), (FOLDED_FROM, True)])
def test_long_connections_open_folded(count: int, is_folded: bool) -> None:  # noqa: FBT001 - a case
    assert folding(judged(HANDSHAKE + SENT * (count - 3))).is_any_folded == is_folded


def test_an_idle_gap_has_a_row_and_parts_a_run() -> None:
    shown = judged(HANDSHAKE + SENT * 6 + SENT.replace("+1ms", "+2s") + SENT * 5)
    assert rows(folding(shown, folded=True))[3:] == [("RUN", 3, 8), ("GAP", 9, 9), ("RUN", 9, 14)]
    assert rows(folding(shown, folded=False))[8:11] == [segment(8), ("GAP", 9, 9), segment(9)]


@pytest.mark.parametrize(
    ("deltas_ms", "gaps"),
    [
        ([], []),
        ([1, 1, 1000, 1], []),
        ([1, 1, 1001, 1], [3]),
        ([300, 300, 1400, 300], []),  # five times what is usual is 1.5 s
        ([300, 300, 1600, 300], [3]),
        ([1000, 2000, 4000], []),  # a SYN sent again and again
        ([1, 5000, -5000, 1], [2]),
    ],
)
def test_a_gap_is_longer_than_a_second_and_than_five_times_the_median(deltas_ms: list[int], gaps: list[int]) -> None:
    time = np.cumsum([0, *deltas_ms]) * 1_000_000
    assert idle_gaps(time).tolist() == gaps


def test_folding_and_unfolding_one_run_leaves_the_others() -> None:
    shown = judged(HANDSHAKE + SENT * 5 + SENT.replace("+1ms", "+3s") + SENT * 5)
    whole = folding(shown, folded=True)
    opened = whole.toggled(5)
    assert opened is not None
    assert rows(opened)[3:] == [*map(segment, range(3, 8)), ("GAP", 8, 8), ("RUN", 8, 13)]
    assert [opened.is_hidden(at) for at in (0, 5, 9)] == [False, False, True]
    again = opened.toggled(4)
    assert again is not None
    assert rows(again) == rows(whole)
    assert whole.toggled(0) is None
    assert rows(opened.all(folded=True)) == rows(whole)
    assert rows(whole.all(folded=False)) == rows(folding(shown, folded=False))


def test_what_is_marked_is_not_hidden() -> None:
    shown = judged(HANDSHAKE + SENT * 12)
    assert rows(folding(shown, folded=True, protected=[8]))[3:] == [("RUN", 3, 7), segment(8), ("RUN", 9, 14)]


def test_what_was_folded_stays_so_when_more_is_known() -> None:
    text = HANDSHAKE + SENT * 6 + "initiator < responder  PSH,ACK seq=1 len=1000 +900ms\n" + SENT * 6
    analysis = analysed(segments(text))
    before = folding(ladder_of(analysis, 1), folded=True)
    assert rows(before)[3:] == [("RUN", 3, 15)]
    after = ladder_of(analysis, 1, analysis.judgement)
    assert rows(refolded(before, after))[3:] == [("RUN", 3, 8), segment(9), ("RUN", 10, 15)]
    assert not refolded(before.all(folded=False), after).is_any_folded


def assert_nothing_is_lost(shown: Ladder, folded: Folding) -> None:
    found = [folded.row(at) for at in range(len(folded))]
    held = [at for row in found if row.kind is not Kind.GAP for at in range(row.first, row.last + 1)]
    assert held == list(range(len(shown)))
    for place, row in enumerate(found):
        if row.kind is not Kind.GAP:
            assert {folded.row_of(at) for at in (row.first, row.last)} == {place}


@settings(max_examples=60)
@given(maimed_lives() | any_segments(), st.sets(st.integers(0, 24)), st.booleans())
def test_every_segment_has_its_row(kept: list[Segment], chosen: set[int], is_folded: bool) -> None:  # noqa: FBT001
    shown = ladder_of(analysed(kept), 1)
    folded = folding(shown, folded=is_folded)
    assert_nothing_is_lost(shown, folded)
    for at in chosen:
        folded = folded.toggled(at) or folded
    assert_nothing_is_lost(shown, folded)
    assert rows(folded.all(folded=False)) == rows(folding(shown, folded=False))


@pytest.mark.parametrize("name", ["showcase", "lost-data.client"])
def test_a_fold_hides_nothing_that_has_something_to_say(name: str) -> None:
    analysis = sample(name)
    for number in range(1, len(analysis.connections) + 1):
        shown = ladder_of(analysis, number, analysis.judgement)
        folded = folding(shown, folded=True)
        assert_nothing_is_lost(shown, folded)
        for at in range(len(shown)):
            if folded.is_hidden(at):
                rung = shown.rung(at)
                assert (rung.before, rung.note, rung.proves, rung.words.sack) == (rung.after, "", (), None)
        assert plain(shown).sum() >= sum(row[2] - row[1] + 1 for row in rows(folded) if row[0] == "RUN")


def test_there_may_be_nothing_to_fold() -> None:
    shown = ladder("initiator > responder  RST")
    assert rows(folding(shown, folded=True)) == [segment(0)]
    runs, gaps = parts(shown)
    assert (len(runs.first), len(gaps)) == (0, 0)
