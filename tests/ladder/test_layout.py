"""A ladder fits its width, whatever stands in it, and every line is exactly as wide as the others."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tcpladder.ladder.glyphs import ASCII, PHASES, UNICODE, Glyphs
from tcpladder.ladder.layout import (
    LEAST_WIDTH,
    Line,
    draw_columns,
    draw_ghost,
    draw_initial,
    draw_rung,
    draw_title,
    layout,
    overflow,
)
from tcpladder.ladder.options import ColourMode, Detail, LadderOptions, SequenceNumbers, TimeFormat
from tcpladder.ladder.rungs import Heading, Ladder, ladder_of
from tcpladder.tcp.states import State
from tests.building import Segment, analysed, ladder
from tests.generating import any_segments, maimed_lives

GLYPHS = st.sampled_from([UNICODE, ASCII])
WIDTHS = st.integers(LEAST_WIDTH, 250)

HANDSHAKE = """
    initiator > responder  SYN mss=1460 wscale=7 sackok tsval=1
    initiator < responder  SYN,ACK  +20ms
    initiator > responder  ACK
    """


def text(line: Line) -> str:
    return "".join(span.text for span in line)


def drawn(shown: Ladder, width: int, glyphs: Glyphs = UNICODE, total: int = 1) -> list[Line]:
    """Give all lines of a ladder: the title, the columns' names, the initial states, and a line a segment."""
    columns = layout(shown, width, glyphs)
    return [
        draw_title(shown.heading, total, width, glyphs),
        draw_columns(shown.heading, columns),
        draw_initial(shown, columns),
        *(draw_rung(shown.rung(row), columns, is_partial=shown.heading.is_partial) for row in range(len(shown))),
    ]


def lines(shown: Ladder, width: int, glyphs: Glyphs = UNICODE) -> list[str]:
    return [text(line) for line in drawn(shown, width, glyphs)]


@given(maimed_lives() | any_segments(), WIDTHS, GLYPHS)
def test_every_line_is_as_wide_as_the_ladder(rows: list[Segment], width: int, glyphs: Glyphs) -> None:
    shown = ladder_of(analysed(rows), 1)
    assert {cell_len(line) for line in lines(shown, width, glyphs)} == {width}


@given(
    maimed_lives(),
    st.lists(st.integers(0, 2**62), min_size=30, max_size=30),
    st.integers(0, 2**31),
    WIDTHS,
    GLYPHS,
)
def test_neither_strange_times_nor_many_frames_push_a_line_out(
    rows: list[Segment], times: list[int], skipped: int, width: int, glyphs: Glyphs
) -> None:
    moved = [replace(row, time=time) for row, time in zip(rows, times, strict=False)]
    analysis = analysed(moved)
    found = analysis.segments_of(1)
    shown = Ladder(
        ladder_of(analysis, 1).heading, found.with_columns(frame=found["frame"] + skipped), analysis.timeline(1)
    )
    assert {cell_len(line) for line in lines(shown, width, glyphs)} == {width}


@given(
    st.builds(
        Heading,
        connection=st.integers(1, 10**7),
        endpoints=st.tuples(
            *[st.tuples(st.sampled_from(["1.2.3.4", "2001:db8:1111:2222:3333:4444:5555:6666"]), st.integers(0, 65535))]
            * 2
        ),
        is_partial=st.booleans(),
        segments=st.integers(0, 10**8),
        payload_bytes=st.integers(0, 10**15),
        duration=st.integers(0, 10**18),
    ),
    st.integers(1, 10**7),
    WIDTHS,
    GLYPHS,
)
def test_headings_fit(heading: Heading, total: int, width: int, glyphs: Glyphs) -> None:
    columns = layout(ladder(HANDSHAKE), width, glyphs)
    assert cell_len(text(draw_title(heading, total, width, glyphs))) == width
    assert cell_len(text(draw_columns(heading, columns))) == width


@pytest.mark.parametrize("width", [60, 79, 80, 119, 120, 139, 140, 250])
def test_lifelines_stand_one_above_the_other(width: int) -> None:
    shown = ladder(HANDSHAKE)
    columns = layout(shown, width, ASCII)
    left, right = columns.before_lifeline, columns.before_lifeline + columns.arrow + 1
    for line, states in zip(
        lines(shown, width, ASCII)[2:], [shown.initial, *(shown.rung(row).after for row in range(3))], strict=True
    ):
        assert [line[left], line[right]] == [ASCII.lifelines[PHASES[state]] for state in states]


