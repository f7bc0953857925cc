"""Cells of a terminal, with eight dots each or one."""

import numpy as np

from tcpladder.graphs.cells import LOOKS, NOTHING, cells
from tcpladder.graphs.raster import Window
from tcpladder.graphs.scales import Unit
from tcpladder.graphs.series import Look, Panel, Series, Shape, Span, series

VIEW = Window(span=Span(start=0, end=3), low=0, high=7)


def made(look: Look, *points: tuple[int, int], shape: Shape = Shape.SPANS) -> Series:
    time, numbers = (np.array(column) for column in zip(*points, strict=True))
    return series(look.name, look, shape, time, numbers)


def panel(*found: Series) -> Panel:
    return Panel(title="", unit=Unit.BYTES, series=found)


def test_eight_dots_of_a_cell_are_bits_as_braille_numbers_them() -> None:
    found = cells(panel(made(Look.SOLID, (0, 0), (1, 3), (2, 4), (3, 7))), VIEW, 2, 2, is_fine=True)
    assert [[chr(0x2800 + bits) for bits in row] for row in found.bits[::-1].tolist()] == [["⠀", "⡈"], ["⡈", "⠀"]]
    assert (found.look[0, 1], found.look[0, 0]) == (NOTHING, LOOKS.index(Look.SOLID))


def test_a_point_is_a_square_of_dots() -> None:
    found = cells(panel(made(Look.SOLID, (0, 0), shape=Shape.POINTS)), VIEW, 2, 2, is_fine=True)
    assert chr(0x2800 + int(found.bits[0, 0])) == "⣤"


def test_letters_stand_above_dots_and_the_later_series_above_the_earlier() -> None:
    every = [(at, at * 2) for at in range(4)]
    found = cells(
        panel(made(Look.AGAIN, (0, 0)), made(Look.SOLID, *every), made(Look.DOTTED, (3, 7), (2, 6))), VIEW, 2, 2,
        is_fine=True,
    )  # fmt: skip
    assert found.look[0, 0] == LOOKS.index(Look.AGAIN)
    assert found.look[1, 1] == LOOKS.index(Look.DOTTED)


def test_without_braille_a_cell_is_one_dot_and_nothing_is_thinned_out() -> None:
    found = cells(panel(made(Look.SPARSE, (0, 1), shape=Shape.STEPS)), VIEW, 4, 8, is_fine=False)
    assert (found.look[1] == LOOKS.index(Look.SPARSE)).all()
    assert np.count_nonzero(found.look != NOTHING) == 4
