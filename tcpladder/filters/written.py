"""What users wrote about connections and their packets, as words that filters find."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tcpladder.annotations.document import Annotation, Subject
from tcpladder.annotations.sidecar import Annotations
from tcpladder.annotations.wording import plain

if TYPE_CHECKING:
    from tcpladder.connections.table import Connections

Int64Array = npt.NDArray[np.int64]

WRITTEN: Mapping[str, Callable[[Annotation], str]] = {"notes": plain, "marks": lambda what: what.mark}
"""What there is to be found of an annotation, by the column of `filters.facts.Facts` that has it."""


def written_words(connections: "Connections", annotations: Annotations, name: str) -> tuple[list[str], Int64Array]:
    """Give texts, of WRITTEN, and the row of the connection that each is about, or that its packet belongs to."""
    texts: list[str] = []
    rows: list[Int64Array] = [np.empty(0, np.int64)]
    frames, numbers = (connections.segments[column].to_numpy() for column in ("frame", "connection"))
    for subject in Subject if len(frames) else ():
        own = [(frame, word) for frame, what in annotations.of(subject).items() if (word := WRITTEN[name](what))]
        wanted = np.array([frame for frame, _ in own], np.int64)
        places = np.minimum(np.searchsorted(frames, wanted), len(frames) - 1)
        is_there = frames[places] == wanted
        texts += [word for (_, word), there in zip(own, is_there.tolist(), strict=True) if there]
        rows.append(numbers[places[is_there]].astype(np.int64) - 1)
    return texts, np.concatenate(rows)
