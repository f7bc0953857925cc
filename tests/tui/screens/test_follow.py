"""Following a connection: loading, sides, finding, saving, going to a packet, and what must not harm."""

import threading
from pathlib import Path

import pytest
from textual.app import App
from textual.widgets import Input

from tcpladder.errors import CaptureError
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.stream.conversation import Conversation
from tcpladder.tcp.reassembly import What
from tcpladder.tui.palette import ladder_colours
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.follow import FollowScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.widgets.find_line import FindInput
from tcpladder.tui.widgets.stream_view import StreamView
from tests.stream.telling import conversation
from tests.tui.driving import Driver, from_memory, ladder, opened, press, screen_lines, settled, words

SAID = conversation(
    (">", b"GET /one HTTP/1.1\r\n\r\n"),
    ("<", b"HTTP/1.1 200 OK\r\n\r\nbody"),
    ("<", 1460, What.NOT_CAPTURED),
    ("<", b"the end of the body"),
    (">", b"GET /two HTTP/1.1\r\n\r\n"),
)


class FollowApp(App[None]):
    def __init__(self, said: Conversation | CaptureError | None, go: threading.Event | None = None) -> None:
        super().__init__()
        self.left_with: list[int | None] = []
        self.cancelled = threading.Event()

        def load(cancelled: threading.Event) -> Conversation | None:
            while go is not None and not go.wait(0.01):
                if cancelled.is_set():
                    self.cancelled.set()
                    return None
            if isinstance(said, CaptureError):
                raise said
            return said

        self.follow = FollowScreen(7, load, UNICODE)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return ladder_colours(self.current_theme)

    def on_mount(self) -> None:
        self.push_screen(self.follow, self.left_with.append)


def view(pilot: Driver) -> StreamView:
    return pilot.app.screen.query_one(StreamView)


def shown(pilot: Driver) -> list[str]:
    return [line.rstrip() for line in screen_lines(pilot.app)]


async def find(pilot: Driver, text: str) -> None:
    await press(pilot, "ctrl+f")
    pilot.app.screen.query_one(FindInput).value = text
    await press(pilot, "enter")


async def test_both_sides_one_side_and_bytes() -> None:
    app = FollowApp(SAID)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert shown(pilot)[:11] == [
            " Follow connection 7",
            " ► 192.0.2.10:40000  42 B sent",
            " ◄ 198.51.100.20:443  42 B sent",
            "10 ► GET /one HTTP/1.1",
            "   ►",
            "11 ◄ HTTP/1.1 200 OK",
            "   ◄",
            "   ◄ body",
            "   ◄ ⋮ 1460 bytes are missing here (not captured)",
            "13 ◄ the end of the body",
            "14 ► GET /two HTTP/1.1",
        ]
        assert words(pilot, "#status") == "no.10  initiator byte 0   line 1/9   text, both sides"
        await press(pilot, "right_square_bracket")
        assert words(pilot, "#status").startswith("no.12  responder byte 23   line 6/9")
        await press(pilot, "G left_square_bracket")
        assert view(pilot).cursor == 5
        await press(pilot, "d")
        assert shown(pilot)[3:6] == ["10 ► GET /one HTTP/1.1", "   ►", "14 ► GET /two HTTP/1.1"]
        await press(pilot, "d r g")
        assert shown(pilot)[3].startswith("11 ◄ 0000  48 54 54 50 2f 31 2e 31")
        assert words(pilot, "#status").endswith("bytes, responder only")
        await press(pilot, "r d")
        assert words(pilot, "#status").endswith("text, both sides")


