"""The app that only asks which capture to open: there before there is one."""

import os
from collections.abc import Sequence
from pathlib import Path

from textual.app import App
from textual.filter import LineFilter

from tcpladder.ladder.glyphs import ASCII, UNICODE, Glyphs
from tcpladder.settings.in_force import InForce
from tcpladder.tui.ascii_filter import AsciiFilter
from tcpladder.tui.palette import ladder_colours
from tcpladder.tui.preferences import Preferences
from tcpladder.tui.recent_files import recent_files
from tcpladder.tui.screens.open_file import OpenFileScreen


class ChooserApp(App[Path]):
    """Returns the capture that was chosen; None where none was."""

    TITLE = "tcpladder"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, in_force: InForce | None = None, *, glyphs: Glyphs = UNICODE, told: str = "") -> None:
        """Ask; `told` is said with it, such as why another capture could not be read."""
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.preferences = Preferences(self, in_force)
        self._is_ascii = glyphs is ASCII
        self._told = told

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Let nothing but ASCII out where nothing else is wanted."""
        filters = super().get_line_filters()
        return [*filters, AsciiFilter()] if self._is_ascii else filters

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Have the variables that the other app has too."""
        return {**super().get_theme_variable_defaults(), **ladder_colours(self.current_theme)}

    def on_mount(self) -> None:
        """Ask at once."""
        recent = recent_files(self.preferences.settings.recent_files)
        self.push_screen(OpenFileScreen(recent, is_ascii=self._is_ascii, told=self._told), self.exit)
        self.preferences.apply()
