"""The segments of a ladder whose words hold something: what stands on the arrow, the labels and the note."""

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from tcpladder.ladder.rungs import Ladder, Rung
from tcpladder.ladder.wording import label

ALL = 1 << 16  # cells: no label is that long
CHECKED_EVERY = 256  # segments


def words_of(rung: Rung) -> str:
    """Give a row's words, a line for each of the label, what the segment is known to be, and the note."""
    return "\n".join((label(rung.words, ALL, ""), *rung.labels, rung.note))


def rows_with(
    ladder: Ladder, is_in: Callable[[str], bool], is_stopped: Callable[[], bool] = lambda: False
) -> npt.NDArray[np.int64]:
    """Give the rows, counted from 0, for whose words `is_in` says yes; those up to where `is_stopped` says so."""

    def found() -> Iterator[int]:
        for row in range(len(ladder)):
            if not row % CHECKED_EVERY and is_stopped():
                return
            if is_in(words_of(ladder.rung(row))):
                yield row

    return np.fromiter(found(), np.int64)
