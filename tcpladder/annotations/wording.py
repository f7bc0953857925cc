"""Marks and notes as they are shown. What others wrote is shown so that a terminal obeys none of it."""

from tcpladder.annotations.document import Annotation
from tcpladder.printable import printable


def one_line(note: str) -> str:
    """Write a note on one line."""
    return printable(" ".join(note.split()))


def in_words(what: Annotation) -> str:
    """Write an annotation on one line, such as `[a] "the balancer closes here"`."""
    parts = [f"[{what.mark}]"] if what.mark else []
    if what.note:
        parts.append(f'"{one_line(what.note)}"')
    return " ".join(parts)
