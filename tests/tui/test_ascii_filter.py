"""With ASCII alone wanted, no screen has anything else, and nothing moves."""

import pytest
from rich.cells import cell_len

from tcpladder.ladder.glyphs import ASCII
from tcpladder.tui.ascii_filter import in_ascii
from tests.tui.driving import from_memory, opened, press, screen_lines


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("╭─ Keys ─╮", "+- Keys -+"),
        ("a · b …", "a * b ~"),
        ("Übergröße ½", "Ubergro?e ?"),
        ("漢字", "????"),
        ("e\u0301", "e"),
    ],
)
def test_each_cell_has_an_ascii_character(text: str, drawn: str):
    assert in_ascii(text) == drawn
    assert cell_len(drawn) == cell_len(text)


async def test_no_screen_has_anything_else(monkeypatch: pytest.MonkeyPatch):
    from_memory(monkeypatch)
    async with opened(glyphs=ASCII) as pilot:
        for keys in ("", "o", "escape slash p", "escape question_mark", "escape 5 G enter", "w", "escape escape i"):
            await press(pilot, keys)
            assert [line for line in screen_lines(pilot.app) if not line.isascii()] == [], keys
