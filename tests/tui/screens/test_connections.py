"""The list's lines: title, progress, summary."""

import pytest

from tcpladder.analysis import Analysis, Progress
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.tui.messages import CaptureJudged, ReadingProgressed
from tcpladder.tui.screens.connections import _connection_of, _summary, _words_of
from tcpladder.tui.screens.findings import found_words
from tests.tui.driving import beginning_of, from_memory, opened, press, progress, screen_lines, settled, table, words


@pytest.mark.parametrize(
    ("width", "summary"),
    [
        (
            200,
            "#1  85 B in 0.236937 s   CLOSED → SYN-SENT → ESTABLISHED → FIN-WAIT-1 → FIN-WAIT-2 → TIME-WAIT"
            "   |   LISTEN → SYN-RECEIVED → ESTABLISHED → CLOSE-WAIT → LAST-ACK → CLOSED",
        ),
        (78, "#1  85 B in 0.236937 s   … FIN-WAIT-2 → TIME-WAIT   |   … LAST-ACK → CLOSED"),
        (60, "#1  85 B in 0.236937 s   … TIME-WAIT   |   … CLOSED"),
        (10, "#1  85 B in 0.236937 s   … TIME-WAIT   |   … CLOSED"),
    ],
)
def test_the_summary_has_as_many_states_as_fit(showcase: Analysis, width: int, summary: str) -> None:
    assert _summary(showcase, 1, width) == summary


@pytest.mark.parametrize(
    ("progress", "width", "told"),
    [
        (None, 80, ""),
        (Progress(position=3_500_000, size=37_800_000, segments=35_997), 80, "3.5 of 37.8 MB"),
        (Progress(position=3_500_000, size=37_800_000, segments=35_997), 120, "35 997 segments · 3.5 of 37.8 MB"),
        (Progress(position=3_500_000, size=None, segments=35_997), 80, "3.5 MB"),
        (Progress(position=9, size=9, segments=1, is_final=True), 80, "1 segment"),
    ],
)
def test_how_far_reading_has_come(progress: Progress | None, width: int, told: str) -> None:
    assert _words_of(progress, width) == told


@pytest.mark.parametrize(("frame", "connection"), [(1, 1), (150, 16), (366, 24), (0, None), (367, None)])
def test_the_connection_of_a_packet(showcase: Analysis, frame: int, connection: int | None) -> None:
    assert _connection_of(showcase, frame) == connection


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
