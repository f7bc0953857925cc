"""A capture that is deleted or replaced while it is open: what reads it again says so, and everything else goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tcpladder.tui.info_asking import InfoAsking
from tcpladder.tui.screens.ladder import LadderScreen
from tests.samples import path_of
from tests.tui.driving import Driver, opened, press, screen_lines, settled, table

HTTP = path_of("http-keepalive.client")
SOON = InfoAsking.soon  # which other tests of the app do without


def shown(pilot: Driver) -> str:
    """Give what the screen says, its lines joined."""
    return " ".join(" ".join(screen_lines(pilot.app)).split())


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Path.unlink, "'a.pcap' is gone since it was opened."),
        (lambda path: path.write_bytes(path_of("showcase").read_bytes()), "'a.pcap' is another file than the one"),
        (lambda path: path.write_bytes(HTTP.read_bytes()[:500]), "'a.pcap' is shorter than when it was opened."),
    ],
)
async def test_what_reads_it_again_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Callable[[Path], object], sentence: str
) -> None:
    monkeypatch.setattr(InfoAsking, "soon", SOON)
    monkeypatch.setattr("tcpladder.tui.info_asking.PAUSE_S", 0.001)
    monkeypatch.setattr("tcpladder.tui.filtering.SETTLED_S", 0.001)
    path = tmp_path / "a.pcap"
    path.write_bytes(HTTP.read_bytes())
    async with opened(path, size=(120, 30)) as pilot:
        change(path)
        await press(pilot, "enter")
        await pilot.pause(0.05)
        await settled(pilot)
        assert [str(note.message)[: len(sentence)] for note in pilot.app._notifications] == [sentence]
        pilot.app.clear_notifications()
        await press(pilot, "f")
        assert sentence in shown(pilot)
        await press(pilot, "escape")
        await press(pilot, "j enter")
        assert sentence in shown(pilot)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, LadderScreen)
        await press(pilot, "escape slash equals_sign t c p enter")
        assert sentence in shown(pilot)
        await press(pilot, "escape")
        assert len(table(pilot).numbers()) == 1
