"""Which connections hold a frame of some."""

import numpy as np
import numpy.typing as npt

from tcpladder.connections.table import Connections
from tcpladder.filters.facts import BoolArray


def holding(connections: Connections, frames: npt.NDArray[np.uint32]) -> BoolArray:
    """Tell of each connection whether one of its segments is among these frames; those of no connection don't count."""
    mask = np.zeros(len(connections), np.bool_)
    numbers = connections.segments["frame"].to_numpy()
    if len(numbers):
        places = np.minimum(np.searchsorted(numbers, frames), len(numbers) - 1)
        rows = places[numbers[places] == frames]
        mask[connections.segments["connection"].to_numpy()[rows] - 1] = True
    return mask
