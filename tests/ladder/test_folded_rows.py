"""How folded runs and idle gaps are drawn: as wide as every other line, with the sums of what they stand for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tcpladder.ladder.folded_rows import DRAWN, RunSums, draw_gap, draw_run, run_sums, run_words, span_of_time
from tcpladder.ladder.folding import Kind, Row, folding
from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tcpladder.ladder.layout import LEAST_WIDTH, layout
from tests.building import ladder
from tests.ladder.test_layout import HANDSHAKE, text

SENT = "initiator < responder  PSH,ACK len=1000 +1ms\n"
ACKED = "initiator > responder  ACK +250us\n"
BOTH = HANDSHAKE + (SENT + ACKED) * 3 + "initiator > responder  ACK len=10 +2s\n"
WHOLE = Row(kind=Kind.RUN, first=3, last=9)


def test_a_run_is_summed_up() -> None:
    assert run_sums(ladder(BOTH), Row(kind=Kind.RUN, first=3, last=8)) == RunSums(
        data=(0, 3), payload_bytes=(0, 3000), acks=3, duration=2_750_000
    )
    assert run_sums(ladder(BOTH), WHOLE).payload_bytes == (10, 3000)


@pytest.mark.parametrize(
    ("sums", "width", "words"),
    [
        ((0, 46, 0, 66500, 23, 12_300_000), 60, "46 segs 66.5 kB · 23 acks · 12.3 ms"),
        ((0, 46, 0, 66500, 23, 12_300_000), 30, "46 segs 66.5 kB · 23 acks"),
        ((0, 46, 0, 66500, 23, 12_300_000), 20, "46 segs 66.5 kB"),
        ((0, 46, 0, 66500, 23, 12_300_000), 6, "46 seg"),
        ((0, 46, 0, 66500, 23, 12_300_000), -2, ""),
        ((1, 0, 10, 0, 1, 400), 60, "1 seg 10 B · 1 ack · 0 us"),
        ((0, 0, 0, 0, 7, 61_000_000_000), 60, "7 acks · 61.000 s"),
        ((2, 3, 20, 3000, 0, 5_000), 60, "► 2 segs 20 B · ◄ 3 segs 3.0 kB · 5 us"),
    ],
)
def test_a_run_says_what_it_carried(sums: tuple[int, ...], width: int, words: str) -> None:
    one, two, one_bytes, two_bytes, acks, duration = sums
    given_sums = RunSums(data=(one, two), payload_bytes=(one_bytes, two_bytes), acks=acks, duration=duration)
    assert run_words(given_sums, width, UNICODE) == words


@pytest.mark.parametrize(
    ("nanoseconds", "words"),
    [(999, "1 us"), (1_000_000, "1.0 ms"), (2_003_000_000, "2.003 s"), (-5_000_000, "-5.0 ms")],
)
def test_a_duration_is_in_the_unit_that_suits_it(nanoseconds: int, words: str) -> None:
    assert span_of_time(nanoseconds) == words


@settings(max_examples=50)
@given(
    st.integers(LEAST_WIDTH, 250),
    st.sampled_from([UNICODE, ASCII]),
    st.sampled_from([WHOLE, Row(kind=Kind.RUN, first=3, last=8)]),
)
def test_every_line_is_as_wide_as_the_ladder(width: int, glyphs: Glyphs, run: Row) -> None:
    shown = ladder(BOTH)
    columns = layout(shown, width, glyphs)
    for line in (draw_run(shown, run, columns), draw_gap(shown, Row(kind=Kind.GAP, first=9, last=9), columns)):
        assert cell_len(text(line)) == width
        left, right = columns.before_lifeline, columns.before_lifeline + columns.arrow + 1
        assert text(line)[left] == text(line)[right] == glyphs.lifelines["established"]


@pytest.mark.parametrize(
    ("rows", "heads"),
    [((3, 8), (True, False)), ((9, 9), (False, True)), ((3, 9), (True, True)), ((4, 4), (False, True))],
)
def test_the_arrow_goes_where_data_went(rows: tuple[int, int], heads: tuple[bool, bool]) -> None:
    shown = ladder(BOTH)
    columns = layout(shown, 120, UNICODE)
    line = text(draw_run(shown, Row(kind=Kind.RUN, first=rows[0], last=rows[1]), columns))
    arrow = line[columns.before_lifeline + 1 :][: columns.arrow]
    assert (arrow[0] == UNICODE.left, arrow[-1] == UNICODE.right) == heads


def test_all_kinds_but_segments_have_a_drawing() -> None:
    shown = ladder(BOTH)
    folded = folding(shown, folded=True)
    kinds = [folded.row(at).kind for at in range(len(folded))]
    assert {Kind.RUN, Kind.GAP} == set(DRAWN) == set(kinds) - {Kind.SEGMENT}
