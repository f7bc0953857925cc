"""Two packets on the screen: what differs has a sign, with whatever characters the terminal has."""

import pytest

from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tests.tui.driving import from_memory, opened, screen_lines


@pytest.mark.parametrize(("glyphs", "sign"), [(UNICODE, "≠"), (ASCII, "!")])
async def test_differences_have_a_sign(monkeypatch: pytest.MonkeyPatch, glyphs: Glyphs, sign: str) -> None:
    from_memory(monkeypatch)
    async with opened(size=(100, 40), keys="1 G enter space j space", glyphs=glyphs) as pilot:
        shown = screen_lines(pilot.app)
        marked = {line.split(sign)[1].split()[0] for line in shown if f" {sign} " in line}
        assert {"flags", "from", "to"} <= marked
        assert "frame" not in marked
        (flags,) = (line for line in shown if f"{sign} flags" in line)
        assert flags.split()[3:5] == ["SYN", "SYN,ACK"]
