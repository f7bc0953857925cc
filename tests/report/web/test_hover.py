"""What a row tells while the pointer rests on it."""

from tcpladder.annotations.document import Annotation
from tcpladder.ladder.folding import Kind, Row
from tcpladder.ladder.rungs import ladder_of
from tcpladder.report.web.hover import of_gap, of_run, of_segment
from tests.annotating import annotations
from tests.samples import sample


def test_a_segment_tells_its_numbers_both_states_findings_and_notes() -> None:
    analysis = sample("reset-in-reply-to-fin.server")
    ladder = ladder_of(analysis, 1, analysis.judgement, annotations({5: Annotation(mark="a", note="why?")}))
    told = of_segment(ladder, 4, ladder.rung(4))
    assert told[0] == "frame 5"
    assert any(line.startswith("seq 1 (raw ") for line in told)
    assert any(line.startswith("ack 2 (raw ") for line in told)
    assert any(line.startswith("Initiator: CLOSED since no.5") for line in told)
    assert any(line.startswith("● note td-rst-reply-to-fin: The responder") for line in told)
    assert told[-1] == '[a] "why?"'


def test_a_state_that_stays_is_told_with_what_it_rests_on() -> None:
    analysis = sample("lost-fin.client")
    ladder = ladder_of(analysis, 1, analysis.judgement)
    assert of_segment(ladder, 4, ladder.rung(4))[-2:] == [
        "Initiator: ESTABLISHED (seen)",
        "Responder: ESTABLISHED (seen)",
    ]


def test_folded_runs_and_gaps_tell_their_frames() -> None:
    ladder = ladder_of(sample("lost-fin.client"), 1)
    assert of_run(ladder, Row(kind=Kind.RUN, first=3, last=6)) == [
        "frames 4 to 7",
        "► 1 seg 41 B · ◄ 1 seg 44 B · 2 acks · 10.4 ms",
    ]
    assert of_gap(ladder, Row(kind=Kind.GAP, first=4, last=4)) == ["nothing between frames 4 and 5"]
