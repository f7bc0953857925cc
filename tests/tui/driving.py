"""Opens the app on a capture as a user would, and waits until it has come to rest."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Static

from tcpladder.analysis import Analysis, Progress
from tcpladder.connections.table import group
from tcpladder.ladder.glyphs import UNICODE, Glyphs
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.widgets.connection_table import ConnectionTable
from tcpladder.tui.widgets.ladder_view import LadderView
from tests.samples import analysis_of, path_of

SHOWCASE = path_of("showcase")
Driver = Pilot[None]
MOST_ROUNDS = 100


async def settled(pilot: Pilot[None]) -> None:
    """Wait until threads have ended, the capture has been read and judged, and every message is dealt with."""
    await pilot.app.workers.wait_for_complete()
    for _ in range(2):  # what a message brings about may be put off until after the next painting, and so again
        await pilot.pause()


@contextlib.asynccontextmanager
async def opened(
    path: Path = SHOWCASE, *, size: tuple[int, int] = (80, 24), glyphs: Glyphs = UNICODE, keys: str = ""
) -> AsyncIterator[Driver]:
    """Open a capture, wait until it is read, and press `keys`, which are separated by spaces."""
    app = TcpladderApp(path, glyphs=glyphs)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await press(pilot, keys)
        yield pilot


async def until(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    """Wait until something is so that comes of several messages, one after the other, with threads in between."""
    for _ in range(MOST_ROUNDS):
        if is_so():
            return
        await settled(pilot)
    raise AssertionError("it never came")


async def press(pilot: Pilot[None], keys: str) -> None:
    """Press keys, each when what came of the one before is there."""
    for key in keys.split():
        await pilot.press(key)
        await settled(pilot)


async def exited(pilot: Pilot[None]) -> None:
    """Wait until the app has begun to leave. The pilot can't: it waits for answers that no one gives any more."""
    while not pilot.app._exit:
        await asyncio.sleep(0)


async def press_last(pilot: Pilot[None], key: str) -> None:
    """Press a key that ends the app."""
    pilot.app.simulate_key(key)
    await exited(pilot)


def from_memory(monkeypatch: pytest.MonkeyPatch, *analyses: Analysis, is_final: bool = True) -> None:
    """Have captures come from memory: those given, one after the other, or the file's, read once in a test run.

    The last is the whole capture, and is judged, unless `is_final` is false: then more is to come.
    """

    def progressive(path: Path, **_: object) -> Iterator[Progress]:
        *before, last = analyses or (analysis_of(path),)
        for analysis in before:
            yield progress(analysis)
        yield progress(last, is_final=is_final)

    monkeypatch.setattr("tcpladder.tui.loading.progressive", progressive)


def beginning_of(whole: Analysis, segments: int) -> Analysis:
    """Give what is known of a capture when only its first segments have been read."""
    connections = group(whole.connections.segments.head(segments).drop("connection", "from_initiator"))
    return replace(whole, connections=connections)


def progress(analysis: Analysis, *, is_final: bool = False) -> Progress:
    """Tell of some reading that has come to these segments."""
    segments = len(analysis.connections.segments)
    return Progress(position=segments * 100, size=100_000, segments=segments, is_final=is_final, analysis=analysis)


def table(pilot: Pilot[None]) -> ConnectionTable:
    """Give the connection list, wherever it lies among the screens."""
    return next(found for screen in pilot.app.screen_stack for found in screen.query(ConnectionTable))


def ladder(pilot: Pilot[None]) -> LadderView:
    """Give the ladder that is open."""
    return pilot.app.screen.query_one(LadderView)


def words(pilot: Pilot[None], selector: str) -> str:
    """Give what a line of the screen says."""
    return str(pilot.app.screen.query_one(selector, Static).content)


def lines(widget: Widget) -> list[str]:
    """Give what a widget shows, as text."""
    return ["".join(segment.text for segment in strip) for strip in widget.render_lines(widget.size.region)]


def screen_lines(app: App[None]) -> list[str]:
    """Give what the whole screen shows, as text."""
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]
