"""Where annotations are kept: in a file beside the capture, and by the capture's fingerprint in the state folder.

The file beside the capture goes with it to colleagues. The copy in the state folder is found again when only the
capture was moved or renamed, and is the only one where the capture's folder can't be written to.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from tcpladder.annotations.document import Annotation, Document, DocumentError, Place, Subject, parse, written
from tcpladder.errors import quoted
from tcpladder.files import write_whole

ENDING = ".tcpladder.json"
HEAD = 1 << 16
"""A capture's fingerprint is of so many of its first bytes: it stays while the capture grows."""
LARGEST = 64 << 20  # bytes: what is larger is no file of annotations


def beside(capture: Path) -> Path:
    """Give the path of the file beside a capture."""
    return capture.with_name(capture.name + ENDING)


def fingerprint(capture: Path) -> str:
    """Give what tells a capture from others wherever it is: a digest of its beginning. Raises OSError."""
    with capture.open("rb") as file:
        return f"sha256:{hashlib.sha256(file.read(HEAD)).hexdigest()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of saving: where the annotations are, and a sentence where that is not beside the capture."""

    path: Path
    sentence: str = ""


@dataclass(slots=True, kw_only=True)
class Annotations:
    """The annotations of one capture, with changes that may not be saved yet."""

    capture: Path
    states: Path  # the folder for copies
    notices: tuple[str, ...] = ()  # what is wrong with files that were found, a sentence each
    _document: Document
    _changes: dict[Place, Annotation] = field(default_factory=dict)

    def __getitem__(self, place: Place) -> Annotation:
        return self._changes.get(place, self._document.annotations.get(place, Annotation()))

    def __iter__(self) -> Iterator[Place]:
        return iter(sorted(self._all()))

    def _all(self) -> dict[Place, Annotation]:
        return {place: what for place, what in {**self._document.annotations, **self._changes}.items() if what}

    def of(self, subject: Subject) -> dict[int, Annotation]:
        """Give all annotations of packets, or of connections, by their frame numbers, in order."""
        return {place.frame: self[place] for place in self if place.subject is subject}

    @property
    def is_unsaved(self) -> bool:
        """Whether there is something to save."""
        return bool(self._changes)

    def marked(self, mark: str) -> Place | None:
        """Give the place that a letter marks."""
        return next((place for place, what in self._all().items() if what.mark == mark), None)

    def set_mark(self, place: Place, mark: str) -> None:
        """Mark a place with a letter, which marks no other then; the letter that it has already takes it away."""
        old = self.marked(mark)
        if old is not None:
            self._change(old, replace(self[old], mark=""))
        if old != place:
            self._change(place, replace(self[place], mark=mark))

    def set_note(self, place: Place, note: str) -> None:
        """Write a note; an empty one takes the note away."""
        self._change(place, replace(self[place], note=note.strip()))

    def _change(self, place: Place, what: Annotation) -> None:
        if what == self._document.annotations.get(place, Annotation()):
            self._changes.pop(place, None)
        else:
            self._changes[place] = what

    def save(self) -> Saved:
        """Write the changes into what the files hold by now: another session may have written meanwhile.

        Nothing that is damaged or of a newer version is written over. Raises OSError when no place can be written to.
        """
        of = self._document.fingerprint
        places = (beside(self.capture), copy_in(self.states, of))
        newest, notices = _newest(of, *places)
        base = newest or replace(self._document, annotations={})
        document = replace(
            base,
            name=self.capture.name,
            revision=base.revision + 1,
            annotations={place: what for place, what in {**base.annotations, **self._changes}.items() if what},
        )
        refused = list(notices)
        kept = [path for path in places if not _is_others(path, of) and _is_written(path, document, refused)]
        if not kept:
            raise OSError("; ".join(refused))
        self._document, self._changes = document, {}
        if kept[0] == places[0]:
            return Saved(path=kept[0])
        return Saved(path=kept[0], sentence=f"{refused[0]}. The notes are in {quoted(kept[0])}.")


def _is_written(path: Path, document: Document, refused: list[str]) -> bool:
    """Try to write a document, and tell whether it is there; else add to `refused` why not."""
    try:
        write_whole(path, written(document))
    except OSError as error:
        refused.append(f"{quoted(path)} can't be written: {error.strerror}")
        return False
    return True


def copy_in(states: Path, of: str) -> Path:
    """Give the path of the copy of a capture's annotations."""
    return states / "annotations" / f"{of.removeprefix('sha256:')}.json"


def load(capture: Path, states: Path) -> Annotations:
    """Find the annotations of a capture: the newest of those beside it and those kept for its fingerprint."""
    try:
        of = fingerprint(capture)
    except OSError:
        of = ""
    newest, notices = _newest(of, beside(capture), copy_in(states, of))
    return Annotations(
        capture=capture, states=states, notices=notices, _document=newest or Document(fingerprint=of, name=capture.name)
    )


def _newest(of: str, *paths: Path) -> tuple[Document | None, tuple[str, ...]]:
    found, notices = [], []
    for path in paths:
        try:
            document = _read(path)
        except DocumentError as error:
            notices.append(f"{quoted(path)} is left as it is: {error}")
            continue
        if document is None:
            continue
        if document.fingerprint == of:
            found.append(document)
        else:
            notices.append(f"{quoted(path)} is left as it is: it is of another capture")
    return max(found, key=lambda document: document.revision, default=None), tuple(notices)


def _read(path: Path) -> Document | None:
    """Read a file; None where there is none. Raises DocumentError."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise DocumentError("it can't be read") from error
    if len(content) > LARGEST:
        raise DocumentError("it is too large")
    return parse(content)


def _is_others(path: Path, of: str) -> bool:
    """Tell whether a file is there that is not to be written over."""
    try:
        document = _read(path)
    except DocumentError:
        return True
    return document is not None and document.fingerprint != of
