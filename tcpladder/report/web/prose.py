"""The text of a manual page as paragraphs, lists and code, for a page to lay out."""

import itertools
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

Words = tuple[tuple[str, bool], ...]
"""Texts in a row, and of each whether it is code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph (`p`) of one item, a list (`ul`), or lines of code (`pre`) in one item."""

    kind: str
    items: tuple[Words, ...]


def blocks(text: str) -> Iterator[Block]:
    """Take a text apart: lines that begin with a hyphen are a list's items, indented ones code."""
    for paragraph in text.split("\n\n"):
        lines = paragraph.strip("\n").splitlines()
        for kind, part in itertools.groupby(_kinds(lines), key=lambda pair: pair[0]):
            own = [line for _, line in part]
            if kind == "pre":
                yield Block(kind=kind, items=(((textwrap.dedent("\n".join(own)), True),),))
            elif kind == "ul":
                yield Block(kind=kind, items=tuple(map(_words, _items(own))))
            else:
                yield Block(kind=kind, items=(_words(" ".join(own)),))


def _kinds(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Tell what each line belongs to; an indented one after a list's item goes on with it."""
    before = ""
    for line in lines:
        if line.startswith("- ") or (before == "ul" and line.startswith("  ")):
            before = "ul"
        else:
            before = "pre" if line.startswith("    ") else "p"
        yield before, line


def _items(lines: list[str]) -> Iterator[str]:
    item: list[str] = []
    for line in lines:
        if line.startswith("- ") and item:
            yield " ".join(item)
            item = []
        item.append(line.removeprefix("- ").strip())
    yield " ".join(item)


def _words(text: str) -> Words:
    parts = " ".join(text.split()).split("`")
    return tuple((part, at % 2 == 1) for at, part in enumerate(parts) if part)
