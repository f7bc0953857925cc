"""The app: one capture, read and judged while it is shown, and what is not about one screen only."""

import os
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.events import Resize
from textual.filter import LineFilter
from textual.screen import Screen

from tcpladder.capture.display_filter import DisplayFilters
from tcpladder.capture.merging import Captures
from tcpladder.capture.reader import AUTO
from tcpladder.capture.tshark_binary import Tshark, find_tshark
from tcpladder.capture.unchanged import see
from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tcpladder.settings.in_force import InForce
from tcpladder.tui.annotating import Annotating
from tcpladder.tui.ascii_filter import AsciiFilter
from tcpladder.tui.copying import Points, open_copy_menu
from tcpladder.tui.doors import Doors
from tcpladder.tui.ending import heed
from tcpladder.tui.hints import HintLine, Hints
from tcpladder.tui.keys import key_name
from tcpladder.tui.loading import Loading
from tcpladder.tui.messages import (
    AnnotationsFound,
    CaptureJudged,
    CommentsFound,
    NamesFound,
    ReadingFailed,
    ReadingProgressed,
)
from tcpladder.tui.naming import Naming
from tcpladder.tui.palette import ladder_colours
from tcpladder.tui.preferences import Preferences
from tcpladder.tui.screen_actions import ScreenActions
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.too_small import TooSmallScreen, fit
from tcpladder.tui.wanted import ColumnsChosen

if TYPE_CHECKING:
    from textual.actions import ActionParseResult

    from tcpladder.capture.dissection import Dissector
    from tcpladder.capture.infos import Infos
    from tcpladder.tui.export_door import ExportDoor

LIST_ALONE = 2  # screens: the one that every app begins with, and the list


