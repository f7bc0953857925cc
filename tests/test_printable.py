"""Nothing from a capture reaches a terminal as more than text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.printable import encodable, printable

any_text = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("GET / HTTP/1.1", "GET / HTTP/1.1"),
        ("", ""),
        ("\x1b[31mred\x07", r"\x1b[31mred\x07"),
        ("a\r\n\tb\0", r"a\r\n\tb\x00"),
        ("\x7f\x9b2J", r"\x7f\x9b2J"),
        ("user\u202etxt.exe", r"user\u202etxt.exe"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("line\u2028paragraph\u2029", r"line\u2028paragraph\u2029"),
        ("lone \ud800 surrogate", r"lone \ud800 surrogate"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("joiner\u034f filler\u3164 selector\ufe0f", r"joiner\u034f filler\u3164 selector\ufe0f"),
        ("[bold]markup[/bold] is for whoever draws", "[bold]markup[/bold] is for whoever draws"),
        ("Größe, 長さ, ➜", "Größe, 長さ, ➜"),
    ],
)
def test_examples(text: str, shown: str) -> None:
    assert printable(text) == shown


@given(any_text)
def test_nothing_is_left_that_a_terminal_obeys_hides_or_reorders(text: str) -> None:
    categories = {unicodedata.category(character) for character in printable(text)}
    assert not categories & {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(any_text)
def test_what_is_shown_can_be_encoded_and_is_one_line(text: str) -> None:
    shown = printable(text)
    shown.encode("utf-8")
    assert len(shown.splitlines()) <= 1


@given(any_text)
def test_showing_twice_changes_nothing(text: str) -> None:
    assert printable(printable(text)) == printable(text)


@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)))
def test_plain_text_is_untouched(text: str) -> None:
    assert printable(text) == text


@given(any_text)
def test_any_text_can_be_encoded_and_stays_what_it_is_if_it_could_be(text: str) -> None:
    shown = encodable(text)
    shown.encode("utf-8")
    assert (shown == text) == ("Cs" not in map(unicodedata.category, text))