@pytest.mark.parametrize(
    ("width", "headings"),
    [
        (60, ["init", "resp"]),
        (79, ["init", "resp"]),
        (80, ["d time", "initiator", "responder"]),
        (99, ["d time", "initiator", "responder"]),
        (100, ["No.", "time", "d time", "initiator", "responder"]),
        (119, ["No.", "time", "d time", "initiator", "responder"]),
        (120, ["No.", "time", "d time", "initiator", "responder", "note"]),
        (250, ["No.", "time", "d time", "initiator", "responder", "note"]),
    ],
)
def test_which_columns_a_width_has_room_for(width: int, headings: list[str]) -> None:
    line = lines(ladder(HANDSHAKE), width, ASCII)[1]
    words = line.replace("192.0.2.10:40000", "").replace("198.51.100.20:443", "")
    assert words.split() == " ".join(headings).split()


@pytest.mark.parametrize(
    ("width", "states"),
    [
        (60, ["SYNSNT", "SYNRCV"]),
        (80, ["SYN-SENT", "SYN-RECV"]),
        (139, ["SYN-SENT", "SYN-RECV"]),
        (140, ["SYN-SENT", "SYN-RECEIVED"]),
    ],
)
def test_states_are_written_as_wide_as_there_is_room(width: int, states: list[str]) -> None:
    found = lines(ladder(HANDSHAKE), width)
    assert states[0] in found[3].split()
    assert states[1] in found[4].split()


def test_a_state_is_written_only_where_it_changes() -> None:
    found = lines(ladder(HANDSHAKE + "initiator > responder  ACK len=5\n initiator < responder  ACK"), 100)
    assert ["ESTAB" in line for line in found[2:]] == [False, False, True, True, False, False]


def test_an_arrow_points_from_its_sender() -> None:
    found = lines(ladder(HANDSHAKE), 80)
    assert ["►" in line for line in found[3:]] == [True, False, True]
    assert ["◄" in line for line in found[3:]] == [False, True, False]


def test_an_ascii_ladder_is_ascii() -> None:
    assert all(line.isascii() for line in lines(ladder(HANDSHAKE), 120, ASCII))


@pytest.mark.parametrize(
    ("what", "rows", "question_marks"),
    [
        ("a whole connection has none, inferred states too", HANDSHAKE, False),
        ("a partial one has them at what is inferred", "initiator > responder  ACK seq=5", True),
        (
            "and none at what is seen",
            "initiator < responder  SYN,ACK\n initiator > responder  ACK\n initiator < responder  ACK",
            False,
        ),
    ],
)
def test_question_marks_are_for_inferences_about_partial_connections(
    what: str, rows: str, *, question_marks: bool
) -> None:
    written = [
        span.text.strip()
        for line in drawn(ladder(rows), 140)[3:]
        for span in line
        if span.token.startswith("state.") and len(span.text) > 1
    ]
    seen_unknown = [word for word in written if word.endswith("?") and word != "?"]
    assert bool(seen_unknown) is question_marks, what


def test_endpoints_lose_their_middle_where_there_is_no_room() -> None:
    found = lines(
        ladder(
            """
            client = [2001:db8:1111:2222:3333:4444:5555:6666]:40000
            server = [2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff]:443
            client > server  SYN
            """
        ),
        80,
    )
    title, columns = found[0], found[1]
    for line in (title, columns):
        assert "[2001:" in line
        assert "…" in line
        assert ":40000" in line
        assert ":443" in line


def test_spans_carry_tokens_for_what_they_stand_for() -> None:
    tokens = [[span.token for span in line if span.token] for line in drawn(ladder(HANDSHAKE), 120)]
    assert tokens[0] == ["title", "title.endpoints", "title"]
    assert tokens[3][:4] == ["gutter", "frame", "time", "time"]
    assert "state.opening" in tokens[3]
    assert "flag.syn" in tokens[3]
    assert "arrow.initiator" in tokens[3]
    assert "arrow.responder" in tokens[4]
    assert "state.established.inferred" in tokens[5]


@pytest.mark.parametrize("state", list(State), ids=lambda state: state.name)
def test_every_state_can_be_drawn_at_every_width(state: State) -> None:
    shown = ladder(HANDSHAKE)
    rung = replace(shown.rung(0), after=(state, state))
    for width in range(LEAST_WIDTH, 251):
        columns = layout(shown, width, UNICODE)
        assert cell_len(text(draw_rung(rung, columns, is_partial=True))) == width


