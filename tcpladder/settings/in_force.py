"""The settings in force: the defaults, over them the file, the environment, and what the command line says."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tcpladder.printable import printable
from tcpladder.settings.kinds import UnfitError
from tcpladder.settings.place import FILE_VARIABLE, settings_file
from tcpladder.settings.reading import Problem, read_settings
from tcpladder.settings.table import Setting, Settings, rows

DEFAULT = "default"


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """Settings, their file, where each value comes from, and what was wrong.

    `origins` has a setting's key, and for entries of a table `table.entry`, where it is not the default:
    `file:line`, `environment NAME` or `option --name`.
    """

    settings: Settings = field(default_factory=Settings)
    path: Path
    lines: Mapping[str, int] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def origin(self, key: str) -> str:
        """Say where the value of a setting, or of an entry such as `keys.ladder.back`, comes from."""
        return self.origins.get(key, DEFAULT)

    def problem(self, key: str, sentence: str) -> Problem:
        """Say what is wrong with a setting, or with an entry, that only its users can judge."""
        return Problem(path=self.path, line=self.lines.get(key), sentence=sentence)


def settings_in_force(
    *, environment: Mapping[str, str], wanted: Path | None = None, options: Mapping[str, object] | None = None
) -> InForce:
    """Gather the settings: of the file that is `wanted`, or the one at its place, and of what else there is.

    `options` are values that the command line gives, by the settings' keys; None is one that it does not give.
    """
    path = wanted or settings_file(environment)
    file = read_settings(path, is_wanted=wanted is not None or bool(environment.get(FILE_VARIABLE)))
    shown = printable(str(path))
    values: dict[str, object] = dict(file.values)
    origins = {key: f"{shown}:{line}" for key, line in file.lines.items()}
    problems = list(file.problems)
    for row in rows():
        given = environment.get(row.variable, "") if row.variable else ""
        if given:
            try:
                values[row.key] = _from_variable(row, given)
                origins[row.key] = f"environment {row.variable}"
            except UnfitError as error:
                problems.append(Problem(path=Path(row.variable), line=None, sentence=f"It {error}."))
        option = (options or {}).get(row.key)
        if option is not None:
            values[row.key] = option
            origins[row.key] = f"option {OPTIONS[row.key]}"
    fields = {row.field: values[row.key] for row in rows() if row.key in values}
    known: dict[str, Any] = dict(fields)
    return InForce(
        settings=replace(Settings(), **known), path=path, lines=file.lines, origins=origins, problems=tuple(problems)
    )


OPTIONS = {"tshark.path": "--tshark", "ascii": "--ascii", "resolve": "--resolve"}
"""The options of the command line that stand for a setting."""


def _from_variable(row: Setting, given: str) -> object:
    """Take what the environment says; NO_COLOR forbids colours by being there, whatever it says."""
    return False if row.variable == "NO_COLOR" else row.kind.taken(given)
