"""Frames as columns."""

import numpy as np

from tcpladder.capture.native.frames import joined
from tests.capture.native.contents import frames_in


def test_some_are_chosen_by_a_slice_or_by_rows() -> None:
    _, frames = frames_in([b"a", b"bc", b"def"], 1)
    assert frames.chosen(slice(1, 3)).captured.tolist() == [2, 3]
    assert frames.chosen(np.array([2, 0])).numbers.tolist() == [3, 1]
    assert len(frames.chosen(np.array([False, True, False]))) == 1


def test_parts_are_put_together_in_their_order() -> None:
    _, frames = frames_in([b"a", b"bc", b"def"], 1)
    assert joined([frames.chosen(slice(2, 3)), frames]).captured.tolist() == [3, 1, 2, 3]
    assert len(joined([])) == 0
