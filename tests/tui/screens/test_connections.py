"""The list's lines: title, progress, summary."""

import numpy as np
import pytest

from tcpladder.analysis import Analysis
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.tui.list_words import found_words
from tcpladder.tui.messages import CaptureJudged, ReadingProgressed
from tcpladder.tui.screens.compare import CompareScreen
from tests.tui.driving import (
    beginning_of,
    from_memory,
    lines,
    opened,
    press,
    progress,
    screen_lines,
    settled,
    table,
    words,
)


@pytest.mark.parametrize(("frame", "connections"), [(1, [1]), (150, [16]), (366, [24]), (0, []), (367, [])])
def test_the_connection_of_a_packet(showcase: Analysis, frame: int, connections: list[int]) -> None:
    assert showcase.connections.numbers_of(np.array([frame])).tolist() == connections


@pytest.mark.parametrize("width", [80, 120])
async def test_the_title_says_how_many_connections_there_are_while_reading(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis, width: int
) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 100), is_final=False)
    async with opened(size=(width, 24)) as pilot:
        pilot.app.post_message(ReadingProgressed(progress(showcase)))
        await settled(pilot)
        assert screen_lines(pilot.app)[0].startswith(" showcase.pcap · 24 connections ")
        assert "37%" in screen_lines(pilot.app)[0]


async def test_the_summary_follows_the_width(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(80, 24), keys="2 4 G") as pilot:
        narrow = words(pilot, "#summary")
        await pilot.resize_terminal(160, 24)
        await settled(pilot)
        assert len(narrow) <= 78 < len(words(pilot, "#summary")) <= 158


async def test_the_summary_says_the_gravest_finding_and_how_many_more(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 4 G") as pilot:
        found = showcase.judgement.findings_of(14)
        assert words(pilot, "#summary") == f"#14 ▲ (+{len(found) - 1}) {found[0].message}"
        shown = screen_lines(pilot.app)[-2]
        assert len(found[0].message) > 80
        assert shown.rstrip().endswith("…")
        await press(pilot, "9 G")
        assert words(pilot, "#summary") == f"#9 ● {showcase.judgement.findings_of(9)[0].message}"


async def test_the_title_counts_the_findings_once_the_capture_is_judged(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    from_memory(monkeypatch, showcase, is_final=False)
    async with opened() as pilot:
        assert words(pilot, "#title") == "showcase.pcap · 24 connections"
        pilot.app.post_message(CaptureJudged(showcase, showcase.judgement))
        await settled(pilot)
        assert words(pilot, "#title") == f"showcase.pcap · 24 connections · {found_words(showcase.judgement, UNICODE)}"


async def test_digits_typed_before_the_table_has_the_focus_are_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened() as pilot:
        pilot.app.screen.set_focus(None)
        await press(pilot, "5")
        pilot.app.screen.set_focus(table(pilot))
        await press(pilot, "G")
        assert table(pilot).connection == 5


async def test_a_number_that_the_filter_leaves_out_goes_to_the_next_that_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from_memory(monkeypatch)
    async with opened(keys="slash p o r t colon 8 0 8 0 enter 5 G") as pilot:
        assert table(pilot).connection == 11
        await press(pilot, "9 9 G")
        assert table(pilot).connection == 14


async def test_a_packet_that_the_filter_leaves_out_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="slash p o r t colon 8 0 8 0 enter ctrl+g 1 enter") as pilot:
        (notification,) = pilot.app._notifications
        assert notification.message == "Packet 1 belongs to connection 1, which the filter leaves out."
        assert table(pilot).connection != 1


async def test_the_filter_goes_on_while_the_capture_is_read_and_judged(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 100), is_final=False)
    async with opened(keys="slash p o r t colon 8 0 8 0 enter") as pilot:
        assert table(pilot).numbers().to_list() == [11, 12]
        pilot.app.post_message(ReadingProgressed(progress(showcase, is_final=True)))
        await settled(pilot)
        assert table(pilot).numbers().to_list() == [11, 12, 13, 14]
        await press(pilot, "slash ctrl+u c l a s s colon r e f u s e d enter")
        assert words(pilot, "#empty").startswith("No connection matches class:refused.")
        pilot.app.post_message(CaptureJudged(showcase, showcase.judgement))
        await settled(pilot)
        assert table(pilot).numbers().to_list() == [9]
        assert screen_lines(pilot.app)[0].startswith(" showcase.pcap · 1 of 24 connections")


async def test_two_selected_connections_are_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="3 G space 1 G space") as pilot:
        assert words(pilot, "#title").endswith(" · 2 selected")
        await press(pilot, "slash c l a s s colon r e f u s e d enter")
        assert words(pilot, "#title").startswith("showcase.pcap · 1 of 24 connections · ●1 · 2 selected")
        assert words(pilot, "#read") == "2 segments"
        await press(pilot, "escape")
        assert table(pilot).selected.to_list() == [1, 3]
        assert [line[0] for line in lines(table(pilot))].count("»") == 2
        await press(pilot, "v")
        assert isinstance(pilot.app.screen, CompareScreen)
        await press(pilot, "escape ctrl+a ctrl+a")
        assert len(table(pilot).selected) == 0
