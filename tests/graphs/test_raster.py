"""Rasters, written as they look: `#` is a dot, the first line is the highest row."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.graphs.raster import Window, column_of, dots, is_above, row_of, thinned, window
from tcpladder.graphs.scales import Unit
from tcpladder.graphs.series import Look, Panel, Series, Shape, Span, series

SPAN = Span(start=0, end=70)
VIEW = Window(span=SPAN, low=0.0, high=3.0)


def picture(each: Series, view: Window = VIEW, width: int = 8, height: int = 4) -> list[str]:
    raster = dots(each, view, width, height)
    return ["".join(".#"[dot] for dot in row) for row in raster[::-1].tolist()]


def made(shape: Shape, *points: tuple[int, ...], look: Look = Look.SOLID) -> Series:
    time, low, *high = (np.array(column) for column in zip(*points, strict=True))
    return series("made", look, shape, time, low, *high)


def test_points_stand_alone() -> None:
    assert picture(made(Shape.POINTS, (0, 0), (30, 2), (70, 3))) == [
        ".......#",
        "...#....",
        "........",
        "#.......",
    ]


def test_a_range_reaches_from_its_lowest_to_its_highest_number() -> None:
    assert picture(made(Shape.SPANS, (10, 0, 2), (50, 3, 3))) == [
        ".....#..",
        ".#......",
        ".#......",
        ".#......",
    ]


def test_ranges_of_one_column_are_not_joined() -> None:
    assert picture(made(Shape.SPANS, (10, 0, 0), (10, 2, 2))) == [
        "........",
        ".#......",
        "........",
        ".#......",
    ]


def test_a_step_holds_until_the_next_and_the_last_to_the_end() -> None:
    assert picture(made(Shape.STEPS, (20, 1), (50, 3))) == [
        ".....###",
        ".....#..",
        "..####..",
        "........",
    ]


def test_steps_within_a_column_show_the_lowest_and_the_highest() -> None:
    assert picture(made(Shape.STEPS, (20, 1), (21, 3), (22, 0), (23, 1))) == [
        "..#.....",
        "..#.....",
        "..######",
        "..#.....",
    ]


def test_what_held_before_the_view_holds_in_it() -> None:
    view = Window(span=Span(start=100, end=170), low=0, high=3)
    assert picture(made(Shape.STEPS, (20, 1), (120, 2)), view) == [
        "........",
        "..######",
        "###.....",
        "........",
    ]


def test_a_line_goes_straight_and_ends_where_it_ends() -> None:
    assert picture(made(Shape.LINE, (0, 0), (70, 3)))[0].endswith("##")
    assert picture(made(Shape.LINE, (20, 1), (40, 1))) == [
        "........",
        "........",
        "..###...",
        "........",
    ]


def test_what_lies_beside_the_view_is_not_drawn() -> None:
    assert picture(made(Shape.POINTS, (10, -1), (10, 4), (90, 1))) == ["........"] * 4
    assert picture(made(Shape.SPANS, (10, -9, -1), (20, 4, 9), (90, 0, 3))) == ["........"] * 4
    assert picture(made(Shape.SPANS, (10, -9, 9)))[0] == ".#......"
    assert picture(made(Shape.STEPS, (10, 7)))[0] == "........"


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 1_000)), min_size=1, max_size=60))
@settings(max_examples=30)
def test_nothing_that_is_in_view_vanishes(points: list[tuple[int, int]]) -> None:
    view = Window(span=Span(start=0, end=10_000), low=0, high=1_000)
    for shape in (Shape.POINTS, Shape.STEPS):
        raster = dots(made(shape, *points), view, 16, 8)
        for time, number in points:
            assert raster[row_of(number, view, 8), column_of(time, view.span, 16)]


def test_thin_looks_leave_dots_out_wherever_they_go() -> None:
    full = np.ones((4, 8), np.bool_)
    assert thinned(full, Look.SOLID).all()
    assert thinned(full, Look.DOTTED).sum() == 16
    assert thinned(full, Look.SPARSE).sum() == 8
    assert thinned(full, Look.SPARSE).any(axis=1).all()


def panel(*found: Series, from_zero: bool = True) -> Panel:
    return Panel(title="", unit=Unit.BYTES, series=found, from_zero=from_zero)


def test_a_graph_is_as_high_as_what_is_in_view() -> None:
    graph = panel(made(Shape.POINTS, (10, 40), (20, 50), (90, 900)), from_zero=False)
    assert window(graph, SPAN).low == 40
    assert window(graph, SPAN).high == pytest.approx(50, rel=0.1)
    assert window(graph, Span(start=0, end=90)).high >= 900


def test_a_graph_begins_at_zero_where_that_means_something() -> None:
    assert window(panel(made(Shape.POINTS, (10, 40), (20, 50))), SPAN).low == 0


def test_a_backdrop_far_above_does_not_flatten_the_graph() -> None:
    data = made(Shape.POINTS, (10, 0), (20, 100))
    near, far = (
        series(name, Look.SPARSE, Shape.STEPS, np.array([0]), np.array([edge]), is_backdrop=True)
        for name, edge in (("near", 150), ("far", 60_000))
    )
    assert window(panel(data, near), SPAN).high >= 150
    assert window(panel(data, far), SPAN).high < 150
    assert is_above(far, window(panel(data, far), SPAN))
    assert not is_above(near, window(panel(data, near), SPAN))
    assert window(panel(far), SPAN).high >= 60_000


@pytest.mark.parametrize("points", [[(10, 5)], [(10, 0)], [(99, 5)]])
def test_a_graph_of_one_number_or_of_none_in_view_has_some_height(points: list[tuple[int, int]]) -> None:
    for from_zero in (True, False):
        view = window(panel(made(Shape.POINTS, *points), from_zero=from_zero), SPAN)
        assert view.high > view.low
