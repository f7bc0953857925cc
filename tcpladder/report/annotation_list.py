"""All that users marked and wrote about a capture, by its connections."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import numpy as np
import numpy.typing as npt

from tcpladder.analysis import Analysis
from tcpladder.annotations.document import Annotation, Place, Subject
from tcpladder.annotations.sidecar import Annotations
from tcpladder.annotations.wording import in_words


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


def by_connection(found: Iterable[Noted]) -> dict[int, list[Noted]]:
    """Give annotations by the number of the connection that they are about."""
    return {number: list(own) for number, own in groupby(found, key=attrgetter("connection"))}


def in_short(found: Iterable[Noted]) -> str:
    """Write what is written about a connection and its packets on one line."""
    told = (("" if each.frame is None else f"no.{each.frame} ", in_words(each.what)) for each in found)
    return "; ".join(before + words for before, words in told)
