"""A line is cut into words that know where they stand."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.filters.scanning import ScanError, Word, scan
from tcpladder.filters.tree import Comparison


def words(line: str) -> list[Word]:
    return list(scan(line))


def kinds(line: str) -> str:
    return " ".join(word.kind.name for word in scan(line))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("", ""),
        ("  abc ", "TEXT"),
        ("port:443 abc", "TEST TEXT"),
        ("a OR b and c && d || e", "TEXT OR TEXT AND TEXT AND TEXT OR TEXT"),
        ("-a !b not c", "NOT TEXT NOT TEXT NOT TEXT"),
        ("-(a b)", "NOT OPEN TEXT TEXT CLOSE"),
        ("--a", "NOT NOT TEXT"),
        ("- a", "TEXT TEXT"),
        ('"or" "-a"', "TEXT TEXT"),
        ("10.0.0.1:443", "TEXT"),
        ("[2001:db8::1]:443", "TEXT"),
        ("2001:db8::1 dead:beef::/32 ::1", "TEXT TEXT TEXT"),
        ("rtt > 50ms", "TEST"),
        ("rtt != 50ms", "TEST"),
        ("< 3", "TEXT TEXT"),
    ],
)
def test_what_words_are(line: str, found: str) -> None:
    assert kinds(line) == found


def test_a_token_has_a_name_a_comparison_and_values() -> None:
    (word,) = words(" state:TIME_WAIT,LAST_ACK")
    assert (word.start, word.end, word.name, word.comparison) == (1, 25, "state", Comparison.IS)
    assert [(piece.text, piece.position) for piece in word.pieces] == [("TIME_WAIT", 7), ("LAST_ACK", 17)]


@pytest.mark.parametrize("line", ["rtt>50ms", "rtt > 50ms", "rtt:>50ms", "rtt> 50ms"])
def test_a_comparison_may_stand_apart_or_after_a_colon(line: str) -> None:
    (word,) = words(line)
    assert (word.name, word.comparison, word.pieces[0].text) == ("rtt", Comparison.MORE, "50ms")
    assert word.pieces[0].position == line.index("50ms")


@pytest.mark.parametrize(("line", "comparison"), [("a=b", Comparison.IS), ("a==b", Comparison.IS), ("a!=b", "!=")])
def test_an_equals_sign_is_a_colon(line: str, comparison: str) -> None:
    assert words(line)[0].comparison == comparison


def test_quotes_hold_white_space_commas_and_quotes() -> None:
    (word,) = words(r'tag:"a, \"b\" \\",c')
    assert [piece.text for piece in word.pieces] == ['a, "b" \\', "c"]
    assert [piece.text for piece in words('ab"c d"e')[0].pieces] == ["abc de"]


def test_a_colon_waits_for_no_value() -> None:
    assert kinds("port: 443") == "TEST TEXT"


def test_a_quote_that_is_not_closed_is_a_problem_where_it_begins() -> None:
    with pytest.raises(ScanError) as raised:
        words('port:80 tag:"abc')
    assert raised.value.problem.position == 12
    assert "not closed" in raised.value.problem.sentence


@given(st.text())
def test_words_lie_in_the_line_one_after_the_other(line: str) -> None:
    end = 0
    with contextlib.suppress(ScanError):
        for word in scan(line):
            assert end <= word.start < word.end <= len(line)
            assert all(word.start <= piece.position <= word.end for piece in word.pieces)
            end = word.end
