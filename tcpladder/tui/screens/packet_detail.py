"""One packet: its protocol tree, its bytes, and the way to the connection's other packets."""

import bisect
import threading
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Protocol

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tcpladder.annotations.document import Place, Subject
from tcpladder.annotations.sidecar import Annotations
from tcpladder.annotations.wording import in_words
from tcpladder.capture.pdml_tree import DissectedPacket, ProtocolNode
from tcpladder.errors import TcpladderError
from tcpladder.ladder.notation import elided
from tcpladder.printable import printable
from tcpladder.tui.annotating_keys import annotating_keys
from tcpladder.tui.widgets.hex_pane import HexPane
from tcpladder.tui.widgets.key_bar import KeyBar
from tcpladder.tui.widgets.protocol_tree import ProtocolTree

if TYPE_CHECKING:
    from tcpladder.report.copying import Pointed

MEDIUM = 120  # columns from which the bytes have a place beside the tree, eight a row
WIDE = 150  # and from which there is room for sixteen
EDGES = 2  # cells left and right of the title, both together
LEAST_END = 8  # cells of an endpoint
ARROW = " → "
AHEAD = 8  # how many packets away the next ones to be dissected may be


class PacketSource(Protocol):
    """Where dissected packets come from; `capture.dissection.Dissector` is one."""

    def cached(self, frame: int) -> DissectedPacket | None:
        """Give a packet that is at hand, without waiting."""

    def load_around(
        self, frame: int, connection: Sequence[int], cancelled: threading.Event | None = None
    ) -> DissectedPacket | None:
        """Dissect a packet and its neighbours; None when cancelled. May raise a TcpladderError."""


class Describe(Protocol):
    """Words for a frame's line of title."""

    def __call__(self, frame: int) -> str:
        """Give such words as `10.0.0.5:40002 → 10.0.0.9:80`."""


