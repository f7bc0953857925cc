"""Which connections hold a frame of some."""

import numpy as np
import numpy.typing as npt

from tcpladder.connections.table import Connections
from tcpladder.filters.facts import BoolArray


def holding(connections: Connections, frames: npt.NDArray[np.uint32]) -> BoolArray:
    """Tell of each connection whether one of its segments is among these frames; those of no connection don't count."""
    mask = np.zeros(len(connections), np.bool_)
    mask[connections.numbers_of(frames) - 1] = True
    return mask
