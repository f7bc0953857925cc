"""Marks and notes as they stand in a file: JSON that is documented in docs/annotations.md.

    {"format": "tcpladder annotations", "version": 1, "capture": "<fingerprint>", "bytes": 65536, "name": "…",
     "revision": 3, "follows": ["…"],
     "packets": {"12": {"mark": "a", "note": "…"}}, "connections": {"10": {"note": "…"}}}

Packets are named by their frame number, connections by that of their first frame: it stays what it is when connections
are numbered otherwise. What is not understood is kept as it is, whether in the document or in an entry of it.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from string import ascii_lowercase
from typing import Any

FORMAT = "tcpladder annotations"
VERSION = 1
HEAD = 1 << 16
"""A capture's fingerprint is of so many of its first bytes, if it has as many."""
MOST = 100_000  # annotations of a capture
HIGHEST_FRAME = (1 << 32) - 1
MOST_FOLLOWED = 64


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
    """A mark (a letter from a to z, or none) and a note (or none).

    `comment` is what the capture itself says, for what is shown: it is not the user's, and never in a document.
    """

    mark: str = ""
    note: str = ""
    comment: str = ""

    def __bool__(self) -> bool:
        return bool(self.mark or self.note or self.comment)


NOTHING = Annotation()


class DocumentError(ValueError):
    """Not a file of annotations that this version can read; says why in a few words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """All annotations of one capture; `fingerprint` tells which capture that is, by its first `size` bytes.

    `follows` are digests of files whose content has gone into this one. `others` are keys that are not known here, and
    `rests` what is not known of entries, by the entries' own keys.
    """

    fingerprint: str
    size: int = HEAD
    name: str = ""
    revision: int = 0
    follows: tuple[str, ...] = ()
    annotations: Mapping[Place, Annotation] = field(default_factory=dict)
    others: Mapping[str, Any] = field(default_factory=dict)
    rests: Mapping[Subject, Mapping[str, Any]] = field(default_factory=dict)


KNOWN = ("format", "version", "capture", "bytes", "name", "revision", "follows", *Subject)


def parse(content: bytes) -> Document:
    """Read a document. Raises DocumentError."""
    try:
        read = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DocumentError("it is damaged") from error
    if not isinstance(read, dict) or read.get("format") != FORMAT:
        raise DocumentError("it holds no annotations of tcpladder's")
    version = read.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise DocumentError("it was written by a newer version of tcpladder")
    fingerprint, size, revision = read.get("capture"), read.get("bytes", HEAD), read.get("revision", 0)
    entries = {subject: read.get(subject, {}) for subject in Subject}
    if not isinstance(fingerprint, str) or not isinstance(size, int) or not isinstance(revision, int):
        raise DocumentError("it is damaged")
    if not all(isinstance(own, dict) for own in entries.values()):
        raise DocumentError("it is damaged")
    if sum(map(len, entries.values())) > MOST:
        raise DocumentError(f"it holds more than {MOST} annotations")
    follows = read.get("follows", [])
    annotations, rests = _split(entries)
    return Document(
        fingerprint=fingerprint,
        size=size,
        name=str(read.get("name", "")),
        revision=revision,
        follows=tuple(each for each in follows if isinstance(each, str)) if isinstance(follows, list) else (),
        annotations=annotations,
        others={key: value for key, value in read.items() if key not in KNOWN},
        rests=rests,
    )


def _split(
    entries: Mapping[Subject, Mapping[str, Any]],
) -> tuple[dict[Place, Annotation], dict[Subject, dict[str, Any]]]:
    """Part what is understood of the entries from what is not."""
    annotations: dict[Place, Annotation] = {}
    rests: dict[Subject, dict[str, Any]] = {}
    for subject, own in entries.items():
        for key, entry in own.items():
            annotation, rest = _entry(key, entry)
            if annotation:
                annotations[Place(subject, int(key))] = annotation
            if rest:
                rests.setdefault(subject, {})[key] = rest
    return annotations, rests


def _entry(key: str, entry: object) -> tuple[Annotation, object]:
    if not _is_frame(key) or not isinstance(entry, dict):
        return NOTHING, entry
    mark, note = entry.get("mark"), entry.get("note")
    understood: dict[str, str] = {}
    if is_mark(mark):
        understood["mark"] = str(mark)
    if isinstance(note, str):
        understood["note"] = note
    return Annotation(**understood), {name: value for name, value in entry.items() if name not in understood}


def _is_frame(text: str) -> bool:
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(HIGHEST_FRAME))
    return is_number and text == str(int(text)) and 0 < int(text) <= HIGHEST_FRAME


def is_mark(mark: object) -> bool:
    """Tell whether something is a letter that marks."""
    return isinstance(mark, str) and len(mark) == 1 and mark in ascii_lowercase


def written(document: Document) -> bytes:
    """Write a document so that people can read it, and version control can compare it."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "capture": document.fingerprint,
        "bytes": document.size,
        "name": document.name,
        "revision": document.revision,
        "follows": list(document.follows[-MOST_FOLLOWED:]),
        **{subject: _entries(document, subject) for subject in Subject},
    }
    text = json.dumps({**content, **document.others}, indent=1, ensure_ascii=False) + "\n"
    return text.encode(errors="backslashreplace")


def _entries(document: Document, subject: Subject) -> dict[str, Any]:
    rests = dict(document.rests.get(subject, {}))
    entries: dict[str, Any] = {}
    for place, what in sorted(document.annotations.items()):
        if place.subject is subject and what:
            told = {key: text for key, text in (("mark", what.mark), ("note", what.note)) if text}
            rest = rests.pop(str(place.frame), {})
            entries[str(place.frame)] = {**told, **rest} if isinstance(rest, dict) else told
    return {**entries, **rests}


def merged(newer: Document, older: Document) -> Document:
    """Put together what two documents of one capture hold, of which neither has gone into the other.

    Where both have a note on one thing, it is both notes; of a letter that marks two places the newer keeps it, and the
    other place has the first that is free.
    """
    annotations = dict(newer.annotations)
    for place, old in older.annotations.items():
        own = annotations.get(place, NOTHING)
        mark = own.mark or _free(old.mark, annotations.values())
        annotations[place] = Annotation(mark=mark, note=_both(own.note, old.note))
    subjects = {*newer.rests, *older.rests}
    return replace(
        newer,
        follows=tuple(dict.fromkeys((*older.follows, *newer.follows))),
        annotations={place: what for place, what in annotations.items() if what},
        others={**older.others, **newer.others},
        rests={subject: {**older.rests.get(subject, {}), **newer.rests.get(subject, {})} for subject in subjects},
    )


def _free(mark: str, taken: Iterable[Annotation]) -> str:
    """Give a mark if it is not taken, else the first that is not."""
    marks = {what.mark for what in taken}
    if mark not in marks or not mark:
        return mark
    return next((letter for letter in ascii_lowercase if letter not in marks), "")


def _both(newer: str, older: str) -> str:
    if older in newer or newer in older:
        return max(newer, older, key=len)
    return f"{newer}\n{older}"
