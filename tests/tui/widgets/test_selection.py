"""Sets of connections."""

import numpy as np

from tcpladder.tui.widgets.selection import Selection


def rows(*numbers: int) -> "np.ndarray[tuple[int], np.dtype[np.uint32]]":
    return np.array(numbers, np.uint32)


def test_a_row_is_taken_in_and_out() -> None:
    selection = Selection()
    selection.toggle(3)
    assert (len(selection), 3 in selection, 2 in selection, 99 in selection) == (1, True, False, False)
    selection.toggle(3)
    assert (len(selection), 3 in selection) == (0, False)


def test_all_are_taken_in_unless_all_are_in() -> None:
    selection = Selection()
    selection.toggle(1)
    selection.toggle(9)
    selection.toggle_all(rows(0, 1, 2))
    assert selection.rows.tolist() == [0, 1, 2, 9]
    selection.toggle_all(rows(2, 0, 1))
    assert selection.rows.tolist() == [9]


def test_of_nothing_all_changes_nothing() -> None:
    selection = Selection()
    selection.toggle_all(rows())
    assert len(selection) == 0
