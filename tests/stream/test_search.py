"""What is typed to be found."""

import pytest

from tcpladder.errors import UsageError
from tcpladder.stream import search
from tcpladder.stream.search import SearchTooLongError, parse

DATA = b"GET /index.html HTTP/1.1\r\nHost: example\r\n\r\n\x00\x01\xff" + "Größe".encode()


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("get", [b"GET"]),
        ("Get", []),
        ("GET", [b"GET"]),
        ("h", [b"h", b"H", b"H"]),
        ("a.b", []),
        ("1.1", [b"1.1"]),
        ("größe", ["Größe".encode()]),
        ("/index", [b"/index"]),
        ("/H\\w+:/", [b"Host:"]),
        ("/^host/", []),
        ("/(?i)^host/", [b"Host"]),
        ("/x*/", [b"x", b"x"]),
        ("hex:0d0a", [b"\r\n"] * 3),
        ("HEX: 00 01:ff", [b"\x00\x01\xff"]),
        ("hex:0x2e", [b".", b"."]),
    ],
)
def test_matches(typed: str, found: list[bytes]) -> None:
    assert [DATA[begin:end] for begin, end in parse(typed).matches_in(DATA)] == found


def test_only_a_part_is_searched() -> None:
    pattern = parse("hex:0d0a")
    assert len(list(pattern.matches_in(DATA, 26, 42))) == 1
    assert list(pattern.matches_in(DATA, is_stopped=lambda: True)) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("/(/", "That is no regular expression: "),
        ("hex:0", "0 is no row of bytes."),
        ("hex:", "Nothing is no row of bytes."),
        ("hex:\x1bz", r"\x1bz is no row of bytes."),
        ("", "There is nothing to look for."),
    ],
)
def test_what_can_not_be_looked_for_is_told(typed: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(typed)
    assert raised.value.sentence.startswith(sentence)


def test_words() -> None:
    assert parse("fin").is_in("FIN,ACK seq 7")
    assert not parse("Fin").is_in("FIN,ACK seq 7")
    assert parse("/seq \\d$/").is_in("FIN,ACK seq 7")
    assert not parse("hex:46").is_in("FIN,ACK")
    assert (parse("a").is_text, parse("hex:46").is_text) == (True, False)


def test_an_expression_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "LONGEST_SEARCH_S", 0.05)
    pattern = parse("/(a|aa)+$/")
    with pytest.raises(SearchTooLongError):
        list(pattern.matches_in(b"a" * 60 + b"b"))
    with pytest.raises(SearchTooLongError):
        pattern.is_in("a" * 60 + "b")
