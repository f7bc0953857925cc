"""A setting written into a file of settings, all else of which stays as it is; and a file with all of them."""

from collections.abc import Iterator
from itertools import groupby

from tcpladder.settings.in_force import InForce
from tcpladder.settings.kinds import Entries, toml
from tcpladder.settings.statements import statements
from tcpladder.settings.table import VERSION, Setting, rows

WIDTH = 100  # columns of comments


def with_top_setting(text: str, key: str, value: object) -> str:
    """Give the text of a file in which a setting of the top has this value. All other lines stay as they are."""
    lines = text.split("\n")
    line = f"{key} = {toml(value)}"
    at = 0
    for statement in statements(text):
        if statement.header is not None:
            break
        if (key,) in [path for path, _ in statement.entries]:
            return "\n".join([*lines[: statement.line - 1], line, *lines[statement.end - 1 :]])
        at = statement.end - 1
    head = lines[:at] if text.strip() else [f"version = {VERSION}"]
    rest = lines[at:] if text.strip() else [""]
    return "\n".join([*head, line, *rest])


def default_file() -> str:
    """Give a file that names every setting, and sets none: each stands in a comment, with its default."""
    return "\n".join(
        [
            "# Settings of tcpladder. What stands here in comments is the default; take away the # to change it.",
            "# `tcpladder config` prints what is in force, and where each value comes from.",
            "",
            f"version = {VERSION}",
            *_sections(),
            "",
        ]
    )


def _sections() -> Iterator[str]:
    for section, settings in groupby(rows(), lambda row: row.section):
        if section:
            yield from ("", f"[{section}]")
        for row in settings:
            yield ""
            yield from _comment(f"{row.meaning} ({row.kind.words})")
            if not isinstance(row.kind, Entries):
                yield f"# {_name(row)} = {toml(row.default)}"


def listing(in_force: InForce) -> Iterator[str]:
    """Give the settings in force as the lines of a file, each with a comment that says where it comes from."""
    yield f"version = {VERSION}"
    for section, settings in groupby(rows(), lambda row: row.section):
        if section:
            yield from ("", f"[{section}]")
        for row in settings:
            value = getattr(in_force.settings, row.field)
            if isinstance(row.kind, Entries):
                for name, single in value.items():
                    yield f"{toml(name)} = {toml(single)}  # {in_force.origin(f'{row.key}.{name}')}"
            else:
                yield f"{_name(row)} = {toml(value)}  # {in_force.origin(row.key)}"


def _name(row: Setting) -> str:
    return row.key.removeprefix(f"{row.section}.")


def _comment(text: str) -> Iterator[str]:
    line = "#"
    for word in text.split():
        if len(line) + 1 + len(word) > WIDTH:
            yield line
            line = "#"
        line += f" {word}"
    yield line
