"""The app as a whole, on captures that tshark reads: from the list to a packet and back, and what may go wrong."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tcpladder.analysis import Analysis
from tcpladder.capture.reader import Batch, ReadRequest
from tcpladder.cli.main import run
from tcpladder.errors import CaptureError
from tcpladder.ladder.glyphs import ASCII
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.messages import CaptureJudged, ReadingProgressed
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.help import HelpScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.screens.packet_detail import PacketDetailScreen
from tcpladder.tui.widgets.ladder_detail import LadderDetail
from tests.samples import path_of
from tests.tui.driving import (
    SHOWCASE,
    Driver,
    beginning_of,
    exited,
    from_memory,
    ladder,
    lines,
    opened,
    press,
    press_last,
    progress,
    screen_lines,
    settled,
    table,
    words,
)


async def test_list_ladder_packet_and_back() -> None:
    async with opened(keys="5 G enter") as pilot:
        assert ladder(pilot).ladder.heading.connection == 5
        await press(pilot, "9 G enter")
        detail = pilot.app.screen
        assert isinstance(detail, PacketDetailScreen)
        assert detail.frame == 60
        assert words(pilot, "#title").endswith("198.51.100.20:80 → 192.0.2.10:40402")
        await press(pilot, "J escape")
        assert isinstance(pilot.app.screen, LadderScreen)
        assert ladder(pilot).cursor == 10  # the packet that was looked at last
        await press(pilot, "J J escape")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        assert table(pilot).connection == 7  # the ladder that was looked at last


async def test_ipv6() -> None:
    async with opened(path_of("ipv6.client"), keys="enter") as pilot:
        assert "[2001:db8::20]:80" in lines(ladder(pilot))[1]
        assert lines(ladder(pilot))[2].split() == ["CLOSED", "┊", "┊", "LISTEN"]


async def test_ascii_ladders() -> None:
    async with opened(glyphs=ASCII, keys="enter") as pilot:
        assert "".join(lines(ladder(pilot))).isascii()


async def test_neighbours_come_in_the_order_of_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="less_than_sign I g enter") as pilot:
        order = table(pilot).numbers().to_list()
        assert order != sorted(order)
        shown = [ladder(pilot).ladder.heading.connection]
        for key in ("J", "J", "K", "J"):
            await press(pilot, key)
            shown.append(ladder(pilot).ladder.heading.connection)
        assert shown == [order[at] for at in (0, 1, 2, 1, 2)]


async def test_there_is_no_neighbour_beyond_the_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="enter K") as pilot:
        assert ladder(pilot).ladder.heading.connection == 14
        await press(pilot, "escape G enter J")
        assert ladder(pilot).ladder.heading.connection == 24


async def test_escape_in_the_list_does_not_quit(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="escape escape") as pilot:
        assert pilot.app.return_code is None
        await press_last(pilot, "q")
        assert pilot.app.return_code == 0


async def _until(pilot: Driver, is_so: Callable[[], bool]) -> None:
    """Wait for what a thread brings about."""
    for _ in range(200):
        await pilot.pause()
        if is_so():
            return
    raise AssertionError("it never came to be so")


class SlowReader:
    """Gives one batch, and then nothing new until its iterator is closed."""

    def __init__(self, whole: Analysis) -> None:
        self.whole = whole
        self.was_closed = threading.Event()

    def __call__(self, request: ReadRequest) -> Iterator[Batch]:
        segments = self.whole.connections.segments.drop("connection", "from_initiator")
        request.addresses.ids_of(self.whole.addresses.texts())
        try:
            yield Batch(segments=segments.head(100), position=10_000)
            while not self.was_closed.wait(0.01):
                yield Batch(segments=segments.head(0))
        finally:
            self.was_closed.set()


async def test_escape_stops_the_reading_and_keeps_what_was_read(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    reader = SlowReader(showcase)
    monkeypatch.setattr("tcpladder.analysis.read_capture", reader)
    async with TcpladderApp(SHOWCASE).run_test() as pilot:
        await _until(pilot, lambda: table(pilot).row_count > 0)
        assert "Esc" in screen_lines(pilot.app)[-1]
        assert words(pilot, "#read") == "0.0 of 0.1 MB"
        await pilot.press("j", "j", "escape")
        await settled(pilot)
        assert reader.was_closed.is_set()
        assert table(pilot).row_count == 12
        assert table(pilot).connection == 3
        assert words(pilot, "#title").startswith("showcase.pcap · 12 connections · incomplete · ")
        assert "stopped after 100 segments" in words(pilot, "#notices")
        assert "Esc" not in screen_lines(pilot.app)[-1]


async def test_quitting_while_reading_ends_the_reading(monkeypatch: pytest.MonkeyPatch, showcase: Analysis) -> None:
    reader = SlowReader(showcase)
    monkeypatch.setattr("tcpladder.analysis.read_capture", reader)
    async with TcpladderApp(SHOWCASE).run_test() as pilot:
        await _until(pilot, lambda: table(pilot).row_count > 0)
        await press_last(pilot, "q")
    assert reader.was_closed.wait(10)


@pytest.mark.parametrize("keys", ["8 G", "I 8 G", "less_than_sign I 8 G"])
async def test_the_cursor_stays_on_its_connection_while_the_list_grows(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis, keys: str
) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 100), is_final=False)
    async with opened(size=(80, 12), keys=keys) as pilot:
        assert table(pilot).row_count == 12
        line = table(pilot).cursor_row - table(pilot).scroll_offset.y
        pilot.app.post_message(ReadingProgressed(progress(showcase)))
        await settled(pilot)
        assert table(pilot).row_count == 24
        assert table(pilot).connection == 8
        assert table(pilot).cursor_row - table(pilot).scroll_offset.y == line


async def test_the_list_stays_where_it_was_scrolled_to_while_it_grows(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 100), is_final=False)
    async with opened(size=(80, 12)) as pilot:
        table(pilot).scroll_to(y=4, animate=False)
        pilot.app.post_message(ReadingProgressed(progress(showcase)))
        await settled(pilot)
        assert table(pilot).scroll_offset.y == 4


async def test_an_open_ladder_outlives_more_reading(monkeypatch: pytest.MonkeyPatch, showcase: Analysis) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 30), is_final=False)
    async with opened(keys="3 G enter") as pilot:
        assert ladder(pilot).ladder.heading.segments == 8
        pilot.app.post_message(ReadingProgressed(progress(showcase)))
        await settled(pilot)
        assert ladder(pilot).ladder.heading.segments == 8
        await press(pilot, "escape")
        assert table(pilot).row_count == 24
        assert table(pilot).connection == 3
        await press(pilot, "enter")
        assert ladder(pilot).ladder.heading.segments == 10


async def test_an_open_ladder_is_judged_where_it_is(monkeypatch: pytest.MonkeyPatch, showcase: Analysis) -> None:
    from_memory(monkeypatch, showcase, is_final=False)
    async with opened(keys="9 G enter G") as pilot:
        assert "hs-refused" not in words(pilot, "#finding")
        assert not pilot.app.screen.has_class("-found")
        pilot.app.post_message(CaptureJudged(showcase, showcase.judgement))
        await settled(pilot)
        assert ladder(pilot).cursor == 2
        assert lines(ladder(pilot))[4].startswith("●")
        assert pilot.app.screen.has_class("-found")
        assert words(pilot, "#finding") == f"● {showcase.judgement.findings_of(9)[0].message}"


async def test_the_gravest_come_first_when_the_capture_is_judged(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    from_memory(monkeypatch, showcase, is_final=False)
    async with opened() as pilot:
        assert table(pilot).numbers().head(3).to_list() == [1, 2, 3]
        pilot.app.post_message(CaptureJudged(showcase, showcase.judgement))
        await settled(pilot)
        assert table(pilot).numbers().head(3).to_list() == [14, 4, 5]
        assert table(pilot).connection == 14
        assert screen_lines(pilot.app)[2].startswith(" ▲ ")


@pytest.mark.parametrize(("keys", "connection"), [("1 G", 1), ("7 G", 7), ("j", 2), ("I G", 1)])
async def test_judging_leaves_the_cursor_where_the_user_put_it(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis, keys: str, connection: int
) -> None:
    from_memory(monkeypatch, showcase, is_final=False)
    async with opened(keys=keys) as pilot:
        assert table(pilot).connection == connection
        pilot.app.post_message(CaptureJudged(showcase, showcase.judgement))
        await settled(pilot)
        assert table(pilot).connection == connection


async def test_an_order_that_the_user_chose_outlives_judging(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    from_memory(monkeypatch, showcase, is_final=False)
    async with opened(keys="I") as pilot:
        pilot.app.post_message(CaptureJudged(showcase, showcase.judgement))
        await settled(pilot)
        assert table(pilot).numbers().head(3).to_list() == [24, 23, 22]


@pytest.fixture
def no_capture(tmp_path: Path) -> Path:
    path = tmp_path / "letter.txt"
    path.write_text("Dear Jon,\n")
    return path


async def test_an_unreadable_file_ends_the_app_with_a_failure(no_capture: Path) -> None:
    app = TcpladderApp(no_capture)
    async with app.run_test() as pilot:
        await exited(pilot)
    assert isinstance(app.failure, CaptureError)
    assert app.return_code == app.failure.exit_code == 2


def test_the_command_refuses_to_open_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["open", str(SHOWCASE)]) == 2
    assert "terminal" in capsys.readouterr().err


async def test_a_mistake_of_our_own_while_reading_ends_the_app_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fails(path: Path, **_: object) -> Iterator[object]:
        raise ZeroDivisionError("a \x1b[31mmistake")

    monkeypatch.setattr("tcpladder.tui.loading.progressive", fails)
    app = TcpladderApp(SHOWCASE)
    async with app.run_test() as pilot:
        await exited(pilot)
    assert "ZeroDivisionError: a \\x1b[31mmistake" in str(app.failure)


async def test_a_capture_without_tcp_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "empty.pcap"
    path.write_bytes(SHOWCASE.read_bytes()[:24])  # the file's header alone
    async with opened(path, keys="enter j G question_mark escape") as pilot:
        shown = "\n".join(screen_lines(pilot.app))
        assert "0 connections" in shown
        assert "wider filter" in shown
        assert "▲ " in shown
        await press_last(pilot, "q")
        assert pilot.app.return_code == 0


async def test_the_name_of_the_file_is_shown_literally(tmp_path: Path) -> None:
    path = tmp_path / "[red]a[b] \x1b]0;b\x07\n.pcap"
    shutil.copy(path_of("refused.client"), path)
    async with opened(path) as pilot:
        assert screen_lines(pilot.app)[0].startswith(r" [red]a[b] \x1b]0;b\x07\n.pcap · 1 connection ")


async def test_a_long_name_of_a_file_leaves_room_for_the_counts(tmp_path: Path) -> None:
    path = tmp_path / f"{'long-' * 30}.pcap"
    shutil.copy(path_of("refused.client"), path)
    async with opened(path) as pilot:
        top = screen_lines(pilot.app)[0]
        assert "…" in top
        assert "ong-.pcap · 1 connection " in top
        assert "2 segments" in top


async def test_help_over_help_is_no_second_one(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="f1 f1") as pilot:
        assert not isinstance(pilot.app.screen, HelpScreen)


SIZES = [(20, 5), (1, 1), (59, 24), (60, 24), (119, 30), (200, 60)]


@pytest.mark.parametrize("keys", ["", "1 6 G enter G", "enter enter", "enter question_mark", "ctrl+g", "i", "w"])
async def test_any_size_will_do(monkeypatch: pytest.MonkeyPatch, keys: str) -> None:
    from_memory(monkeypatch)
    async with opened(keys=keys) as pilot:
        for size in SIZES:
            await pilot.resize_terminal(*size)
            await settled(pilot)
            shown = screen_lines(pilot.app)
            assert len(shown) == size[1]
            assert {len(line) for line in shown} == {size[0]}


async def test_a_ladder_without_room_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(59, 10), keys="1 G enter") as pilot:
        assert screen_lines(pilot.app)[0].strip() == "A ladder needs 60 columns; here are 59."
        await pilot.resize_terminal(60, 24)
        await settled(pilot)
        assert lines(ladder(pilot))[2].split() == ["CLOSED", "┊", "┊", "LISTEN"]


async def test_a_ladder_fills_its_width(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 6 G enter") as pilot:
        drawn = ladder(pilot)
        for width in range(60, 201, 10):
            await pilot.resize_terminal(width, 24)
            await settled(pilot)
            beside = sum(pane.outer_size.width for pane in pilot.app.screen.query(LadderDetail) if pane.display)
            assert drawn.size.width + beside == width
            assert {strip.cell_length for strip in drawn.render_lines(drawn.size.region)} == {drawn.size.width}
