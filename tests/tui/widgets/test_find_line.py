"""What the find line says; the screens that have one are tested with it."""

import pytest

from tcpladder.tui.widgets.find_line import place_words


@pytest.mark.parametrize(
    ("at", "count", "is_more", "words"),
    [
        (None, 0, False, "no match"),
        (None, 1, False, "1 match"),
        (None, 2, False, "2 matches"),
        (0, 2, False, "1 of 2"),
        (1233, 100000, True, "1 234 of 100 000+"),
    ],
)
def test_which_match(at: int | None, count: int, is_more: bool, words: str) -> None:  # noqa: FBT001
    assert place_words(at, count, is_more=is_more) == words
