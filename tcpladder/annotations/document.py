"""Marks and notes as they stand in a file: JSON that is documented in docs/annotations.md.

    {"format": "tcpladder annotations", "version": 1, "capture": "<fingerprint>", "name": "…", "revision": 3,
     "packets": {"12": {"mark": "a", "note": "…"}}, "connections": {"10": {"note": "…"}}}

Packets are named by their frame number, connections by that of their first frame: it stays what it is when connections
are numbered otherwise. Keys that are not known are kept as they are.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

FORMAT = "tcpladder annotations"
VERSION = 1
LONGEST_NOTE = 10_000  # characters
MOST = 100_000  # annotations of a capture
HIGHEST_FRAME = (1 << 32) - 1


class Subject(StrEnum):
    """What an annotation is about."""

    PACKET = "packets"
    CONNECTION = "connections"


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A packet by its frame number, or a connection by the frame number of its first segment."""

    subject: Subject
    frame: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """A mark (a letter from a to z, or none) and a note (or none)."""

    mark: str = ""
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.mark or self.note)


class DocumentError(ValueError):
    """Not a file of annotations that this version can read; says why in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All annotations of one capture; `fingerprint` tells which capture that is. `others` are keys not known here."""

    fingerprint: str
    name: str = ""
    revision: int = 0
    annotations: Mapping[Place, Annotation] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)


def parse(content: bytes) -> Document:
    """Read a document. Single annotations that make no sense are left out; raises DocumentError for the rest."""
    try:
        read = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DocumentError("it is damaged") from error
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise DocumentError("it holds no annotations of tcpladder's")
    version, fingerprint, revision = read.get("version"), read.get("capture"), read.get("revision", 0)
    if not isinstance(version, int) or version > VERSION:
        raise DocumentError("it was written by a newer version of tcpladder")
    if not isinstance(fingerprint, str) or not isinstance(revision, int):
        raise DocumentError("it is damaged")
    known = {"format", "version", "capture", "name", "revision", *Subject}
    return Document(
        fingerprint=fingerprint,
        name=str(read.get("name", "")),
        revision=revision,
        annotations=dict(list(_annotations(read))[:MOST]),
        others={key: value for key, value in read.items() if key not in known},
    )


def _annotations(read: Mapping[str, Any]) -> list[tuple[Place, Annotation]]:
    found = []
    for subject in Subject:
        entries = read.get(subject)
        for frame, entry in entries.items() if isinstance(entries, dict) else ():
            annotation = _annotation(entry)
            if annotation and _is_frame(frame):
                found.append((Place(subject, int(frame)), annotation))
    return found


def _is_frame(text: str) -> bool:
    return (
        text.isascii() and text.isdecimal() and len(text) <= len(str(HIGHEST_FRAME)) and 0 < int(text) <= HIGHEST_FRAME
    )


def _annotation(entry: object) -> Annotation:
    if not isinstance(entry, dict):
        return Annotation()
    mark, note = entry.get("mark", ""), entry.get("note", "")
    return Annotation(mark=mark if is_mark(mark) else "", note=note[:LONGEST_NOTE] if isinstance(note, str) else "")


def is_mark(mark: object) -> bool:
    """Tell whether something is a letter that marks."""
    return isinstance(mark, str) and len(mark) == 1 and mark.isascii() and mark.islower()


def written(document: Document) -> bytes:
    """Write a document so that people can read it, and version control can compare it."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "capture": document.fingerprint,
        "name": document.name,
        "revision": document.revision,
    }
    for subject in Subject:
        content[subject] = {
            str(place.frame): {key: text for key, text in (("mark", what.mark), ("note", what.note)) if text}
            for place, what in sorted(document.annotations.items())
            if place.subject is subject and what
        }
    return (json.dumps({**content, **document.others}, indent=1, ensure_ascii=False) + "\n").encode(
        errors="backslashreplace"
    )
