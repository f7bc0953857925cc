"""What a connection carried: the payload of both sides in order, as text or as bytes."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from tcpladder.errors import TcpladderError, quoted
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.ladder.notation import byte_count, elided, endpoint, introduced
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.stream.conversation import Conversation
from tcpladder.stream.page import Book
from tcpladder.stream.search import Pattern
from tcpladder.stream.searching import Matches, Order, search
from tcpladder.tcp.reassembly import Stream
from tcpladder.tcp.states import Endpoint
from tcpladder.tui.keys import key_of
from tcpladder.tui.screens.save import SaveScreen
from tcpladder.tui.widgets.find_line import FindLine, place_words
from tcpladder.tui.widgets.key_bar import KeyBar
from tcpladder.tui.widgets.stream_view import StreamView

if TYPE_CHECKING:
    from tcpladder.report.copying import Pointed

SIDES: tuple[Endpoint | None, ...] = (None, Endpoint.INITIATOR, Endpoint.RESPONDER)
SIDE_WORDS = {None: "both sides", Endpoint.INITIATOR: "initiator only", Endpoint.RESPONDER: "responder only"}
EDGES = 2  # cells left and right of a line's text, both together

Load = Callable[[threading.Event], Conversation | None]
"""Reads a conversation, in a thread, until the event is set. May raise a TcpladderError."""


class FollowScreen(Screen[int | None], inherit_bindings=False):
    """A followed connection; dismissed with a frame to go to in its ladder, or with None."""

    DEFAULT_CSS = """
    FollowScreen {
        & > #title {
            height: 1; padding: 0 1; background: $panel; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & > .total {
            height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & > #of-initiator { color: $ladder-initiator; }
        & > #of-responder { color: $ladder-responder; }
        & > #notices { height: auto; max-height: 25%; padding: 0 1; color: $text-warning; display: none; }
        & > #instead { height: 1fr; padding: 1 2; }
        & > StreamView { height: 1fr; display: none; }
        & > #status { height: 1; padding: 0 1; background: $panel; text-wrap: nowrap; text-overflow: ellipsis; }
        &.-noticed #notices { display: block; }
        &.-there #instead { display: none; }
        &.-there StreamView { display: block; }
        &.-failed #instead { color: $text-error; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "side", "Sides", tooltip="Show both sides, or one of them", id="follow.side"),
        Binding("r", "bytes", "Bytes", tooltip="Show text, or bytes in hexadecimal", id="follow.bytes"),
        Binding("ctrl+f", "find", "Find", tooltip="Find a text, a regular expression or bytes", id="follow.find"),
        Binding("n", "next(1)", "Next", tooltip="Next match", show=False, id="follow.next"),
        Binding("N", "next(-1)", "Previous", tooltip="Previous match", show=False, id="follow.previous"),
        Binding("s", "save", "Save", tooltip="Save what one side sent", id="follow.save"),
        Binding("escape", "close_find", "Close", tooltip="Close the find line", show=False, id="follow.close_find"),
        Binding("escape,q", "back", "Back", tooltip="Back to where this was opened", id="follow.back"),
    ]

    class Loaded(Message):
        """The payload is there."""

        def __init__(self, book: Book) -> None:
            super().__init__()
            self.book = book

    class LoadingFailed(Message):
        """The payload can't be read."""

        def __init__(self, error: TcpladderError) -> None:
            super().__init__()
            self.error = error

    class Found(Message):
        """A search has come to its end."""

        def __init__(self, matches: Matches) -> None:
            super().__init__()
            self.matches = matches

    class FindingFailed(Message):
        """A search was given up."""

        def __init__(self, error: TcpladderError) -> None:
            super().__init__()
            self.error = error

    def __init__(
        self, connection: int, load: Load, glyphs: Glyphs, *, frame: int | None = None, names: Names = NO_NAMES
    ) -> None:
        """Show what `load` gives, endpoints by their `names`; begin with what came in `frame`."""
        super().__init__()
        self._names = names
        self._connection = connection
        self._load = load
        self._glyphs = glyphs
        self._frame = frame
        self._loading = threading.Event()
        self._searching = threading.Event()
        self._book: Book | None = None
        self._side: Endpoint | None = None
        self._is_hex = False
        self._matches: Matches | None = None
        self._order: Order | None = None
        self._at: int | None = None  # the match that was gone to

    def compose(self) -> ComposeResult:
        """Lay out the heading with a line a side, the stream, the find line and the status."""
        cancel = key_of(self.app, FollowScreen, "follow.back")
        yield Static(f"Follow connection {self._connection}", id="title", markup=False)
        yield Static("", id="of-initiator", classes="total", markup=False)
        yield Static("", id="of-responder", classes="total", markup=False)
        yield Static("", id="notices", markup=False)
        yield Static(
            f"Reading what connection {self._connection} carried … {cancel} cancels.", id="instead", markup=False
        )
        yield StreamView(self._glyphs)
        yield FindLine()
        yield Static("", id="status", markup=False)
        yield KeyBar()

    @property
    def _view(self) -> StreamView:
        return self.query_one(StreamView)

    @property
    def _line(self) -> FindLine:
        return self.query_one(FindLine)

    def on_mount(self) -> None:
        """Begin to read."""
        self.run_worker(self._run, thread=True, group="loading", exit_on_error=False)

    def on_unmount(self) -> None:
        """End what still runs."""
        self._loading.set()
        self._searching.set()

    def _run(self) -> None:
        """Run in a thread: touch no widget, only post."""
        try:
            conversation = self._load(self._loading)
            if conversation is not None:
                self.post_message(self.Loaded(Book(conversation)))
        except TcpladderError as error:
            self.post_message(self.LoadingFailed(error))
        except MemoryError:
            self.post_message(self.LoadingFailed(TcpladderError("There is not enough memory for this payload.")))

    def on_follow_screen_loaded(self, message: Loaded) -> None:
        """Show it."""
        self._book = message.book
        conversation = message.book.conversation
        self._say_totals()
        self.set_class(bool(conversation.notices), "-noticed")
        sign = self._glyphs.levels["deviation"]
        self.query_one("#notices", Static).update("\n".join(f"{sign} {words}" for words in conversation.notices))
        if not len(conversation.reassembly.kinds):
            self.query_one("#instead", Static).update("This connection carried no payload.")
            return
        self.add_class("-there")
        self.set_focus(self._view)
        self.refresh_bindings()  # there is more to do
        self._show()
        if self._frame is not None:
            self._view.go_to_frame(self._frame)

    def on_follow_screen_loading_failed(self, message: LoadingFailed) -> None:
        """Say why there is nothing."""
        self.add_class("-failed")
        self.query_one("#instead", Static).update(str(message.error))

    def on_resize(self) -> None:
        """Say as much as the new width has room for."""
        self._say_totals()

    def on_names_changed(self) -> None:
        """Name endpoints anew."""
        self._say_totals()

    def _say_totals(self) -> None:
        if self._book is None:
            return
        conversation = self._book.conversation
        for sender, selector in zip(Endpoint, ("#of-initiator", "#of-responder"), strict=True):
            head = self._glyphs.left if sender else self._glyphs.right
            totals = _totals(conversation.stream(sender))
            room = max(self.size.width - EDGES - len(head) - 2 - len(totals) - 2, 15)
            end = conversation.endpoints[sender]
            name = elided(
                introduced(self._names.of(*end), self._names.host(*end), *end, room), room, self._glyphs.ellipsis
            )
            self.query_one(selector, Static).update(f"{head} {name}  {totals}", layout=False)

    def _show(self) -> None:
        if self._book is not None:
            self._view.show(self._book, is_hex=self._is_hex, side=self._side)
            self._order_matches()

    def action_side(self) -> None:
        """Show both sides, then one, then the other."""
        self._side = SIDES[(SIDES.index(self._side) + 1) % len(SIDES)]
        self._show()

    def action_bytes(self) -> None:
        """Show bytes in place of text, or text again."""
        self._is_hex = not self._is_hex
        self._show()

    def on_stream_view_moved(self, message: StreamView.Moved) -> None:
        """Say more about the line under the cursor."""
        line = message.line
        what = "bytes" if self._is_hex else "text"
        sender = line.sender.name.lower()
        told = f"no.{line.new_frame or line.frame}  {sender} byte {line.offset}"
        place = f"line {message.number + 1}/{message.lines}"
        self.query_one("#status", Static).update(f"{told}   {place}   {what}, {SIDE_WORDS[self._side]}", layout=False)

    def on_stream_view_selected(self, message: StreamView.Selected) -> None:
        """Go to the packet in the ladder."""
        self.dismiss(message.frame)

    def pointed(self) -> "Pointed":
        """Give what can be copied: the connection, and the line under the cursor."""
        from tcpladder.report.copying import Pointed

        line = self._view.line
        frames = () if line is None else (line.new_frame or line.frame,)
        return Pointed(connections=(self._connection,), frames=frames, row=self._view.line_text)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what can be done with what is there."""
        match action:
            case "close_find":
                return self.is_mounted and self._line.is_open
            case "side" | "bytes" | "find" | "next" | "save":
                return self.has_class("-there") and not self._line.is_typed_in
            case _:
                return True

    def action_back(self) -> None:
        """Go back; what is still being read is given up."""
        self._loading.set()
        self.dismiss(None)

    # -- finding --------------------------------------------------------------------------------

    def action_find(self) -> None:
        """Open the find line."""
        self._line.open()

    def action_close_find(self) -> None:
        """Close the find line; nothing stands out any more."""
        self._searching.set()
        self._matches = self._order = self._at = None
        self._view.light(None)
        self._line.close()
        self.set_focus(self._view)
        self.refresh_bindings()

    def on_find_line_left(self) -> None:
        """Close the find line."""
        self.action_close_find()

    def on_find_line_asked(self, message: FindLine.Asked) -> None:
        """Search in a thread."""
        if self._book is None:
            return
        self.set_focus(self._view)
        self._searching.set()
        self._searching = threading.Event()
        self._line.tell("searching …")
        self.run_worker(
            partial(self._search, self._book.conversation, message.pattern, self._searching),
            thread=True,
            group="searching",
            exit_on_error=False,
        )

    def _search(self, conversation: Conversation, pattern: Pattern, stopped: threading.Event) -> None:
        """Run in a thread: touch no widget, only post."""
        try:
            matches = search(conversation, pattern, stopped.is_set)
        except TcpladderError as error:
            self.post_message(self.FindingFailed(error))
            return
        if matches is not None:
            self.post_message(self.Found(matches))

    def on_follow_screen_found(self, message: Found) -> None:
        """Go to the first match from the cursor on."""
        if message.matches.pattern is not self._line.pattern:
            return
        self._matches, self._at = message.matches, None
        self._view.light(message.matches)
        self._order_matches()
        self.action_next(1)
        self.refresh_bindings()

    def on_follow_screen_finding_failed(self, message: FindingFailed) -> None:
        """Say that nothing was found out."""
        self._line.tell(str(message.error), is_bad=True)

    def _order_matches(self) -> None:
        page = self._view.page
        self._order = self._matches.on(page) if self._matches is not None and page is not None else None
        self._at = None
        self._tell_matches()

    def action_next(self, step: int) -> None:
        """Go to the next match, or to the one before."""
        if self._matches is None:
            self._line.open()
            return
        at = self._order.next(self._view.cursor, self._at, step) if self._order is not None else None
        if at is None or self._order is None:
            self.app.bell()
            self._tell_matches()
            return
        self._at = at
        self._view.go_to_match(Endpoint(int(self._order.senders[at])), int(self._order.places[at]))
        self._tell_matches()

    def _tell_matches(self) -> None:
        if self._matches is None or self._order is None:
            return
        left_out = len(self._matches) - len(self._order)
        words = place_words(self._at, len(self._order), is_more=self._matches.is_cut)
        hidden = f" ({left_out} on the other side)" if left_out else ""
        self._line.tell(words + hidden, is_bad=not len(self._order))

    # -- saving ---------------------------------------------------------------------------------

    def action_save(self) -> None:
        """Ask where to save what the shown side sent, or the side of the line under the cursor."""
        line = self._view.line
        if self._book is None or line is None:
            return
        sender = line.sender if self._side is None else self._side
        stream = self._book.conversation.stream(sender)
        who = f"{sender.name.lower()} {endpoint(*self._book.conversation.endpoints[sender])}"
        question = f"Save the {byte_count(len(stream.data))} that the {who} sent to:"
        if stream.missing:
            question += f"\n{byte_count(stream.missing)} are missing, and are left out."
        name = f"connection-{self._connection}-{sender.name.lower()}.bin"
        self.app.push_screen(SaveScreen(question, stream.data, name), self._saved)

    def _saved(self, path: object) -> None:
        if path is not None:
            self.notify(f"Saved as {quoted(str(path))}.")


def _totals(stream: Stream) -> str:
    """Say how much one side sent, and what became of it."""
    told = [f"{byte_count(len(stream.data))} sent"]
    for count, words in (
        (stream.retransmitted, "sent again"),
        (stream.missing, "missing"),
        (stream.different, "sent again with other content"),
        (stream.stray, "outside of any window"),
    ):
        if count:
            told.append(f"{byte_count(count)} {words}")
    if stream.late:
        told.append(f"{stream.late} out of order")
    return ", ".join(told)
