"""A terminal that is too small: one sentence says so, one can leave, and afterwards everything is as it was."""

import pytest

from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.too_small import TooSmallScreen
from tests.samples import sample
from tests.tui.driving import (
    SHOWCASE,
    Driver,
    beginning_of,
    from_memory,
    opened,
    press,
    press_last,
    screen_lines,
    settled,
)
from tests.tui.test_bindings import OPENED_BY

ENOUGH = [(40, 10), (59, 10), (400, 100)]


def said(pilot: Driver) -> str:
    return " ".join(" ".join(screen_lines(pilot.app)).split())


@pytest.mark.parametrize("place", ["ladder", "help"])
async def test_every_screen_stays_under_it(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    from_memory(monkeypatch)
    async with opened(keys=OPENED_BY[place]) as pilot:
        before, stack = screen_lines(pilot.app), list(pilot.app.screen_stack)
        for width, height in ((20, 5), (39, 24), (80, 9), (1, 1)):
            await pilot.resize_terminal(width, height)
            await settled(pilot)
            assert isinstance(pilot.app.screen, TooSmallScreen)
            if width > 1:
                words = f"Too small: 40 columns and 10 lines are needed, here are {width} and {height}. q quits."
                assert said(pilot) == words
        await press(pilot, "enter colon question_mark slash y escape")
        for width, height in ENOUGH:
            await pilot.resize_terminal(width, height)
            await settled(pilot)
            assert pilot.app.screen_stack == stack
            assert [len(line) for line in screen_lines(pilot.app)] == [width] * height
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert screen_lines(pilot.app) == before


async def test_it_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(20, 5)) as pilot:
        assert isinstance(pilot.app.screen, TooSmallScreen)
        await press_last(pilot, "q")


async def test_while_the_capture_is_being_read(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sample("showcase")
    from_memory(monkeypatch, *(beginning_of(whole, segments) for segments in (50, 100, 200)), whole)
    async with opened(SHOWCASE, size=(20, 5)) as pilot:
        assert isinstance(pilot.app.screen, TooSmallScreen)
        await pilot.resize_terminal(80, 24)
        await settled(pilot)
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert "showcase.pcap · 24 connections" in said(pilot)


@pytest.mark.parametrize("size", [(20, 5), (400, 100), (59, 10)])
async def test_resized_while_the_capture_is_being_read(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    whole = sample("showcase")
    from_memory(monkeypatch, beginning_of(whole, 50), is_final=False)
    async with opened(SHOWCASE) as pilot:
        await pilot.resize_terminal(*size)
        await settled(pilot)
        assert isinstance(pilot.app.screen, TooSmallScreen) == (size == (20, 5))
        assert [len(line) for line in screen_lines(pilot.app)] == [size[0]] * size[1]
