"""The settings put to work in the app, and a theme that is chosen there written back into their file."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from textual.app import App
from textual.theme import Theme

from tcpladder.errors import quoted
from tcpladder.files import write_whole
from tcpladder.ladder.options import ColourMode, Detail, LadderOptions, SequenceNumbers, TimeFormat
from tcpladder.report.columns import BY_KEY, ColumnChoice
from tcpladder.settings.in_force import InForce
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.settings.reading import Problem
from tcpladder.settings.table import Settings
from tcpladder.settings.writing import with_top_setting
from tcpladder.tui.palette import THEMES

PALETTE = "app.palette"
SHOWN_PROBLEMS = 3
LONGEST_WIDTH = 5  # digits, and no more than a width has
TOLD_S = 12  # seconds: there is a line to be read, with the name of a file


class Preferences:
    """What users chose, for one app."""

    def __init__(self, app: App[Any], in_force: InForce | None) -> None:
        """Give the app its themes; `apply` does the rest."""
        self._app = app
        self._in_force = in_force
        self.keys: Mapping[str, str] = {}  # of actions, by their ids, where they have others than their own
        self.names = Names(self.settings.names, in_force.problem) if in_force else NO_NAMES
        for theme in THEMES:
            app.register_theme(theme)
        wanted = self.settings.theme
        self._is_known = wanted in app.available_themes
        app.theme = "ansi" if app.no_color else wanted if self._is_known else Settings().theme

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self._in_force.settings if self._in_force else Settings()

    def apply(self) -> None:
        """Set the keys, and tell what is wrong with the settings."""
        in_force = self._in_force
        if in_force is None:
            return
        problems = [*in_force.problems, *self.names.problems]
        if not self._is_known:
            themes = ", ".join(sorted(self._app.available_themes))
            problems.append(
                in_force.problem("theme", f"There is no theme {quoted(self.settings.theme)}, but {themes}.")
            )
        if in_force.settings.keys:
            from tcpladder.tui.keymap import keymap  # with every screen: the list need not wait for them

            keys, wrong = keymap(in_force.settings.keys, in_force.problem)
            self._app.set_keymap(keys)
            self.keys = keys
            if PALETTE in keys:  # the key bar looks for it under its key
                vars(self._app)["COMMAND_PALETTE_BINDING"] = keys[PALETTE].partition(",")[0]
            problems += wrong
        problems += self._wrong_columns(in_force)
        self._tell(problems)
        self._app.theme_changed_signal.subscribe(self._app, self._keep)

    @property
    def columns(self) -> tuple[ColumnChoice, ...]:
        """The columns of the list that are wanted; none for those that there is room for."""
        parts = [text.strip().partition(":") for text in self.settings.columns]
        return tuple(
            ColumnChoice(key=key, width=int(width) if width.isdecimal() and len(width) < LONGEST_WIDTH else None)
            for key, _, width in parts
            if key in BY_KEY
        )

    def _wrong_columns(self, in_force: InForce) -> Iterable[Problem]:
        for text in self.settings.columns:
            if text.strip().partition(":")[0] not in BY_KEY:
                yield in_force.problem("columns", f"There is no column {quoted(text)}, but {', '.join(BY_KEY)}.")

    @property
    def ladder_options(self) -> LadderOptions:
        """How ladders are shown at first."""
        settings = self.settings
        return LadderOptions(
            time=TimeFormat(settings.ladder_time),
            numbers=SequenceNumbers(settings.ladder_numbers),
            detail=Detail(settings.ladder_labels),
            colours=ColourMode(settings.ladder_colours),
        )

    def keep_columns(self, columns: tuple[ColumnChoice, ...]) -> None:
        """Write the columns that were chosen into the file."""
        texts = [choice.key + (f":{choice.width}" if choice.width else "") for choice in columns]
        self._write("columns", texts, "The columns are")

    def remember(self, path: Path) -> None:
        """Take a capture among those that were opened last."""
        if self._in_force is not None:
            from tcpladder.tui.recent_files import remember

            remember(path, self.settings.recent_files)

    def _tell(self, problems: Iterable[Problem]) -> None:
        told = [str(problem) for problem in problems]
        more = len(told) - SHOWN_PROBLEMS
        if told:
            lines = [*told[:SHOWN_PROBLEMS], *([f"{more} more: tcpladder config tells them"] if more > 0 else [])]
            self._app.notify("\n".join(lines), title="Settings", severity="warning", timeout=TOLD_S, markup=False)

    def _keep(self, theme: Theme) -> None:
        """Write the theme that was chosen into the file; all else in it stays as it is."""
        if not self._app.no_color:
            self._write("theme", theme.name, "The theme is")

    def _write(self, key: str, value: object, what: str) -> None:
        """Write a setting into the file, or say that `what` is not kept."""
        if self._in_force is None:
            return
        path = self._in_force.path
        try:
            text = path.read_bytes().decode() if path.exists() else ""
            write_whole(path, with_top_setting(text, key, value).encode())
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            self._app.notify(f"{what} not kept: {quoted(path)} can't be written ({reason}).", markup=False)
