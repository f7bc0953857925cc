"""A connection's frame numbers: a sequence in which a frame is found, or not."""

import bisect

import numpy as np
import pytest

from tcpladder.ladder.frames import Frames

FRAMES = Frames(np.array([3, 7, 9, 4_000_000_000], np.uint32))


def test_it_is_a_sequence_of_numbers() -> None:
    assert list(FRAMES) == [3, 7, 9, 4_000_000_000]
    assert (len(FRAMES), FRAMES[-1], FRAMES[1:3]) == (4, 4_000_000_000, [7, 9])
    assert bisect.bisect_left(FRAMES, 8) == 2


@pytest.mark.parametrize(("frame", "row"), [(3, 0), (9, 2), (4_000_000_000, 3), (0, None), (8, None), (2**40, None)])
def test_a_frame_is_found_where_it_is(frame: int, row: int | None) -> None:
    assert FRAMES.row_of(frame) == row
    assert (frame in FRAMES) == (row is not None)


def test_what_is_not_there_has_no_place() -> None:
    assert FRAMES.index(7) == 1
    for missing, bounds in ((8, ()), ("7", ()), (7, (2,)), (7, (0, 1))):
        with pytest.raises(ValueError, match="not among"):
            FRAMES.index(missing, *bounds)
