"""Notes are not lost when the process is asked to end."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from tcpladder.annotations.sidecar import load
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.ending import REQUESTS, heed
from tests.tui.driving import SHOWCASE, exited, from_memory, opened, settled


def test_the_loop_tells_of_each_request_and_what_is_ignored_stays_ignored() -> None:
    asked: list[int] = []
    before = {number: signal.getsignal(number) for number in REQUESTS}

    async def run() -> None:
        heed(asked.append)
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGHUP)
        while not asked:
            await asyncio.sleep(0)

    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        asyncio.run(run())
        assert asked == [signal.SIGTERM]
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def test_marks_and_the_note_that_is_being_written_are_saved(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from_memory(monkeypatch)
    async with opened(keys="m a M h e r e") as pilot:
        app = pilot.app
        assert isinstance(app, TcpladderApp)
        app._end_by(signal.SIGHUP)
        await exited(pilot)
        assert app.return_code == 129
        assert app.rescued == f"Marks and notes are in '{tmp_path / 'showcase.pcap.tcpladder.json'}'."
    written = load(SHOWCASE, tmp_path / "elsewhere")
    assert [(what.mark, what.note) for what in (written[place] for place in written)] == [("a", "here")]


async def test_where_nothing_is_unsaved_nothing_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from_memory(monkeypatch)
    async with opened() as pilot:
        await settled(pilot)
        app = pilot.app
        assert isinstance(app, TcpladderApp)
        app._end_by(signal.SIGTERM)
        await exited(pilot)
        assert (app.return_code, app.rescued) == (143, "")
    assert not (tmp_path / "showcase.pcap.tcpladder.json").exists()
