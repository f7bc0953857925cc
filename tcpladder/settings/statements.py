"""A TOML file taken apart into its statements, each with its line: so one that is wrong costs no other.

A statement is a line, or several where an array, an inline table or a text in three quotes goes over lines. Each is
parsed by itself.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

MOST_LINES = 500  # of one statement
_OPENED = ("[", "{", '"""', "'''")

Value = object


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something that a file says: where (`line` counts from 1, `end` is the line after), and what.

    `header` is the table that it opens, None where it is no header; `entries` are its keys, dotted as they stand below
    the header before, and their values. `trouble` says why it can't be understood; a header then is empty.
    """

    line: int
    end: int
    header: tuple[str, ...] | None = None
    entries: tuple[tuple[tuple[str, ...], Value], ...] = ()
    trouble: str = ""


def statements(text: str) -> Iterator[Statement]:
    """Give a file's statements in order; blank lines and comments are none."""
    lines = text.split("\n")
    at = 0
    while at < len(lines):
        end, content, trouble = _parsed(lines, at)
        is_header = lines[at].lstrip().startswith("[")
        if trouble:
            yield Statement(line=at + 1, end=end + 1, header=() if is_header else None, trouble=trouble)
        elif is_header:
            yield Statement(line=at + 1, end=end + 1, header=_path(content))
        elif content:
            yield Statement(line=at + 1, end=end + 1, entries=tuple(_entries(content, ())))
        at = end


def _parsed(lines: list[str], begin: int) -> tuple[int, Mapping[str, Value], str]:
    """Give the line after the statement that begins here, what it says, and what is wrong with it."""
    end, trouble = begin + 1, ""
    goes_on = any(sign in lines[begin].partition("=")[2] for sign in _OPENED)
    while True:
        try:
            return end, tomllib.loads("\n".join(lines[begin:end]).replace("\r", "") + "\n"), ""
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            trouble = trouble or _words(error)
        end += 1
        if not goes_on or end > min(len(lines), begin + MOST_LINES):
            return begin + 1, {}, trouble


def _words(error: Exception) -> str:
    """Give the parser's sentence, without the place, which is one in the statement and not in the file."""
    return str(error).partition(" (at ")[0] if isinstance(error, tomllib.TOMLDecodeError) else "Nested too deeply"


def _path(content: Mapping[str, Value]) -> tuple[str, ...]:
    """Give the keys down to the table that a header opens."""
    path: list[str] = []
    inner: Value = content
    while isinstance(inner, dict) and inner:
        name = next(iter(inner))
        path.append(name)
        inner = inner[name]
    return tuple(path)


def _entries(content: Mapping[str, Value], above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Value]]:
    for name, value in content.items():
        if isinstance(value, dict) and value:
            yield from _entries(value, (*above, name))
        else:
            yield (*above, name), value
