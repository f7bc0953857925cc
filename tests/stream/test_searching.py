"""A search through both sides, and the order of its matches."""

import pytest

from tcpladder.stream import searching
from tcpladder.stream.page import Book, Page
from tcpladder.stream.search import parse
from tcpladder.stream.searching import Matches, search
from tcpladder.tcp.reassembly import What
from tcpladder.tcp.states import Endpoint
from tests.stream.telling import Said, conversation

SAID: tuple[Said, ...] = (
    (">", b"abc\nab"),
    ("<", b"xab"),
    (">", b"c"),
    (">", 5, What.NOT_CAPTURED),
    (">", b"ab"),
)


def found(typed: str, *said: Said) -> Matches:
    matches = search(conversation(*said), parse(typed), lambda: False)
    assert matches is not None
    return matches


def test_a_match_goes_on_over_the_other_side_but_not_over_a_hole() -> None:
    assert found("abc", *SAID).begins[0].tolist() == [0, 4]
    assert found("cab", *SAID).begins[0].tolist() == []
    assert len(found("ab", *SAID)) == 4


def test_matches_within_a_stretch() -> None:
    matches = found("ab", *SAID)
    assert matches.within(Endpoint.INITIATOR, 1, 5) == [(0, 2), (4, 6)]
    assert matches.within(Endpoint.INITIATOR, 2, 4) == []
    assert matches.within(Endpoint.RESPONDER, 0, 9) == [(1, 3)]


def test_the_next_match_is_the_next_line_s_and_behind_the_last_comes_the_first() -> None:
    book = Book(conversation(*SAID))
    order = found("ab", *SAID).on(Page(book, width=20))
    assert order.lines.tolist() == [0, 1, 2, 5]
    assert order.senders.tolist() == [0, 0, 1, 0]
    assert [order.next(line, None, 1) for line in range(6)] == [0, 1, 2, 3, 3, 3]
    assert [order.next(line, None, -1) for line in range(6)] == [0, 1, 2, 2, 2, 3]
    assert order.next(5, 3, 1) == 0
    assert order.next(0, 0, -1) == 3
    one_side = found("ab", *SAID).on(Page(book, width=20, side=Endpoint.RESPONDER))
    assert one_side.lines.tolist() == [0]
    assert found("nothing", *SAID).on(Page(book, width=20)).next(0, None, 1) is None


def test_several_matches_of_a_line_come_one_after_the_other() -> None:
    said = ((">", b"a a a\nb"),)
    order = found("a", *said).on(Page(Book(conversation(*said)), width=20))
    assert [order.next(0, at, 1) for at in (None, 0, 1, 2)] == [0, 1, 2, 0]


def test_there_is_an_end_to_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "MOST_MATCHES", 3)
    matches = found("a", (">", b"aa"), ("<", b"aaaa"))
    assert (len(matches), matches.is_cut) == (3, True)
    assert not found("a", (">", b"aa"), ("<", b"a")).is_cut


def test_stopped() -> None:
    assert search(conversation(*SAID), parse("a"), lambda: True) is None