LOST = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  ACK len=100
    initiator > responder  ACK len=100 seq=1  +300ms
    initiator < responder  ACK ack=101
    initiator > responder  FIN,ACK
    initiator < responder  ACK ack=102
    ... +70s
    """


def judged(rows: str) -> Ladder:
    analysis = analysed(rows)
    return ladder_of(analysis, 1, analysis.judgement)


def test_a_segment_that_repeats_another_has_two_heads() -> None:
    found = lines(judged(LOST), 80)
    assert ["►►" in line for line in found[3:]] == [False] * 4 + [True] + [False] * 3
    assert not any("►►" in line for line in lines(ladder(LOST), 80))


def test_a_probe_has_a_broken_line() -> None:
    alive = HANDSHAKE + "initiator > responder  ACK seq=0 +60s\n initiator < responder  ACK"
    assert ["┄" in line for line in lines(judged(alive), 80)[3:]] == [False] * 3 + [True] * 2


@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_the_row_of_a_finding_has_its_sign_and_its_rule(glyphs: Glyphs) -> None:
    refused = judged("initiator > responder  SYN\n initiator < responder  RST,ACK seq=0")
    *_, before, row = drawn(refused, 120, glyphs)
    assert row[0].text == glyphs.levels["note"]
    assert row[0].token == "level.note"
    assert "hs-refused" in text(row)
    assert before[0].text == " "


@pytest.mark.parametrize("width", [60, 80, 119, 120, 200])
@pytest.mark.parametrize("glyphs", [UNICODE, ASCII], ids=["unicode", "ascii"])
def test_a_ghost_says_who_owed_what_and_reaches_nobody(width: int, glyphs: Glyphs) -> None:
    waiting = judged(LOST)
    columns = layout(waiting, width, glyphs)
    (ghost,) = waiting.ghosts
    line = text(draw_ghost(ghost, columns))
    assert cell_len(line) == width
    assert " FIN " in line
    assert "did not come" in line
    assert line[: columns.before_lifeline + 1].isspace()
    assert line.split()[0].startswith(f"?{glyphs.probe_line}")
    assert glyphs.left not in line


@pytest.mark.parametrize(
    ("time", "width", "written"),
    [
        (TimeFormat.DELTA, 80, ["+0.000000", "+0.020000", "+0.010000"]),
        (TimeFormat.START, 80, ["0.000000", "0.020000", "0.030000"]),
        (TimeFormat.CLOCK, 80, ["22:13:20.000", "22:13:20.020", "22:13:20.030"]),
        (TimeFormat.REFERENCE, 80, ["-0.020000", "+0.000000", "+0.010000"]),
        (TimeFormat.CLOCK, 100, ["22:13:20.000000", "22:13:20.020000", "22:13:20.030000"]),
        (TimeFormat.REFERENCE, 120, ["-0.020000", "+0.000000", "+0.010000"]),
    ],
)
def test_the_chosen_time_stands_beside_the_segments(time: TimeFormat, width: int, written: list[str]) -> None:
    shown = ladder(HANDSHAKE)
    columns = layout(shown, width, UNICODE, LadderOptions(time=time), reference=1)
    found = [text(draw_rung(shown.rung(row), columns, is_partial=False)).split() for row in range(3)]
    assert [words[0 if width < 100 else 1] for words in found] == written


@given(
    maimed_lives() | any_segments(),
    WIDTHS,
    st.builds(
        LadderOptions,
        time=st.sampled_from(TimeFormat),
        numbers=st.sampled_from(SequenceNumbers),
        detail=st.sampled_from(Detail),
        colours=st.sampled_from(ColourMode),
    ),
    st.integers(0, 90),
)
def test_no_choice_pushes_a_line_out(rows: list[Segment], width: int, options: LadderOptions, pan: int) -> None:
    shown = ladder_of(analysed(rows), 1)
    columns = replace(layout(shown, width, UNICODE, options, reference=len(shown) - 1), pan=pan)
    for row in range(len(shown)):
        line = draw_rung(shown.rung(row), columns, is_partial=True, is_reference=row == 0, info="GET / HTTP/1.1 " * 3)
        assert cell_len(text(line)) == width
    assert cell_len(text(draw_columns(shown.heading, columns))) == width


def test_what_lies_beyond_its_place_is_counted() -> None:
    shown = ladder(HANDSHAKE)
    columns = layout(shown, 80, UNICODE)
    fits = overflow(shown.rung(2), columns)
    assert fits == 0
    more = overflow(shown.rung(2), columns, "x" * 100)
    assert more == 0, "an empty segment's label has no room for what a payload is"
    wide = layout(shown, 120, UNICODE)
    assert overflow(shown.rung(1), wide, "x" * (wide.note + 7)) == 7
