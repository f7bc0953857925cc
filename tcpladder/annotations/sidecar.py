"""Where annotations are kept: in a file beside the capture, and by the capture's fingerprint in the state folder.

The file beside the capture goes with it to colleagues. The copy in the state folder is found again when only the
capture was moved or renamed, and is the only one where the capture's folder can't be written to.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from platformdirs import user_state_path

from tcpladder.annotations.document import (
    HEAD,
    NOTHING,
    Annotation,
    Document,
    DocumentError,
    Place,
    Subject,
    merged,
    parse,
    written,
)
from tcpladder.errors import quoted
from tcpladder.files import write_whole

ENDING = ".tcpladder.json"
LARGEST = 64 << 20  # bytes: what is larger is no file of annotations
DIGITS = 16  # of the digest of a file of annotations


def state_folder() -> Path:
    """Give the folder that the platform has for what is kept from one session to the next."""
    return user_state_path("tcpladder", appauthor=False)


def beside(capture: Path) -> Path:
    """Give the path of the file beside a capture."""
    return capture.with_name(capture.name + ENDING)


def identity(capture: Path, size: int = HEAD) -> tuple[str, int]:
    """Give what tells a capture from others wherever it is: a digest of its beginning, and of how many bytes that is.

    The digest is "" where the capture can't be read.
    """
    try:
        if not stat.S_ISREG(capture.stat().st_mode):
            return "", 0
        with capture.open("rb") as file:
            head = file.read(size)
    except (OSError, ValueError):
        return "", 0
    return f"sha256:{hashlib.sha256(head).hexdigest()}", len(head)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What came of saving: where the annotations are, and a sentence where that is not beside the capture."""

    path: Path
    sentence: str = ""


@dataclass(slots=True, kw_only=True)
class Annotations:
    """The annotations of one capture, with changes that may not be saved yet.

    What the capture itself says of packets stands beside them, and stays what it is: it is never saved.
    """

    capture: Path
    states: Path  # the folder for copies
    is_temporary: bool = False  # the capture is not there for long, and nothing is to be written beside it
    notices: tuple[str, ...] = ()  # what is wrong with files that were found, a sentence each
    _document: Document
    _changes: dict[Place, Annotation] = field(default_factory=dict)
    _sorted: dict[Subject, dict[int, Annotation]] = field(default_factory=dict)  # of what is in force
    _comments: dict[int, Annotation] = field(default_factory=dict)  # of the capture's own, by frame

    def __getitem__(self, place: Place) -> Annotation:
        return self.of(place.subject).get(place.frame, NOTHING)

    def __iter__(self) -> Iterator[Place]:
        return (Place(subject, frame) for subject in Subject for frame in self.of(subject))

    def __len__(self) -> int:
        return sum(len(self.of(subject)) for subject in Subject)

    def of(self, subject: Subject) -> Mapping[int, Annotation]:
        """Give all annotations of packets, or of connections, by their frame numbers, in order."""
        if not self._sorted:
            self._sorted = {each: {} for each in Subject}
            for place, what in sorted({**self._document.annotations, **self._changes}.items()):
                if what:
                    self._sorted[place.subject][place.frame] = what
            self._sorted[Subject.PACKET] = self._beside_comments(self._sorted[Subject.PACKET])
        return self._sorted[subject]

    def _beside_comments(self, own: dict[int, Annotation]) -> dict[int, Annotation]:
        """Put what users wrote about packets beside what the capture says of them."""
        comments = self._comments
        if not comments:
            return own
        noted = {frame: replace(what, comment=comments.get(frame, NOTHING).comment) for frame, what in own.items()}
        return dict(sorted({**comments, **noted}.items()))

    def show_comments(self, comments: Mapping[int, str]) -> None:
        """Have what a capture itself says of packets, by frame number, stand beside what is written about them."""
        self._comments = {frame: Annotation(comment=comment) for frame, comment in comments.items()}
        self._sorted = {}

    @property
    def is_unsaved(self) -> bool:
        """Whether there is something to save."""
        return bool(self._changes)

    def marked(self, mark: str) -> Place | None:
        """Give the place that a letter marks."""
        return next((place for place in self if self[place].mark == mark), None)

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
        what = replace(what, comment="")
        if what == self._document.annotations.get(place, NOTHING):
            self._changes.pop(place, None)
        else:
            self._changes[place] = what
        self._sorted = {}

    def save(self) -> Saved:
        """Write the changes into what the files hold by now: another session may have written meanwhile.

        Nothing that is damaged or of a newer version is written over. Raises OSError when no place can be written to;
        the changes stay unsaved then.
        """
        of = self._document.fingerprint
        if not of:
            raise OSError(f"{quoted(self.capture)} can't be read")
        places = (*(() if self.is_temporary else (beside(self.capture),)), copy_in(self.states, of))
        found = _found(self.capture, of, *places)
        base = found.document or replace(self._document, annotations={}, follows=())
        document = replace(
            base,
            fingerprint=of,
            size=self._document.size,
            name=self.capture.name,
            revision=base.revision + 1,
            annotations=_changed(base.annotations, self._changes),
        )
        refused = list(found.notices)
        kept = [path for path in places if path not in found.foreign and _is_written(path, document, refused)]
        if not kept:
            raise OSError("; ".join(refused))
        self._document, self._changes, self._sorted = document, {}, {}
        if self.is_temporary:
            return Saved(path=kept[0], sentence=f"Marks and notes of several captures are in {quoted(kept[0])}.")
        if kept[0] == places[0]:
            return Saved(path=kept[0])
        return Saved(path=kept[0], sentence=f"{refused[0]}. Marks and notes are in {quoted(kept[0])}.")


