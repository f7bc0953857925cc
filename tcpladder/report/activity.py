"""When something happened, as the heights of bars side by side: each stands for an equal part of the time."""

import numpy as np
import numpy.typing as npt

HIGHEST = 8

Counts = npt.NDArray[np.int64]


def counted(times: npt.NDArray[np.int64], begin: int, end: int, bars: int) -> Counts:
    """Count times (ns), from `begin` to `end`, in as many equal parts as there are bars."""
    span = max(end - begin, 1)
    # In floating point, since a time's product with the bars may be beyond 64 bits.
    places = ((times - begin) * (bars / span)).astype(np.int64)
    return np.bincount(np.clip(places, 0, bars - 1), minlength=bars)


def heights(counts: Counts) -> list[int]:
    """Give heights from 0, for nothing, to HIGHEST: one more for each doubling.

    So they can be compared from one row of bars to the next, and what is little is still seen.
    """
    levels: list[int] = np.minimum(np.ceil(np.log2(np.maximum(counts, 0) + 1)), HIGHEST).astype(np.int64).tolist()
    return levels
