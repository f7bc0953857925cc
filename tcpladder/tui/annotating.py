"""Marks and notes in the app: what the keys do with them, on whichever screen they are pressed."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
from textual.app import App

from tcpladder.annotations.document import Place, Subject
from tcpladder.annotations.sidecar import Annotations, load
from tcpladder.capture.merging import Captures
from tcpladder.capture.tshark_binary import Tshark
from tcpladder.errors import quoted
from tcpladder.report.annotation_list import Noted, noted
from tcpladder.tui.finding_text import Finds
from tcpladder.tui.messages import AnnotationsFound, CommentsFound
from tcpladder.tui.screens.connections import ConnectionsScreen

if TYPE_CHECKING:
    from tcpladder.capture.recorded_comments import RecordedComments
    from tcpladder.ladder.rungs import Ladder
    from tcpladder.tui.screens.leave import Leaving

Show = Callable[[int, int | None], object]
"""Goes to a packet of a connection, or with None to the connection."""
NONE_YET = "Nothing is marked or noted yet: m marks, M writes a note."
TOLD_S = 12  # seconds: there is a line to be read, with the name of a file


@runtime_checkable
class Asking(Protocol):
    """A question that takes what was typed before it was on the screen."""

    def press(self, character: str) -> None:
        """Take a character."""

    def call_later(self, callback: Callable[..., object], *args: object) -> bool:
        """Have something done in the screen's own turn."""


@runtime_checkable
class Annotatable(Protocol):
    """A screen whose cursor is on something that can be marked and noted."""

    def place(self) -> Place | None:
        """Give what the cursor is on."""

    def show_annotations(self, annotations: Annotations) -> None:
        """Show what is written by now."""

    def refresh_bindings(self) -> None:
        """Offer what can be done by now."""


