"""A settings file read: what it sets, where, and what in it is wrong. What is right in it always holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from tcpladder.errors import quoted
from tcpladder.printable import printable
from tcpladder.settings.kinds import Entries, UnfitError, shown
from tcpladder.settings.statements import Value, statements
from tcpladder.settings.table import VERSION, Setting, rows

LARGEST_FILE = 1 << 20  # bytes: a file that is larger is not one of settings
MOST_TROUBLES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that is wrong in a settings file, in a sentence; `line` is None where it is about the whole file."""

    path: Path
    line: int | None
    sentence: str

    def __str__(self) -> str:
        where = printable(str(self.path)) + (f":{self.line}" if self.line is not None else "")
        return f"{where}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsFile:
    """What a file sets: values by their keys, the line of each, and of each entry of a table, and what is wrong."""

    path: Path
    values: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_settings(path: Path, *, is_wanted: bool = False) -> SettingsFile:
    """Read a file. One that is not there is empty, and wrong only if the user named it (`is_wanted`)."""
    if not is_wanted and _is_out_of_reach(path):
        return SettingsFile(path=path)
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return _unread(path, "There is no such file.") if is_wanted else SettingsFile(path=path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return _unread(path, f"It can't be read ({reason}); the defaults hold.")
    if len(content) > LARGEST_FILE:
        return _unread(path, "It is too large for a file of settings; the defaults hold.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return _unread(path, "It is not UTF-8; the defaults hold.", line)
    return _Reading(path).read(text)


def _is_out_of_reach(path: Path) -> bool:
    """Tell whether it can't even be known if there is a file, as in the home of another user."""
    try:
        path.stat()
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return False


def _unread(path: Path, sentence: str, line: int | None = None) -> SettingsFile:
    return SettingsFile(path=path, problems=(Problem(path=path, line=line, sentence=sentence),))


class _Reading:
    """One reading of one file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows = {row.key: row for row in rows()}
        self._tables = [row.key for row in self._rows.values() if isinstance(row.kind, Entries)]
        self._sections = {row.section for row in self._rows.values()}
        self._values: dict[str, object] = {}
        self._lines: dict[str, int] = {}
        self._problems: list[Problem] = []
        self._is_newer = False

    def read(self, text: str) -> SettingsFile:
        """Take each statement."""
        header: tuple[str, ...] | None = ()
        for statement in statements(text):
            if statement.trouble:
                self._tell(statement.line, f"This is no TOML: {printable(statement.trouble)}.")
            if statement.header is not None:
                header = statement.header or None  # of whose table it is what follows can't be told
            if header is not None:
                for path, value in statement.entries:
                    self._take((*header, *path), value, statement.line)
        return SettingsFile(
            path=self._path,
            values=self._values,
            lines=self._lines,
            problems=tuple(sorted(self._problems, key=lambda problem: problem.line or 0))[:MOST_TROUBLES],
        )

    def _tell(self, line: int, sentence: str) -> None:
        self._problems.append(Problem(path=self._path, line=line, sentence=sentence))

    def _take(self, path: tuple[str, ...], value: Value, line: int) -> None:
        key = ".".join(path)
        table = next((table for table in self._tables if path[0] == table and len(path) > 1), None)
        if key == "version":
            self._take_version(value, line)
        elif key in self._lines:
            self._tell(line, f"{printable(key)} is set in line {self._lines[key]} already; that holds.")
        elif table is not None:
            self._take_entry(self._rows[table], key.removeprefix(f"{table}."), value, line)
        elif key in self._rows:
            self._set(self._rows[key], value, line)
        elif not self._is_newer:
            close = get_close_matches(key, self._rows, n=1)
            meant = f" Did you mean {close[0]}?" if close else ""
            self._tell(line, f"There is no setting {quoted(key)}.{meant}")

    def _take_version(self, value: Value, line: int) -> None:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            self._tell(line, f"version has to be a whole number, such as {VERSION}; it is {shown(value)}.")
        elif value > VERSION:
            self._is_newer = True
            self._tell(
                line,
                f"It is made for a newer tcpladder (version {value} of settings): what is not known is passed over.",
            )

    def _set(self, row: Setting, value: Value, line: int) -> None:
        try:
            self._values[row.key] = row.kind.taken(value)
            self._lines[row.key] = line
        except UnfitError as error:
            self._tell(line, f"{row.key} {error}; it is {shown(value)}.")

    def _take_entry(self, row: Setting, name: str, value: Value, line: int) -> None:
        before = self._values.get(row.key, {})
        try:
            taken = row.kind.taken({name: value})
        except UnfitError as error:
            self._tell(line, f"{printable(name)} in [{row.key}] {error}; it is {shown(value)}.")
            return
        if isinstance(before, dict) and isinstance(taken, dict):
            self._values[row.key] = {**before, **taken}
            self._lines.setdefault(row.key, line)
            self._lines[f"{row.key}.{name}"] = line
