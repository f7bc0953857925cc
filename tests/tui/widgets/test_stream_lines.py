"""A line of a stream in pieces: whatever was sent, no cell too many and nothing that a terminal would obey."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from tcpladder.ladder.glyphs import ASCII, UNICODE
from tcpladder.printable import printable
from tcpladder.stream.page import Book, Page
from tcpladder.tcp.reassembly import What
from tcpladder.tui.widgets.stream_lines import (
    Columns,
    Lit,
    Piece,
    draw,
    hex_columns,
    hex_width,
    notice,
    text_columns,
)
from tests.stream.telling import Said, conversation

TEXT = Columns(frame=2, offset=0, per_line=40)


def drawn(*said: Said, columns: Columns = TEXT, lit: Lit = ()) -> list[list[Piece]]:
    book = Book(conversation(*said))
    page = Page(book, width=columns.per_line, is_hex=columns.offset > 0)
    return [
        draw(line, book.conversation.stream(line.sender).data, columns, UNICODE, lit)
        for line in map(page.line, range(len(page)))
    ]


def words(pieces: list[Piece]) -> str:
    return "".join(text for text, _ in pieces)


def test_frame_side_and_text() -> None:
    assert drawn((">", b"GET /\r\n"), ("<", b"OK\nmore")) == [
        [("10 ", "frame"), ("► ", "initiator"), ("GET /", "initiator")],
        [("11 ", "frame"), ("◄ ", "responder"), ("OK", "responder")],
        [("   ", "frame"), ("◄ ", "responder"), ("more", "responder")],
    ]


def test_what_can_not_be_shown_is_one_cell_of_its_own_look() -> None:
    (line,) = drawn((">", "a\x1b[2J\x00\x7f\u202e\u200b\u0301é語\t".encode() + b"\xff\r"))
    assert words(line) == "10 ► a␛[2J␀····é語␉·␍"
    assert [text for text, token in line if token == "control"] == ["␛", "␀····", "␉·␍"]


def test_bytes() -> None:
    (line,) = drawn((">", bytes(range(0x3C, 0x4A)) + b"\x00"), columns=Columns(frame=2, offset=4, per_line=16))
    assert words(line) == ("10 ► 0000  3c 3d 3e 3f 40 41 42 43  44 45 46 47 48 49 00     <=>?@ABCDEFGHI·")
    assert line[-1] == ("·", "control")


def test_matches_stand_out_in_text_and_in_bytes() -> None:
    lit = ((1, 3, "match"), (4, 6, "match-here"))
    (line,) = drawn((">", b"abcde\r\n"), lit=lit)
    assert line[2:] == [
        ("a", "initiator"),
        ("bc", "match"),
        ("d", "initiator"),
        ("e", "match-here"),
        ("␍", "match-here"),
    ]
    (row,) = drawn((">", b"abcde"), columns=Columns(frame=0, offset=4, per_line=8), lit=lit[:1])
    assert [piece for piece in row if piece[1] == "match"] == [
        ("62", "match"), (" ", "match"), ("63", "match"), ("b", "match"), ("c", "match"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "count", "said"),
    [
        (What.NOT_CAPTURED, 1460, "⋮ 1460 bytes are missing here (not captured)"),
        (What.NOT_ACKNOWLEDGED, 1, "⋮ 1 byte is missing here (not captured, and never acknowledged)"),
        (What.SNAPPED, 2, "⋮ 2 bytes are missing here (cut off by the snap length)"),
        (What.UNREAD, 2, "⋮ 2 bytes are missing here (could not be read)"),
        (What.DIFFERENT, 2, "⋮ 2 bytes of no.10 are not what was sent before; the first copy is shown"),
        (What.DIFFERENT, 1, "⋮ 1 byte of no.10 is not what was sent before; the first copy is shown"),
    ],
)
def test_notices(what: What, count: int, said: str) -> None:
    book = Book(conversation((">", count, what)))
    assert notice(Page(book, width=10).line(0), UNICODE) == said
    assert drawn((">", count, what)) == [[("   ", "frame"), ("► ", "initiator"), (said, "notice")]]


def test_a_row_of_bytes_has_room_or_is_halved() -> None:
    for width in range(40, 130):
        columns = hex_columns(width, 1_234_567, 64 << 20)
        assert hex_width(columns) <= width or (columns.per_line, columns.frame) == (8, 0)
    assert [hex_columns(width, 999, 1000).per_line for width in (60, 79, 80, 100)] == [8, 16, 16, 16]
    assert text_columns(10, 1_234_567).frame == 0


ANYTHING = st.binary(max_size=60) | st.text(max_size=40).map(lambda text: text.encode(errors="surrogatepass"))


@settings(max_examples=150, deadline=None)
@given(ANYTHING.filter(bool), st.integers(12, 40), st.sampled_from([UNICODE, ASCII]))
def test_no_line_is_too_wide_and_none_is_harmful(data: bytes, width: int, glyphs: object) -> None:
    book = Book(conversation((">", data)))
    for columns in (text_columns(width, 99), hex_columns(width + 30, 99, len(data))):
        page = Page(book, width=columns.per_line, is_hex=columns.offset > 0)
        for number in range(len(page)):
            shown = words(draw(page.line(number), data, columns, ASCII if glyphs is ASCII else UNICODE))
            assert shown == printable(shown)
            assert cell_len(shown) <= (width if not columns.offset else width + 30)
