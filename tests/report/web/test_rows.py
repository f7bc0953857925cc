"""The rows of a ladder's picture."""

from tcpladder.annotations.document import Annotation
from tcpladder.ladder.folding import Kind, Row
from tcpladder.ladder.ghosts import Ghost
from tcpladder.ladder.options import LadderOptions
from tcpladder.ladder.rungs import Ladder, ladder_of
from tcpladder.report.drawn import LeftOut
from tcpladder.report.web.lifelines import Band
from tcpladder.report.web.measures import measures
from tcpladder.report.web.rows import ghost_row, left_out_row, look_of, row_of
from tcpladder.tcp.states import Endpoint
from tests.annotating import annotations
from tests.samples import sample


def drawn(ladder: Ladder, row: Row) -> str:
    return content(row_of(ladder, row, ladder.rung(row.first), measures(ladder, [ladder.rung(0)], LadderOptions())))


def content(band: Band) -> str:
    return "".join(band.content)


def segment(ladder: Ladder, row: int) -> str:
    return drawn(ladder, Row(kind=Kind.SEGMENT, first=row, last=row))


def ladder_in(name: str) -> Ladder:
    analysis = sample(name)
    return ladder_of(analysis, 1, analysis.judgement)


def test_what_is_sent_again_has_two_heads_and_a_finding_its_sign() -> None:
    ladder = ladder_in("lost-fin.client")
    assert segment(ladder, 7).count('class="head') == 1
    assert segment(ladder, 8).count('class="head') == 2
    assert 'class="note"' in segment(ladder, 7)
    assert "td-fin-unacked" in segment(ladder, 7)


def test_a_state_is_written_where_it_changes_and_one_that_is_inferred_looks_so() -> None:
    ladder = ladder_in("lost-fin.client")
    assert 'class="state closing"' in segment(ladder, 7)
    assert 'class="state closing inferred"' in segment(ladder, 9)
    assert 'class="state' not in segment(ladder, 4)


def test_a_reset_is_crossed_out() -> None:
    ladder = ladder_in("reset-in-reply-to-fin.server")
    assert 'class="line rst"' in segment(ladder, 4)
    assert 'class="line rst"' not in segment(ladder, 3)


def test_runs_gaps_rows_left_out_and_what_did_not_come_say_what_they_are() -> None:
    ladder = ladder_in("lost-fin.client")
    columns = measures(ladder, [ladder.rung(0)], LadderOptions())
    assert "1 seg 41 B" in drawn(ladder, Row(kind=Kind.RUN, first=3, last=6))
    assert "idle 10.3 ms" in drawn(ladder, Row(kind=Kind.GAP, first=4, last=4))
    assert "3 rows left out, with 9 segments" in content(left_out_row(LeftOut(rows=3, segments=9), columns))
    ghost = content(ghost_row(Ghost(sender=Endpoint.RESPONDER, words="FIN"), columns))
    assert ">FIN</text>" in ghost
    assert "did not come" in ghost


def test_marks_and_notes_stand_in_their_rows_and_mean_nothing_to_a_browser() -> None:
    written = annotations({3: Annotation(mark="a", note="</text><script>\u202e")})
    ladder = ladder_in("lost-fin.client").annotated(written)
    assert ">a</text>" in segment(ladder, 2)
    assert r"&lt;/text&gt;&lt;script&gt;\u202e" in segment(ladder, 2)


def test_the_looks_of_tokens() -> None:
    assert [look_of(token) for token in ("arrow.initiator", "flag.rst", "level.note")] == ["initiator", "rst", "note"]
