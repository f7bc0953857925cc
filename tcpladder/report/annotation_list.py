"""All that users marked and wrote about a capture, by its connections."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Annotation, Place, Subject
from tcpladder.annotations.sidecar import Annotations
from tcpladder.annotations.wording import in_words
from tcpladder.ladder.layout import Line, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An annotation, and the connection that it is about, or that its packet belongs to."""

    connection: int
    place: Place
    what: Annotation

    @property
    def frame(self) -> int | None:
        """The packet that it is about; None for the connection itself."""
        return self.place.frame if self.place.subject is Subject.PACKET else None


def noted(analysis: Analysis, annotations: Annotations | None) -> list[Noted]:
    """Give the annotations of what the capture has, by connection: first that of the connection, then its packets'.

    What is about frames that no connection has is left out: the capture may have been read only in part.
    """
    found = []
    for subject in reversed(Subject):
        own = annotations.of(subject) if annotations else {}
        frames = np.fromiter(own, np.int64, len(own))
        for frame, connection in zip(own, _connections(analysis, frames), strict=True):
            if connection:
                found.append(Noted(connection=connection, place=Place(subject, frame), what=own[frame]))
    return sorted(found, key=lambda each: (each.connection, each.frame or 0))


def _connections(analysis: Analysis, frames: npt.NDArray[np.int64]) -> list[int]:
    """Give the number of the connection that each frame belongs to; 0 where there is none."""
    segments = analysis.connections.segments
    known = segments["frame"].to_numpy()  # they rise
    places = np.minimum(np.searchsorted(known, frames), len(known) - 1)
    if not len(known):
        return [0] * len(frames)
    numbers: list[int] = np.where(known[places] == frames, segments["connection"].to_numpy()[places], 0).tolist()
    return numbers


def written_about(analysis: Analysis, annotations: Annotations | None) -> dict[int, str]:
    """Give in words what is written about connections, by their numbers."""
    words: dict[int, list[str]] = {}
    for each in noted(analysis, annotations):
        before = "" if each.frame is None else f"no.{each.frame} "
        words.setdefault(each.connection, []).append(before + in_words(each.what))
    return {connection: "; ".join(told) for connection, told in words.items()}


def annotation_lines(
    analysis: Analysis, annotations: Annotations | None, kept: npt.NDArray[np.bool_] | None = None
) -> Iterator[Line]:
    """Give a line for each annotation of connections that are `kept`, under a heading, if there are any."""
    found = [each for each in noted(analysis, annotations) if kept is None or kept[each.connection - 1]]
    if found:
        yield (Span(""),)
        yield (Span("Marks and notes", "title"),)
    for each in found:
        frame = "" if each.frame is None else f" no.{each.frame}"
        yield Span(f"  #{each.connection}{frame}  "), Span(in_words(each.what), "mark")
