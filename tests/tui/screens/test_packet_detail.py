"""The packet's detail: loading, moving on, failing, leaving."""

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Static

from tcpladder.capture.dissection import Dissector
from tcpladder.capture.pdml_tree import DissectedPacket, ProtocolNode
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.errors import CaptureError
from tcpladder.tui.screens.packet_detail import PacketDetailScreen, PacketSource, shortened
from tcpladder.tui.widgets.hex_pane import HexPane
from tcpladder.tui.widgets.protocol_tree import ProtocolTree

SAMPLES = Path(__file__).parents[3] / "sample_captures"
FRAMES = (3, 5, 8, 13)


def packet(frame: int) -> DissectedPacket:
    data = bytes([frame]) * 60
    fields = (
        ProtocolNode(label=f"Sequence Number: {frame}", name="tcp.seq", start=38, length=4),
        ProtocolNode(label="Push: Set", name="tcp.flags.push", start=47, length=1),
        ProtocolNode(label="Stream index: 0", name="tcp.stream"),
    )
    tcp = ProtocolNode(label="TCP [b]not bold[/b]", name="tcp", start=34, length=20, children=fields)
    return DissectedPacket(frame=frame, layers=(ProtocolNode(label=f"Frame {frame}", name="frame"), tcp), data=data)


class Packets:
    """A source whose answers wait until they are let go; frame 8 can't be had."""

    def __init__(self, *, ready: bool = True) -> None:
        self.go = threading.Event()
        if ready:
            self.go.set()
        self.kept: dict[int, DissectedPacket] = {}
        self.asked: list[int] = []
        self.cancelled: list[int] = []

    def cached(self, frame: int) -> DissectedPacket | None:
        return self.kept.get(frame)

    def load_around(
        self, frame: int, connection: Sequence[int], cancelled: threading.Event | None = None
    ) -> DissectedPacket | None:
        assert connection == FRAMES
        assert cancelled is not None
        self.asked.append(frame)
        while not self.go.wait(0.01):
            if cancelled.is_set():
                self.cancelled.append(frame)
                return None
        if frame == 8:
            raise CaptureError("Frame [8] is gone.", "Try again.")
        return self.kept.setdefault(frame, packet(frame))


class DetailApp(App[None]):
    def __init__(self, packets: PacketSource, frame: int = 5, connection: Sequence[int] = FRAMES) -> None:
        super().__init__()
        self.detail = PacketDetailScreen(
            frame=frame,
            connection=connection,
            describe=lambda frame: f"[{frame}]:40002\x1b → 10.0.0.9:80",
            packets=packets,
        )
        self.left_at: int | None = None

    def on_mount(self) -> None:
        self.push_screen(self.detail, self.note)

    def note(self, frame: int | None) -> None:
        self.left_at = frame

    def words(self, name: str) -> str:
        return str(self.detail.query_one(f"#{name}", Static).render())

    @property
    def fields(self) -> ProtocolTree:
        return self.detail.query_one(ProtocolTree)

    @property
    def bytes_pane(self) -> HexPane:
        return self.detail.query_one(HexPane)


async def until(pilot: Pilot[None], condition: Callable[[], bool]) -> None:
    """Let the app run until something holds."""
    ends = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < ends, "waited in vain"
        await pilot.pause(0.01)
    await pilot.pause()


async def shown(pilot: Pilot[None], app: DetailApp, frame: int) -> None:
    await until(pilot, lambda: app.bytes_pane.data[:1] == bytes([frame]) and app.fields.cursor_node is not None)


def test_both_endpoints_are_shortened_where_there_is_no_room() -> None:
    words = "[2001:db8:1234:5678:9abc:def0:1357:2468]:41950 → [2001:db8:ffff::aaaa]:80"
    assert shortened(words, len(words)) == words
    assert shortened(words, 43) == "[2001:db8…468]:41950 → [2001:db8…::aaaa]:80"
    assert shortened(words, 0) == "[20…1950 → [20…]:80"
    assert shortened("no arrow", 8) == "no arrow"


async def test_a_packet_opens_at_tcp_with_its_bytes_lit() -> None:
    app = DetailApp(Packets())
    async with app.run_test() as pilot:
        await shown(pilot, app, 5)
        assert app.words("title") == r"frame 5 (2 of 4)  [5]:40002\x1b → 10.0.0.9:80"
        assert app.words("status") == "tcp · bytes 34–53 (20)"
        assert app.bytes_pane.lit == range(34, 54)
        assert app.fields.has_focus
        assert "TCP [b]not bold[/b]" in app.export_screenshot().replace("&#160;", " ")


async def test_moving_lights_the_fields_bytes_and_names_it() -> None:
    app = DetailApp(Packets())
    async with app.run_test() as pilot:
        await shown(pilot, app, 5)
        for key, lit, words in (
            ("j", range(38, 42), "tcp.seq · bytes 38–41 (4)"),
            ("j", range(47, 48), "tcp.flags.push · byte 47"),
            ("j", None, "tcp.stream · computed or reassembled, not in this frame's bytes"),
            ("k", range(47, 48), "tcp.flags.push · byte 47"),
        ):
            await pilot.press(key)
            await pilot.pause()
            assert (app.bytes_pane.lit, app.words("status")) == (lit, words)


async def test_a_click_on_a_byte_selects_its_field() -> None:
    app = DetailApp(Packets())
    async with app.run_test(size=(80, 40)) as pilot:
        await shown(pilot, app, 5)
        app.bytes_pane.post_message(HexPane.ByteSelected(39))
        await until(pilot, lambda: app.words("status").startswith("tcp.seq"))
        assert app.bytes_pane.lit == range(38, 42)


