"""How the screens look at three sizes, and in light colours: one run each, and the terminal is resized in between.

`make snapshots` accepts the pictures. Look whether something overlaps, or is cut without an ellipsis, before it does.
"""

from pathlib import Path

import pytest
from pytest_textual_snapshot import SVGImageExtension
from syrupy.assertion import SnapshotAssertion
from textual.widgets import Input

from tests.tui.driving import from_memory, opened, settled

SIZES = [(120, 40), (160, 48), (80, 24)]
SCREENS = {
    "list": "j space j space",
    "ladder": "1 4 G enter",
    "mark": "9 G m",
    "note": "9 G M s l o w",
    "places": "9 G m a 1 4 G M s l o w enter apostrophe",
    "leave": "9 G m a q",
    "save": "1 6 G f s",
    "filter": "slash s t a t e colon T tab",
    "find": "ctrl+f g r a c enter ctrl+f",
    "columns": "C j",
    "export": "s down",
    "go_to": "ctrl+g 7",
    "open": "o",
    "palette": "colon f o l l o w",
    "folded": "1 6 G enter Z",
    "explained": "1 4 G enter right_square_bracket d",
    "zoomed": "1 4 G enter right_square_bracket backslash",
    "two_packets": "1 6 G enter space j j j space",
    "packet": "1 4 G enter right_square_bracket enter",
    "findings": "i j j",
    "why": "9 G w",
    "follow": "1 6 G f j",
    "graphs": "1 6 G T right_square_bracket",
    "compare": "greater_than_sign 1 G v 9 G v right_square_bracket",
    "summary": "S j",
    "hosts": "H j",
    "sockets": "greater_than_sign 6 G enter j j j O j",
    "related": "greater_than_sign 1 2 G x j",
    "help": "question_mark",
}
"""The keys that lead to each: boxes lie in the middle, or above the keys; what they lie over is darker."""


@pytest.mark.parametrize("name", SCREENS)
async def test_screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, snapshot: SnapshotAssertion, name: str) -> None:
    from_memory(monkeypatch)
    for entry in ("captures", "web.pcap", "db.pcapng"):
        (tmp_path / "here" / entry).mkdir(parents=True) if "." not in entry else (tmp_path / "here" / entry).touch()
    monkeypatch.chdir(tmp_path / "here")
    pictures = snapshot.use_extension(SVGImageExtension)
    async with opened(keys=SCREENS[name]) as pilot:
        for field in pilot.app.screen.query(Input):
            field.cursor_blink = False
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await settled(pilot)
            assert pilot.app.export_screenshot() == pictures(name=f"{width}x{height}")
        if name == "palette":
            return  # nobody can choose a theme while it is open
        pilot.app.theme = "light"
        await settled(pilot)
        assert pilot.app.export_screenshot() == pictures(name="light")