async def test_finding() -> None:
    app = FollowApp(SAID)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await find(pilot, "/HTTP.1\\.1/")
        assert words(pilot, "#found") == "1 of 3"
        assert view(pilot).cursor == 0
        await press(pilot, "n")
        assert (words(pilot, "#found"), view(pilot).cursor) == ("2 of 3", 2)
        await press(pilot, "n n")
        assert (words(pilot, "#found"), view(pilot).cursor) == ("1 of 3", 0)
        await press(pilot, "N")
        assert (words(pilot, "#found"), view(pilot).cursor) == ("3 of 3", 7)
        await press(pilot, "d")
        assert words(pilot, "#found") == "2 matches (1 on the other side)"
        await press(pilot, "d d")
        await find(pilot, "hex:20 2f 6f")
        assert (words(pilot, "#found"), view(pilot).cursor) == ("1 of 1", 0)
        await find(pilot, "nothing of that kind")
        assert words(pilot, "#found") == "no match"
        await find(pilot, "/(/")
        assert words(pilot, "#found").startswith("That is no regular expression: ")
        await press(pilot, "escape")
        assert not pilot.app.screen.query_one("FindLine").display
        assert view(pilot).has_focus
        await press(pilot, "n")
        assert isinstance(pilot.app.focused, FindInput)
        await press(pilot, "escape escape")
        assert app.left_with == [None]


async def test_a_line_s_packet_is_gone_to() -> None:
    app = FollowApp(SAID)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "3 G enter")
        assert app.left_with == [11]


async def test_a_side_is_saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = FollowApp(SAID)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await press(pilot, "s")
        assert app.screen.query_one(Input).value == "connection-7-initiator.bin"
        await press(pilot, "enter d d s")
        app.screen.query_one(Input).value = "other"
        await press(pilot, "enter")
    assert (tmp_path / "connection-7-initiator.bin").read_bytes() == SAID.stream(0).data
    assert (tmp_path / "other").read_bytes() == SAID.stream(1).data


async def test_loading_is_said_and_can_be_given_up() -> None:
    app = FollowApp(SAID, threading.Event())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        assert "Reading what connection 7 carried … Esc cancels." in shown(pilot)[4]
        await pilot.press("d", "r", "s", "ctrl+f", "n", "escape")
        await settled(pilot)
        assert app.cancelled.is_set()
        assert app.left_with == [None]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (CaptureError("It [b]is[/b] gone.", "Look for it."), "It [b]is[/b] gone. Look for it."),
        (conversation(), "This connection carried no payload."),
    ],
    ids=["failed", "empty"],
)
async def test_what_is_said_in_place_of_a_stream(said: Conversation | CaptureError, told: str) -> None:
    app = FollowApp(said)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert words(pilot, "#instead") == told
        await press(pilot, "d r s enter q")
        assert app.left_with == [None]


async def test_hostile_payload_stays_inert() -> None:
    harm = b"\x1b]0;title\x07\x1b[2J[red]x[/red]\xe2\x80\xae\r\n" + b"A" * 100_000 + "é\u0301".encode() * 1000
    app = FollowApp(conversation((">", harm), ("<", harm)))
    async with app.run_test(size=(60, 20)) as pilot:
        await settled(pilot)
        assert shown(pilot)[3] == "10 ► ␛]0;title␇␛[2J[red]x[/red]·"
        for keys in ("", "G", "r", "G", "d"):
            await press(pilot, keys)
            assert all(line.isprintable() for line in shown(pilot))
            assert not any("\u202e" in line or "\x1b" in line for line in shown(pilot))


async def test_it_opens_from_the_ladder_on_its_row_and_from_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(keys="1 6 G enter Z 2 0 G f") as pilot:
        line = view(pilot).line
        assert line is not None
        assert line.new_frame == 163
        await press(pilot, "enter")
        assert isinstance(pilot.app.screen, LadderScreen)
        assert ladder(pilot).ladder.frames[ladder(pilot).segment or 0] == 163
        await press(pilot, "f escape")
        assert isinstance(pilot.app.screen, LadderScreen)
        await press(pilot, "escape f q")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        await press(pilot, "f G enter")
        assert isinstance(pilot.app.screen, LadderScreen)
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