def _changed(annotations: Mapping[Place, Annotation], changes: Mapping[Place, Annotation]) -> dict[Place, Annotation]:
    """Put changes into annotations; a letter that marks something anew marks nothing else."""
    taken = {what.mark for what in changes.values()}
    kept = {place: replace(what, mark="") if what.mark in taken else what for place, what in annotations.items()}
    return {place: what for place, what in {**kept, **changes}.items() if what}


def _named(path: Path) -> str:
    """Name a file; of that beside the capture everybody knows where it is."""
    return quoted(path.name if path.name.endswith(ENDING) else path)


def _is_written(path: Path, document: Document, refused: list[str]) -> bool:
    """Try to write a document, and tell whether it is there; else add to `refused` why not."""
    try:
        if path.exists() and not (os.access(path, os.W_OK) and path.stat().st_mode & 0o222):
            refused.append(f"{_named(path)} is left as it is: it is read-only")
            return False
        write_whole(path, written(document))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        refused.append(f"{_named(path)} can't be written: {reason}")
        return False
    return True


def copy_in(states: Path, of: str) -> Path:
    """Give the path of the copy of a capture's annotations."""
    return states / "annotations" / f"{of.removeprefix('sha256:')}.json"


def load(capture: Path, states: Path | None = None, *, files: tuple[Path, ...] = ()) -> Annotations:
    """Find the annotations of a capture: those beside it, and those kept for its fingerprint in the state folder.

    Where it is a temporary one that several `files` were merged into, the fingerprint is theirs, and there is nothing
    beside it.

    One that holds the other's content already stands for both; two that have grown apart are put together.
    """
    states = states or state_folder()
    is_temporary = len(files) > 1
    of, size = _identity_of_all(files) if is_temporary else identity(capture)
    places = (*(() if is_temporary else (beside(capture),)), copy_in(states, of))
    found = _found(capture, of, *places) if of else Found()
    document = replace(found.document or Document(fingerprint=of), fingerprint=of, size=size)
    return Annotations(
        capture=capture, states=states, is_temporary=is_temporary, notices=found.notices, _document=document
    )


def _identity_of_all(files: tuple[Path, ...]) -> tuple[str, int]:
    """Give what tells captures that are merged from others: a digest of their own, in the order of their merging.

    What mergecap makes of them would change with its version.
    """
    digests = [identity(file)[0] for file in files]
    return f"sha256:{hashlib.sha256(' '.join(digests).encode()).hexdigest()}" if all(digests) else "", HEAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What files hold: a document if one does, a sentence about each that is not for us, and which those are."""

    document: Document | None = None
    notices: tuple[str, ...] = ()
    foreign: tuple[Path, ...] = ()


def _found(capture: Path, of: str, *paths: Path) -> Found:
    documents: dict[str, Document] = {}
    notices, foreign = [], []
    for path in paths:
        try:
            content = _read(path)
            if content is None:
                continue
            document = parse(content)
            if not _is_of(document, capture, of):
                raise DocumentError("it is of another capture")
        except DocumentError as error:
            notices.append(f"{_named(path)} is left as it is: {error}")
            foreign.append(path)
            continue
        documents[hashlib.sha256(content).hexdigest()[:DIGITS]] = document
    return Found(document=_together(documents), notices=tuple(notices), foreign=tuple(foreign))


def _together(documents: Mapping[str, Document]) -> Document | None:
    """Put documents together, but for those whose content has gone into another; they go by their digests."""
    followed = {each for document in documents.values() for each in document.follows}
    alone = [document for digest, document in documents.items() if digest not in followed]
    if not documents:
        return None
    newest, *older = sorted(alone or documents.values(), key=lambda document: -document.revision)
    for document in older:
        newest = merged(newest, document)
    return replace(newest, follows=tuple(dict.fromkeys((*newest.follows, *documents))))


def _is_of(document: Document, capture: Path, of: str) -> bool:
    """Tell whether a document is of a capture, which may have grown since."""
    if document.fingerprint == of:
        return True
    is_of_part = 0 < document.size < HEAD
    return is_of_part and (document.fingerprint, document.size) == identity(capture, document.size)


def _read(path: Path) -> bytes | None:
    """Read a file; None where there is none. Raises DocumentError."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise DocumentError("it is no file")
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DocumentError("it can't be read") from error
    if len(content) > LARGEST:
        raise DocumentError("it is too large")
    return content
