"""A graph as cells of a terminal: eight dots in each, as braille has them, or one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tcpladder.graphs.raster import Window, dots, thinned
from tcpladder.graphs.series import Look, Panel, Shape

DOTS_ACROSS, DOTS_UP = 2, 4
_BITS = ((0x40, 0x80), (0x04, 0x20), (0x02, 0x10), (0x01, 0x08))  # of a cell, from its lowest row up
LOOKS = tuple(Look)
NOTHING = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """What stands in each cell; arrays of shape (height, width), the first row is the lowest.

    `look` (int8) is the place in LOOKS of what is uppermost, NOTHING where there is nothing. `bits` (uint8) are the
    dots of the cell as Unicode's braille patterns number them.
    """

    look: npt.NDArray[np.int8]
    bits: npt.NDArray[np.uint8]


def cells(panel: Panel, view: Window, width: int, height: int, *, is_fine: bool) -> Cells:
    """Draw a graph; the later of two series lies above the other, and letters above dots.

    `is_fine` draws eight dots to a cell and thins out those of the looks that are thin.
    """
    look = np.full((height, width), NOTHING, np.int8)
    bits = np.zeros((height, width), np.uint8)
    for each in sorted(panel.series, key=lambda series: series.look.is_letter):
        if is_fine and not each.look.is_letter:
            raster = dots(each, view, width * DOTS_ACROSS, height * DOTS_UP)
            own = _braille(_thickened(raster) if each.shape is Shape.POINTS else thinned(raster, each.look))
        else:
            own = dots(each, view, width, height).astype(np.uint8)
        bits |= own
        look[own > 0] = LOOKS.index(each.look)
    return Cells(look=look, bits=bits)


def _thickened(raster: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Make squares of four dots: one alone is hardly seen."""
    thick = raster.copy()
    thick[1:] |= raster[:-1]
    thick[:, 1:] |= thick[:, :-1]
    return thick


def _braille(raster: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint8]:
    bits = np.zeros((raster.shape[0] // DOTS_UP, raster.shape[1] // DOTS_ACROSS), np.uint8)
    for up, row in enumerate(_BITS):
        for across, bit in enumerate(row):
            bits |= raster[up::DOTS_UP, across::DOTS_ACROSS] * np.uint8(bit)
    return bits