async def test_next_and_previous_packet_stay_on_the_field_and_stop_at_the_ends() -> None:
    app = DetailApp(Packets(), frame=3)
    async with app.run_test() as pilot:
        await shown(pilot, app, 3)
        await pilot.press("j", "K")
        await pilot.pause()
        assert app.detail.frame == 3
        await pilot.press("J")
        await shown(pilot, app, 5)
        assert app.words("status") == "tcp.seq · bytes 38–41 (4)"
        assert app.bytes_pane.lit == range(38, 42)
        await pilot.press("J", "J", "J", "J")
        await shown(pilot, app, 13)
        assert app.words("title").startswith("frame 13 (4 of 4)")


async def test_waiting_is_shown_and_the_last_wish_counts() -> None:
    packets = Packets(ready=False)
    app = DetailApp(packets, frame=3)
    async with app.run_test() as pilot:
        await until(pilot, lambda: packets.asked == [3])
        assert app.fields.loading
        assert app.words("status") == "dissecting frame 3 …"
        await pilot.press("J")
        await until(pilot, lambda: packets.asked == [3, 5] and packets.cancelled == [3])
        packets.go.set()
        await shown(pilot, app, 5)
        assert not app.fields.loading


async def test_what_lies_ahead_is_loaded_before_it_is_asked_for() -> None:
    packets = Packets()
    app = DetailApp(packets, frame=3)
    async with app.run_test() as pilot:
        await until(pilot, lambda: 13 in packets.kept)
        assert app.detail.frame == 3


async def test_a_failure_is_one_sentence_and_moving_on_works() -> None:
    app = DetailApp(Packets())
    async with app.run_test() as pilot:
        await shown(pilot, app, 5)
        await pilot.press("J")
        await until(pilot, lambda: app.detail.has_class("-failed"))
        assert app.words("problem") == "Frame [8] is gone. Try again."
        assert app.words("title").startswith("frame 8 ")
        assert "Traceback" not in app.export_screenshot()
        await pilot.press("K")
        await shown(pilot, app, 5)
        assert not app.detail.has_class("-failed")


@pytest.mark.parametrize("key", ["escape", "q"])
async def test_leaving_tells_the_frame_and_cancels(key: str) -> None:
    packets = Packets(ready=False)
    app = DetailApp(packets)
    async with app.run_test() as pilot:
        await until(pilot, lambda: packets.asked == [5])
        await pilot.press(key)
        await until(pilot, lambda: packets.cancelled == [5])
        assert app.left_at == 5


async def test_closing_the_app_cancels() -> None:
    packets = Packets(ready=False)
    app = DetailApp(packets)
    async with app.run_test() as pilot:
        await until(pilot, lambda: packets.asked == [5])
    ends = time.monotonic() + 5
    while not packets.cancelled:  # the thread takes its moment to see it
        assert time.monotonic() < ends
        await asyncio.sleep(0.01)


async def test_bytes_can_be_hidden_and_tab_changes_panes() -> None:
    app = DetailApp(Packets())
    async with app.run_test() as pilot:
        await shown(pilot, app, 5)
        await pilot.press("tab")
        assert app.bytes_pane.has_focus
        await pilot.press("r")
        await pilot.pause()
        assert not app.bytes_pane.display
        assert app.fields.has_focus
        await pilot.press("r")
        await pilot.pause()
        assert app.bytes_pane.display


@pytest.mark.parametrize(
    ("size", "beside", "in_a_row"),
    [((80, 24), False, 16), ((60, 20), False, 8), ((120, 40), True, 8), ((160, 48), True, 16), ((200, 60), True, 16)],
)
async def test_the_panes_fit_the_terminal(size: tuple[int, int], beside: bool, in_a_row: int) -> None:  # noqa: FBT001
    app = DetailApp(Packets())
    async with app.run_test(size=size) as pilot:
        await shown(pilot, app, 5)
        fields, bytes_pane = app.fields.region, app.bytes_pane.region
        assert (fields.right <= bytes_pane.x and fields.y == bytes_pane.y) is beside
        assert (fields.bottom <= bytes_pane.y and fields.x == bytes_pane.x) is not beside
        assert app.bytes_pane.bytes_per_row == in_a_row
        assert fields.width >= 60
        assert fields.height >= 10
        assert app.bytes_pane.max_scroll_x == 0


async def test_a_connection_that_lacks_the_frame_shows_it_alone() -> None:
    class Alone(Packets):
        def load_around(
            self, frame: int, connection: Sequence[int], cancelled: threading.Event | None = None
        ) -> DissectedPacket | None:
            return packet(frame)

    app = DetailApp(Alone(), frame=7, connection=())
    async with app.run_test() as pilot:
        await shown(pilot, app, 7)
        await pilot.press("J", "K")
        assert app.detail.frame == 7
        assert app.words("title").startswith("frame 7  [7]")


async def test_a_real_capture() -> None:
    frames = list(range(1, 14))
    app = DetailApp(Dissector(SAMPLES / "http-keepalive.client.pcap", find_tshark().path), 4, frames)
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.words("status").startswith("tcp · "))
        assert len(app.bytes_pane.data) > 54
        assert app.bytes_pane.lit == range(34, 66)
        await pilot.press("J")
        await pilot.pause()
        assert not app.fields.loading  # it came with the first


async def test_a_real_failure() -> None:
    app = DetailApp(Dissector(SAMPLES / "http-keepalive.client.pcap", "/no/tshark"), 4, [4])
    async with app.run_test() as pilot:
        await until(pilot, lambda: app.detail.has_class("-failed"))
        assert (
            app.words("problem")
            == "'/no/tshark' could not be run: No such file or directory. Is tshark still installed?"
        )
