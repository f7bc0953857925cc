"""Payloads in view are named when tshark has told what they are; nothing waits for it."""

import pytest

from tests.samples import path_of
from tests.tui.driving import ladder, lines, opened, press, settled


async def test_what_tshark_says_stands_in_the_note_or_in_the_label(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcpladder.tui.info_asking.PAUSE_S", 0.001)
    async with opened(path_of("http-keepalive.client"), size=(120, 24), keys="enter") as pilot:
        await pilot.pause(0.05)
        await settled(pilot)
        shown = lines(ladder(pilot))
        assert ["HTTP GET /" in line for line in shown if "len 68" in line] == [True]
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert any("len 68 HTTP GET /" in line for line in lines(ladder(pilot)))
        await press(pilot, "j j escape")
