"""Aligned connections as lines of text."""

import pytest

from tcpladder.ladder.alignment import aligned
from tcpladder.ladder.glyphs import ASCII, UNICODE
from tcpladder.ladder.side_by_side import draw_entry, height
from tests.building import ladder
from tests.ladder.test_phases import HANDSHAKE

SHUT = HANDSHAKE + "    initiator > responder  RST"
PAIR = ladder(HANDSHAKE), ladder(SHUT)


def drawn(width: int) -> list[str]:
    entries = aligned(*PAIR)
    return ["".join(span.text for span in line) for entry in entries for line in draw_entry(entry, PAIR, width, ASCII)]


def test_beside_one_another() -> None:
    assert [line.rstrip() for line in drawn(120)[:3]] == [
        "  handshake: 3 segments, 0.020000 s   |   3 segments, 0.020000 s ".ljust(120, "-"),
        "       1            >  SYN seq 0                           |        1            >  SYN seq 0",
        "       2  +0.010000 <  SYN,ACK seq 0 ack 1                 |        2  +0.010000 <  SYN,ACK seq 0 ack 1",
    ]


def test_below_one_another_what_is_alike_stands_once() -> None:
    lines = [line.rstrip() for line in drawn(60)]
    assert lines[1:4] == [
        " =       1            >  SYN seq 0",
        " =       2  +0.010000 <  SYN,ACK seq 0 ack 1",
        " =       3  +0.010000 >  ACK ack 1",
    ]
    assert lines[4].startswith("! teardown: none   |   1 segment")
    assert lines[5] == " 2       4  +0.010000 >  RST seq 1"


def test_changed_states_stand_at_the_right_where_there_is_room() -> None:
    assert drawn(160)[1].rstrip().endswith("SYN-SENT LISTEN")


@pytest.mark.parametrize("width", [40, 60, 80, 119, 120, 160])
def test_every_line_is_as_wide_as_the_screen_and_heights_are_right(width: int) -> None:
    for glyphs in (ASCII, UNICODE):
        for entry in aligned(*PAIR):
            lines = draw_entry(entry, PAIR, width, glyphs)
            assert len(lines) == height(entry, width)
            assert {len("".join(span.text for span in line)) for line in lines} == {width}