class TcpladderApp(Doors):
    """Shows one capture: its connections, their ladders, their packets."""

    TITLE = "tcpladder"
    COMMANDS: ClassVar = {*Doors.COMMANDS, ScreenActions}
    ENABLE_COMMAND_PALETTE = True
    CSS = "CommandPalette SearchIcon { display: none; }"  # terminals don't agree on how wide it is
    COMMAND_PALETTE_BINDING = "colon"  # the key bar looks for it there

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark,f1", "help", "Help", tooltip="Show these keys", id="app.help"),
        Binding("y", "copy", "Copy", tooltip="Copy a filter, the endpoints, the ladder …", show=False, id="app.copy"),
        Binding("ctrl+q", "quit", "Quit", tooltip="Quit", show=False, priority=True, id="app.quit"),
        Binding(
            "A",
            "names",
            "Names",
            tooltip="Show endpoints by their names, or by their addresses",
            show=False,
            id="app.names",
        ),
        Binding(
            "colon",
            "command_palette",
            "palette",
            tooltip="Open the command palette",
            show=False,
            key_display=":",
            priority=True,
            id="app.palette",
        ),
    ]

    def __init__(
        self,
        capture: Path | Captures,
        *,
        tshark: Tshark = None,
        reader: str = AUTO,
        glyphs: Glyphs = UNICODE,
        in_force: InForce | None = None,
    ) -> None:
        """Show a capture, or several as one, read by this reader and the tshark that is found; draw with `glyphs`.

        `in_force` are the settings; without them the defaults hold, and nothing is kept.
        """
        # Without colours Textual would take greys, where the terminal's own two are wanted.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.preferences = Preferences(self, in_force)
        self.failure: Exception | None = None  # what ended the app, if something did
        self.wanted: Path | None = None  # the capture to open next, where another was chosen
        self.rescued = ""  # what became of notes that nobody was asked about
        self._captures = capture if isinstance(capture, Captures) else Captures(path=capture, files=(capture,))
        self._path = path = self._captures.path
        self._seen = see(path)  # what is read later has to be of the same file
        self._tshark = tshark
        self._glyphs = glyphs
        self._connections = ConnectionsScreen(
            path.name, glyphs, self._display_filters_of_file, self.preferences.names, self.preferences.columns
        )
        self._naming = Naming(self, self.preferences.names, self.preferences.settings.resolve, self._connections.tell)
        self._hints = Hints(are_wanted=in_force is not None and in_force.settings.has_hints)
        if self._hints.are_shown:
            self._connections.hint_line = HintLine(self._hints, lambda: self.preferences.keys)
        self._loading = Loading(path=capture, tshark=tshark, reader=reader, signs=glyphs.levels, post=self.post_message)
        self._dissector: Dissector | None = None
        self._display_filters: DisplayFilters | None = None
        self._annotating = Annotating(self, self._captures, self._connections, self._show_place)
        self._ladder_options = self.preferences.ladder_options
        self._infos: Infos | None = None
        self._exports: ExportDoor | None = None

    async def run_action(
        self,
        action: "str | ActionParseResult",
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Do it, and have no more hints about it."""
        self._hints.use(str(action), default_namespace.BINDINGS if default_namespace else ())
        return await super().run_action(action, default_namespace, namespaces)

    def get_key_display(self, binding: Binding) -> str:
        """Write keys in the key bar as in the help, but for Ctrl, for which there is no room."""
        return binding.key_display or key_name(binding.key).replace("Ctrl+", "^")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Offer what is not about one screen; help and sizes have keys of our own."""
        yield SystemCommand("Theme", "Choose other colours", self.action_change_theme)
        yield SystemCommand("Screenshot", "Save the screen as an SVG file", self.deliver_screenshot)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing but ASCII out where nothing else is wanted, whichever widget draws it."""
        filters = super().get_line_filters()
        return [*filters, AsciiFilter()] if self._glyphs is ASCII else filters

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Add the ladder's colours for whichever theme is chosen."""
        return {**super().get_theme_variable_defaults(), **ladder_colours(self.current_theme)}

    def on_mount(self) -> None:
        """Show the list, and begin to read."""
        self.push_screen(self._connections)
        self.preferences.apply()
        if not self._captures.is_merged:
            self.preferences.remember(self._path)
        self.run_worker(self._annotating.load, thread=True, group="annotations")
        self.run_worker(self._loading.run, thread=True, group="reading", exit_on_error=False)
        fit(self, self.size)
        self._naming.begin(self._captures.files)
        if not self.is_headless:
            heed(self._end_by)

    def _end_by(self, number: int) -> None:
        """End as the process is asked to from outside, when nobody can be asked about notes any more."""
        self.rescued = self._annotating.rescue()
        self.exit(return_code=128 + number)

    def on_resize(self, event: Resize) -> None:
        """Say it where there is too little room for anything else."""
        if self._connections.is_attached:
            fit(self, event.size)

    def on_unmount(self) -> None:
        """Leave no tshark behind, and nobody that asks, and lose no notes by an error."""
        self._loading.leave()
        self._naming.leave()
        if self.failure is not None:
            self.rescued = self._annotating.rescue()

    def on_reading_progressed(self, message: ReadingProgressed) -> None:
        """Hand it to the list, which is there under whatever is open."""
        self._connections.show_progress(message.progress, message.listing, message.facts)
        if message.progress.is_final:
            self._naming.go_on(message.progress.analysis)
            look = partial(self._annotating.load_comments, self._tshark, self._loading.left)
            self.run_worker(look, thread=True, group="annotations")

    def on_capture_judged(self, message: CaptureJudged) -> None:
        """Hand it to the list, and to the ladder that is open."""
        self._connections.show_judgement(message)
        if len(self.screen_stack) <= LIST_ALONE:
            return
        from tcpladder.ladder.rungs import ladder_of
        from tcpladder.tui.screens.ladder import LadderScreen

        for screen in self.screen_stack:
            if isinstance(screen, LadderScreen):
                ladder = ladder_of(message.analysis, screen.connection, message.judgement)
                screen.judge(self._named(ladder))

    def on_columns_chosen(self, message: ColumnsChosen) -> None:
        """Keep the columns for the next time."""
        self.preferences.keep_columns(message.columns)

    def on_reading_failed(self, message: ReadingFailed) -> None:
        """Leave: there is nothing to show. The command line says why."""
        self.failure = message.error
        self.exit(return_code=message.error.exit_code)

    def on_reading_stopped(self) -> None:
        """End the reading; what is there stays."""
        self._loading.stop()

    def action_names(self) -> None:
        """Show addresses where names are, everywhere; or names again."""
        self._naming.toggle()

    def on_names_found(self, message: NamesFound) -> None:
        """Name endpoints by what was found."""
        self._naming.take(message)

    def action_open_file(self) -> None:
        """Ask for another capture. It is opened when this app has ended, and its reading with it."""
        from tcpladder.tui.recent_files import recent_files
        from tcpladder.tui.screens.open_file import OpenFileScreen

        others = [
            path for path in recent_files(self.preferences.settings.recent_files) if path != self._path.absolute()
        ]
        self.push_screen(OpenFileScreen(others, is_ascii=self._glyphs is ASCII), self._open_next)

    def _open_next(self, path: Path | None) -> None:
        def go() -> None:
            self.wanted = path
            self.exit()

        if path is not None:
            self._annotating.leave(go)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to copy, to mark and to go to marks where there is something for it."""
        if action == "open_file":  # in a browser one sees what is served, and a page shows one app
            return not self.is_web
        if action == "copy":
            return isinstance(self.screen, Points) and self._connections.analysis is not None
        if action == "command_palette":
            return not isinstance(self.screen, TooSmallScreen)
        if action == "annotate":
            return self._annotating.can(str(parameters[0]))
        return super().check_action(action, parameters)

    def action_copy(self) -> None:
        """Offer what can be copied of what the screen's cursor is on."""
        analysis = self._connections.analysis
        if analysis is not None:
            open_copy_menu(self, analysis, self._connections.judgement, self._glyphs)

    def action_export(self) -> None:
        """Ask what to export, in which format and where."""
        from tcpladder.tui.export_door import ExportDoor

        self._exports = self._exports or ExportDoor(self, self._connections, self._glyphs, self._tshark, self._seen)
        self._exports.open(self._annotating.annotations, self.preferences.names, self._ladder_options)

    def on_annotations_found(self, message: AnnotationsFound) -> None:
        """Show what was written about the capture in earlier sessions."""
        self._annotating.begin(message.annotations)

    def on_comments_found(self, message: CommentsFound) -> None:
        """Show what the capture itself says of its packets."""
        self._annotating.begin_comments(message.comments)

    def on_key(self, event: events.Key) -> None:
        """Hand on what was typed before the question for it was there."""
        if event.is_printable:
            self._annotating.hand_on(event.character)

    def action_annotate(self, what: str) -> None:
        """Mark something, or write about it, or go to where that was done."""
        self._annotating.act(what)

    async def action_quit(self) -> None:
        """Leave, unless something is not saved."""
        self._annotating.leave(self.exit)

    def action_help(self) -> None:
        """Show the keys of the screen that is open."""
        from tcpladder.tui.legends import legend_of
        from tcpladder.tui.screens.help import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            bindings = self.screen.active_bindings.values()
            self.push_screen(HelpScreen(bindings, *legend_of(self.screen, self._glyphs)))

    def _display_filters_of_file(self) -> DisplayFilters:
        """Give who knows display filters; for threads, since finding a tshark takes a while."""
        if self._display_filters is None:
            tshark = find_tshark(self._tshark)
            self._display_filters = DisplayFilters(self._path, tshark.path, arguments=tshark.arguments, seen=self._seen)
        return self._display_filters

    def _handle_exception(self, error: Exception) -> None:
        """Leave the screen as it was and let the command line tell the error; tests see it raised."""
        if self.is_headless:
            super()._handle_exception(error)
            return
        self.failure = self.failure or error
        self.exit(return_code=3)