class Annotating:
    """Marks and notes of the open capture. Until they are read from their file none can be made."""

    def __init__(self, app: App[None], captures: Captures, connections: ConnectionsScreen, show: Show) -> None:
        """Serve an app that shows captures with this list; `show` goes to a place."""
        self._app = app
        self._captures = captures
        self._list = connections
        self._show = show
        self.annotations: Annotations | None = None
        self._comments: Mapping[int, str] = {}  # that the capture itself has, by frame
        self._is_told = False  # how they are kept
        self._acts: dict[str, Callable[[Annotations], None]] = {
            "mark": self._mark,
            "note": self._note,
            "save": self._save,
            "jump": self._jump,
            "next": lambda annotations: self._step(annotations, 1),
            "previous": lambda annotations: self._step(annotations, -1),
        }

    def load(self) -> None:
        """Read what was written in earlier sessions; in a thread: the file may be far away."""
        self._app.post_message(AnnotationsFound(load(self._captures.path, files=self._captures.files)))

    def load_comments(self, tshark: Tshark, left: threading.Event) -> None:
        """Look for what the capture itself says of its packets, until the app is left; in a thread."""
        from tcpladder.capture.recorded_comments import recorded_comments

        found = recorded_comments(self._captures.path, tshark, left)
        if found.by_frame:
            self._app.post_message(CommentsFound(found))

    def begin_comments(self, found: "RecordedComments") -> None:
        """Show what the capture itself says beside what users wrote."""
        self._comments = found.by_frame
        for notice in found.notices:
            self._tell(f"{notice}.", is_wrong=True)
        if self.annotations is not None:
            self.annotations.show_comments(found.by_frame)
            self.show()

    def begin(self, annotations: Annotations) -> None:
        """Show what was read, and tell what is wrong with its files."""
        self.annotations = annotations
        annotations.show_comments(self._comments)
        for notice in annotations.notices:
            self._tell(f"{notice}.", is_wrong=True)
        self.show()

    def annotated(self, ladder: "Ladder") -> "Ladder":
        """Give a ladder with what is written about it."""
        return ladder if self.annotations is None else ladder.annotated(self.annotations)

    def show(self) -> None:
        """Have all screens show what is written by now."""
        if self.annotations is not None:
            for screen in self._app.screen_stack:
                if isinstance(screen, Annotatable):
                    screen.show_annotations(self.annotations)
                    screen.refresh_bindings()

    def can(self, what: str) -> bool:
        """Tell whether there is something for a key to do."""
        if self.annotations is None or self._list.analysis is None:
            return False
        match what:
            case "save" | "jump":
                return True
            case "next" | "previous":  # while something is found, n and N go on with that
                screen = self._app.screen
                return bool(self.annotations) and not (isinstance(screen, Finds) and screen.finder.is_open)
            case _:
                return self._place() is not None

    def act(self, what: str) -> None:
        """Do what a key is for."""
        if self.annotations is not None:
            self._acts[what](self.annotations)

    def hand_on(self, character: str | None) -> None:
        """Give a question what was typed for it, however quickly, and came to the screen below."""
        screen = self._app.screen
        if character and isinstance(screen, Asking):
            screen.call_later(screen.press, character)  # in its own turn: it may not be mounted yet

    def leave(self, then: Callable[[], object]) -> None:
        """Go on to what ends the session, unless something is not saved and the user would rather stay."""
        from tcpladder.tui.screens.leave import LeaveScreen, Leaving
        from tcpladder.tui.screens.note import NoteScreen

        if isinstance(self._app.screen, LeaveScreen):
            return
        annotations, screen = self.annotations, self._app.screen
        self._keep_note()
        if annotations is not None and isinstance(screen, NoteScreen):
            screen.dismiss(None)
            self.show()
        if annotations is None or not annotations.is_unsaved:
            then()
            return

        def answered(answer: "Leaving | None") -> None:
            if answer is Leaving.DISCARD or (answer is Leaving.SAVE and self._is_saved(annotations)):
                then()

        self._app.push_screen(LeaveScreen(), answered)

    def _keep_note(self) -> None:
        """Take the note that is being written, which is not to be lost either."""
        from tcpladder.tui.screens.note import NoteScreen

        screen = next(reversed(self._app.screen_stack), None)
        if self.annotations is not None and isinstance(screen, NoteScreen):
            self.annotations.set_note(screen.place, screen.note)

    def rescue(self) -> str:
        """Save what can be saved when the app ends without being asked to by its user; say where, if there was any."""
        annotations = self.annotations
        if annotations is None:
            return ""
        self._keep_note()
        if not annotations.is_unsaved:
            return ""
        try:
            saved = annotations.save()
        except OSError as error:
            return f"Marks and notes are not saved: {error}."
        return saved.sentence or f"Marks and notes are in {quoted(saved.path)}."

    # -- what keys do ---------------------------------------------------------------------------

    def _place(self) -> Place | None:
        screen = self._app.screen
        return screen.place() if isinstance(screen, Annotatable) else None

    def _mark(self, annotations: Annotations) -> None:
        from tcpladder.tui.screens.mark import MarkScreen

        place = self._place()
        if place is None:
            return

        def marked(letter: str | None) -> None:
            if letter is None:
                return
            before = annotations.marked(letter)
            annotations.set_mark(place, letter)
            moved = before is not None and before != place
            self._changed(f"{letter} marked {self._named(before)} before." if before and moved else "")

        self._app.push_screen(MarkScreen(self._named(place), annotations[place].mark), marked)

    def _note(self, annotations: Annotations) -> None:
        from tcpladder.tui.screens.note import NoteScreen

        place = self._place()
        if place is None:
            return

        def written(note: str | None) -> None:
            if note is not None:
                annotations.set_note(place, note)
                self._changed()

        self._app.push_screen(NoteScreen(place, self._named(place), annotations[place].note), written)

    def _changed(self, *sentences: str) -> None:
        """Show it; tell once in a session how it is kept."""
        self.show()
        hint = "" if self._is_told else "Not saved yet: W saves marks and notes."
        self._is_told = True
        words = " ".join(part for part in (*sentences, hint) if part)
        if words:
            self._tell(words)

    def _save(self, annotations: Annotations) -> None:
        if annotations.is_unsaved:
            self._is_saved(annotations)
        else:
            self._tell("There is nothing to save." if annotations else NONE_YET)

    def _is_saved(self, annotations: Annotations) -> bool:
        """Save, say where, and tell whether that went well."""
        try:
            saved = annotations.save()
        except OSError as error:
            self._tell(f"Marks and notes are not saved: {error}.", is_wrong=True)
            return False
        self._tell(saved.sentence or f"Marks and notes are in {quoted(saved.path)}.", is_wrong=bool(saved.sentence))
        self.show()
        return True

    def _jump(self, annotations: Annotations) -> None:
        from tcpladder.tui.screens.places import PlacesScreen

        def chosen(one: Noted | None) -> None:
            if one is not None:
                self._show(one.connection, one.frame)

        found = self._noted(annotations)
        if found:
            self._app.push_screen(PlacesScreen(found), chosen)
        else:
            self._tell(NONE_YET)

    def _noted(self, annotations: Annotations) -> list[Noted]:
        analysis = self._list.analysis
        return [] if analysis is None else noted(analysis, annotations)

    def _step(self, annotations: Annotations, direction: int) -> None:
        """Go to the next mark or note in the order of the list, or to the one before."""
        here = self._place()
        connection = self._connection_of(here) if here else None
        if here is None or connection is None:
            return
        is_on_list = self._app.screen is self._list
        frame = None if is_on_list else here.frame if here.subject is Subject.PACKET else 0
        there = stepped(self._noted(annotations), self._list.numbers(), (connection, frame), direction)
        if there is None:
            self._tell(f"There is no mark or note {'after' if direction > 0 else 'before'} this.")
        else:
            self._show(there.connection, None if is_on_list else there.frame)

    def _connection_of(self, place: Place) -> int | None:
        analysis = self._list.analysis
        numbers = [] if analysis is None else analysis.connections.numbers_of(np.array([place.frame])).tolist()
        return next(iter(numbers), None)

    def _named(self, place: Place) -> str:
        """Name a place in a sentence."""
        if place.subject is Subject.PACKET:
            return f"no.{place.frame}"
        connection = self._connection_of(place)
        return f"the connection of no.{place.frame}" if connection is None else f"connection {connection}"

    def _tell(self, sentence: str, *, is_wrong: bool = False) -> None:
        if is_wrong:
            self._app.notify(sentence, severity="warning", timeout=TOLD_S, markup=False)
        else:
            self._app.notify(sentence, markup=False)


def stepped(
    found: Sequence[Noted], numbers: npt.NDArray[np.uint32], here: tuple[int, int | None], direction: int
) -> Noted | None:
    """Give what is written next, or before, in the order of the list of `numbers`; None where there is nothing.

    `here` are a connection and a frame of it, 0 before its first; with None for the frame all that is written about a
    connection and its packets is one step. Connections that the list leaves out are passed over.
    """
    connection, frame = here
    places = np.full(max(int(numbers.max(initial=0)), connection, *(each.connection for each in found), 0) + 1, -1)
    places[numbers] = np.arange(len(numbers))

    def key(each: Noted) -> tuple[int, int]:
        return int(places[each.connection]), 0 if frame is None else each.frame or 0

    listed = sorted((each for each in found if places[each.connection] >= 0 or each.connection == connection), key=key)
    at = int(places[connection]), frame or 0
    if direction > 0:
        return next((each for each in listed if key(each) > at), None)
    return next((each for each in reversed(listed) if key(each) < at), None)
