"""Marks and notes in words."""

import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.annotations.wording import in_words


@pytest.mark.parametrize(
    ("what", "words"),
    [
        (Annotation(), ""),
        (Annotation(mark="a"), "[a]"),
        (Annotation(note="slow\n  since  noon"), '"slow since noon"'),
        (Annotation(mark="z", note="\x1b[31mred\u202e\x00"), r'[z] "\x1b[31mred\u202e\x00"'),
    ],
)
def test_they_are_one_line_of_which_a_terminal_obeys_nothing(what: Annotation, words: str) -> None:
    assert in_words(what) == words