class PacketDetailScreen(Screen[int]):
    """A packet's detail; what it is dismissed with is the frame that was last looked at."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (MEDIUM, "-medium"), (WIDE, "-wide")]  # noqa: RUF012 - as in Textual

    DEFAULT_CSS = """
    PacketDetailScreen {
        #title, #status {
            height: 1; padding: 0 1; background: $panel; color: $foreground; text-wrap: nowrap; text-overflow: ellipsis;
        }
        #title { text-style: bold; }
        #problem { display: none; padding: 1 2; color: $text-error; }
        #panes { height: 1fr; layout: vertical; }
        ProtocolTree { height: 2fr; width: 1fr; scrollbar-size-horizontal: 1; }
        HexPane { height: 1fr; width: 1fr; border-top: solid $panel-lighten-2; }
        HexPane:focus { border-top: heavy $accent; }
        &.-medium, &.-wide {
            #panes { layout: horizontal; }
            ProtocolTree { height: 1fr; }
            HexPane { width: 44; border-top: none; border-left: solid $panel-lighten-2; }
            HexPane:focus { border-top: none; border-left: heavy $accent; }
        }
        &.-wide HexPane { width: 77; }
        &.-failed #panes { display: none; }
        &.-failed #problem { display: block; height: 1fr; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q", "back", "Back", key_display="Esc", id="packet.back"),
        Binding("J", "go(1)", "Next", key_display="J", tooltip="Next packet of the connection", id="packet.next"),
        Binding(
            "K",
            "go(-1)",
            "Previous",
            key_display="K",
            tooltip="Previous packet of the connection",
            id="packet.previous",
        ),
        Binding("r", "toggle_bytes", "Bytes", tooltip="Show or hide the bytes", id="packet.bytes"),
        *annotating_keys("packet", goes=False),
    ]

    class PacketLoaded(Message):
        """A packet is there to be shown."""

        def __init__(self, packet: DissectedPacket) -> None:
            """Bring the packet."""
            super().__init__()
            self.packet = packet

    class LoadingFailed(Message):
        """A packet can't be shown."""

        def __init__(self, frame: int, error: TcpladderError) -> None:
            """Say which, and why."""
            super().__init__()
            self.frame = frame
            self.error = error

    def __init__(
        self,
        *,
        frame: int,
        connection: Sequence[int],
        describe: Describe,
        packets: PacketSource,
        annotations: Annotations | None = None,
    ) -> None:
        """Show `frame`; `connection` are all frames of its connection, in order, between which J and K move."""
        super().__init__()
        self._frame = frame
        self._connection = connection
        self._describe = describe
        self._packets = packets
        self._annotations = annotations
        self._loading = threading.Event()  # set to cancel the loading that it was made for
        self._prefetching = threading.Event()

    def place(self) -> Place:
        """Give the packet as annotations name it."""
        return Place(Subject.PACKET, self._frame)

    def show_annotations(self, annotations: Annotations) -> None:
        """Show in the title what is written about the packet by now."""
        self._annotations = annotations
        self.on_names_changed()

    @property
    def frame(self) -> int:
        """The frame that is shown, or that is to be shown as soon as it is there."""
        return self._frame

    def compose(self) -> ComposeResult:
        """Lay out the title, both panes and the status line."""
        yield Static(id="title", markup=False)
        with Container(id="panes"):
            yield ProtocolTree(id="fields")
            yield HexPane(id="bytes")
        yield Static(id="problem", markup=False)
        yield Static(id="status", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Begin with the tree, and with loading."""
        self.query_one(ProtocolTree).focus()
        self._show_frame()

    def on_unmount(self) -> None:
        """Leave no work behind."""
        self._loading.set()
        self._prefetching.set()

    def action_back(self) -> None:
        """Go back to where the packet was chosen."""
        self.dismiss(self._frame)

    def pointed(self) -> "Pointed":
        """Give what can be copied: the packet, and the field under the cursor."""
        from tcpladder.report.copying import Pointed

        node = self.query_one(ProtocolTree).cursor_node
        field = node.data.label if node is not None and node.data is not None else ""
        words = f"frame {self._frame}  {printable(self._describe(self._frame))}"
        return Pointed(frames=(self._frame,), row=words, field=field, is_packet=True)

    def on_names_changed(self) -> None:
        """Say which packet it is, with both endpoints as they are named."""
        at = self._position()
        place = "" if at is None else f" ({at + 1} of {len(self._connection)})"
        frame = f"frame {self._frame}{place}  "
        words = frame + shortened(printable(self._describe(self._frame)), self.app.size.width - EDGES - len(frame))
        written = in_words(self._annotations[self.place()]) if self._annotations else ""
        self.query_one("#title", Static).update("  ".join(part for part in (words, written) if part), layout=False)

    def on_resize(self) -> None:
        """Write both endpoints as far as there is room."""
        self.on_names_changed()

    def action_go(self, steps: int) -> None:
        """Go on to another packet of the connection; stops at its ends."""
        at = self._position()
        if at is not None and 0 <= at + steps < len(self._connection):
            self._frame = self._connection[at + steps]
            self._show_frame()

    def action_toggle_bytes(self) -> None:
        """Show or hide the bytes."""
        pane = self.query_one(HexPane)
        if pane.has_focus:
            self.query_one(ProtocolTree).focus()
        pane.display = not pane.display

    def on_packet_detail_screen_packet_loaded(self, message: PacketLoaded) -> None:
        """Show a packet that was waited for; one that was meanwhile left is in the cache for later."""
        if message.packet.frame == self._frame:
            self._show_packet(message.packet)

    def on_packet_detail_screen_loading_failed(self, message: LoadingFailed) -> None:
        """Say in the place of the packet why it is not there."""
        if message.frame == self._frame:
            self.query_one(ProtocolTree).loading = False
            self.query_one("#problem", Static).update(str(message.error))
            self._set_status("")
            self.add_class("-failed")

    def on_protocol_tree_field_selected(self, message: ProtocolTree.FieldSelected) -> None:
        """Light the field's bytes, and name it."""
        start, length = message.start, message.length
        self.query_one(HexPane).lit = None if start is None or length is None else range(start, start + length)
        self._set_status(_words(message.field))

    def on_hex_pane_byte_selected(self, message: HexPane.ByteSelected) -> None:
        """Go to the field that a byte belongs to."""
        self.query_one(ProtocolTree).select_byte(message.offset)

    def _position(self) -> int | None:
        at = bisect.bisect_left(self._connection, self._frame)
        return at if at < len(self._connection) and self._connection[at] == self._frame else None

    def _show_frame(self) -> None:
        self.on_names_changed()
        self._loading.set()
        packet = self._packets.cached(self._frame)
        if packet is not None:
            self._show_packet(packet)
            return
        self.remove_class("-failed")
        self.query_one(ProtocolTree).loading = True
        self.query_one(HexPane).data = b""
        self._set_status(f"dissecting frame {self._frame} …")
        self._prefetching.set()
        self._loading = threading.Event()
        self.run_worker(partial(self._load, self._frame, self._loading), thread=True, group="loading")

    def _load(self, frame: int, cancelled: threading.Event) -> None:
        """Run in a thread: touch no widget, only post."""
        try:
            packet = self._packets.load_around(frame, self._connection, cancelled)
        except TcpladderError as error:
            self.post_message(self.LoadingFailed(frame, error))
            return
        if packet is not None:
            self.post_message(self.PacketLoaded(packet))

    def _show_packet(self, packet: DissectedPacket) -> None:
        self.remove_class("-failed")
        tree = self.query_one(ProtocolTree)
        tree.loading = False
        self.query_one(HexPane).data = packet.data
        tree.show(packet.layers)
        self._prefetch()

    def _prefetch(self) -> None:
        """Dissect what lies ahead before it is asked for."""
        at = self._position()
        if at is None:
            return
        for there in (at + AHEAD, at - AHEAD):
            near = self._connection[min(max(there, 0), len(self._connection) - 1)]
            if self._packets.cached(near) is None:
                self._prefetching.set()
                self._prefetching = threading.Event()
                self.run_worker(partial(self._load_ahead, near, self._prefetching), thread=True, group="prefetching")
                return

    def _load_ahead(self, frame: int, cancelled: threading.Event) -> None:
        """Run in a thread. What fails here fails again, and is told, when the packet is asked for."""
        try:
            self._packets.load_around(frame, self._connection, cancelled)
        except TcpladderError:
            return

    def _set_status(self, words: str) -> None:
        self.query_one("#status", Static).update(words, layout=False)


def shortened(words: str, room: int) -> str:
    """Shorten both ends of `one → other` in their middle, so that each goes on telling something."""
    if len(words) <= room:
        return words
    ends = words.split(ARROW)
    each = max((room - len(ARROW) * (len(ends) - 1)) // len(ends), LEAST_END)
    return ARROW.join(elided(end, each, "…") for end in ends)


def _words(field: ProtocolNode) -> str:
    """Name a field and its bytes for the status line."""
    name = field.name or field.label
    if field.start is None or field.length is None:
        return f"{name} · computed or reassembled, not in this frame's bytes"
    if field.length == 1:
        return f"{name} · byte {field.start}"
    return f"{name} · bytes {field.start}–{field.start + field.length - 1} ({field.length})"
