"""Lines of a conversation: every byte is in one line, in order, whatever the width."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.stream import page as pages
from tcpladder.stream.page import Book, Page, StreamLine
from tcpladder.tcp.reassembly import What
from tcpladder.tcp.states import Endpoint
from tests.stream.telling import Said, conversation


def lines(page: Page) -> list[StreamLine]:
    return [page.line(number) for number in range(len(page))]


def texts(*said: Said, width: int = 20, is_hex: bool = False, side: Endpoint | None = None) -> list[str]:
    """Give the lines as `> text`, or what is missing in them."""
    book = Book(conversation(*said))
    return [
        f"{'<' if line.sender else '>'} "
        + (
            book.conversation.stream(line.sender).data[line.begin : line.end].decode(errors="replace")
            if line.what is What.DATA
            else f"[{line.what.name} {line.missing}]"
        )
        for line in lines(Page(book, width=width, is_hex=is_hex, side=side))
    ]


def test_text_is_broken_at_ends_of_lines_and_where_it_is_too_long() -> None:
    said = (">", b"one\ntwo\n\nthe last  line"), ("<", b"ok\n"), (">", b"x")
    assert texts(*said, width=8) == ["> one\n", "> two\n", "> \n", "> the last", ">   line", "< ok\n", "> x"]
    assert texts(*said, width=8, side=Endpoint.RESPONDER) == ["< ok\n"]
    assert texts((">", b"12345678\r\n12345678\n123456789\n"), width=8)[1:] == ["> 12345678\n", "> 12345678", "> 9\n"]


def test_a_line_goes_on_in_the_next_segment_but_not_over_the_other_side() -> None:
    assert texts((">", b"GE"), (">", b"T /\nA"), ("<", b"no"), (">", b"B")) == ["> GET /\n", "> A", "< no", "> B"]


def test_what_is_missing_has_a_line_of_its_own() -> None:
    said = (">", b"ab"), (">", 1460, What.NOT_CAPTURED), (">", b"cd"), ("<", 3, What.SNAPPED)
    assert texts(*said) == ["> ab", "> [NOT_CAPTURED 1460]", "> cd", "< [SNAPPED 3]"]
    assert texts(*said, is_hex=True, side=Endpoint.INITIATOR) == ["> ab", "> [NOT_CAPTURED 1460]", "> cd"]


def test_bytes_have_rows_of_one_length_that_tell_where_they_are() -> None:
    book = Book(conversation((">", b"\n" * 20), (">", 100, What.SNAPPED), (">", b"z" * 17)))
    page = Page(book, width=16, is_hex=True)
    assert [(line.offset, line.end - line.begin) for line in lines(page)] == [
        (0, 16),
        (16, 4),
        (20, 0),
        (120, 16),
        (136, 1),
    ]


def test_a_line_names_the_frame_that_begins_in_it_and_the_one_that_its_first_byte_is_from() -> None:
    book = Book(conversation((">", b"abcdefgh"), (">", b"ij"), (">", b"kl\nmn"), (">", b"op")))
    page = Page(book, width=6)
    assert [(line.frame, line.new_frame) for line in lines(page)] == [(10, 10), (10, 11), (12, 13)]


def test_the_line_of_a_frame() -> None:
    said = (">", b"abcdefgh"), (">", b"ijkl"), ("<", 3, What.SNAPPED), (">", b"m"), ("<", b"n")
    book = Book(conversation(*said))
    both, one = Page(book, width=4), Page(book, width=4, side=Endpoint.RESPONDER)
    assert [both.line_of_frame(frame) for frame in range(9, 16)] == [0, 0, 2, 3, 4, 5, 5]
    assert [one.line_of_frame(frame) for frame in range(9, 16)] == [0, 0, 0, 0, 1, 1, 1]
    assert Page(Book(conversation()), width=4).line_of_frame(9) == 0


def test_characters_are_not_cut_in_two() -> None:
    for width in range(3, 8):
        assert "".join(text[2:] for text in texts((">", "aé€😀ñ語x".encode()), width=width)) == "aé€😀ñ語x"
    assert not any("\ufffd" in text for text in texts((">", ("語" * 50).encode()), width=10))


def test_bytes_that_only_look_like_characters_are_no_trouble() -> None:
    assert len("".join(texts((">", b"\xe8\xaa" * 9 + b"\xff\x80" * 9), width=4))) > 0


def test_lines_of_places() -> None:
    page = Page(Book(conversation((">", b"ab\ncdefghij"), ("<", b"x"), (">", b"yz"))), width=4)
    places = np.array([0, 2, 3, 6, 7, 10, 11, 12])
    assert page.lines_of(Endpoint.INITIATOR, places).tolist() == [0, 0, 1, 1, 2, 2, 4, 4]
    assert page.lines_of(Endpoint.RESPONDER, np.array([0])).tolist() == [3]
    one = Page(Book(conversation((">", b"a"))), width=4, side=Endpoint.RESPONDER)
    assert len(one) == 0
    assert one.lines_of(Endpoint.INITIATOR, np.array([0])).tolist() == [-1]


def test_the_next_notice() -> None:
    page = Page(Book(conversation((">", b"a"), (">", 5, What.SNAPPED), ("<", b"b"), ("<", 1, What.DIFFERENT))), width=4)
    assert [page.next_notice(line, 1) for line in range(4)] == [1, 3, 3, None]
    assert [page.next_notice(line, -1) for line in range(4)] == [None, None, 1, 1]


def test_too_many_ends_of_lines_break_no_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PARAGRAPHS", 5)
    assert len(texts((">", b"\n" * 5))) == 5
    assert len(texts((">", b"\n" * 40))) == 2


BYTES = st.binary(max_size=12) | st.text("aé語😀\n\u0301\u202e", max_size=8).map(str.encode)
SAID = st.lists(st.tuples(st.sampled_from("><"), BYTES.filter(bool)), max_size=8)


@settings(max_examples=80, deadline=None)
@given(SAID, st.integers(1, 10), st.booleans())
def test_every_byte_is_in_one_line(said: list[tuple[str, bytes]], width: int, is_hex: bool) -> None:  # noqa: FBT001
    book = Book(conversation(*said))
    page = Page(book, width=max(width, 4), is_hex=is_hex)
    shown = [b"", b""]
    for number, line in enumerate(lines(page)):
        assert line.begin == len(shown[line.sender])
        data = book.conversation.stream(line.sender).data[line.begin : line.end]
        shown[line.sender] += data
        assert len(data) <= max(width, 4) + 5
        if data:
            assert page.lines_of(line.sender, np.array([line.begin])).tolist()[0] in (number, number - 1)
    assert shown == [book.conversation.stream(sender).data for sender in Endpoint]
