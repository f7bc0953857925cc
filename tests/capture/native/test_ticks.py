"""Time stamps of any resolution, in nanoseconds."""

import numpy as np
import pytest

from tcpladder.capture.native.ticks import Clock

NOW = 1_600_000_000


@pytest.mark.parametrize("resolution", [0, 3, 6, 9, 10, 0x80, 0x80 | 10, 0x80 | 30, 0x80 | 33])
def test_a_time_is_what_its_ticks_say(resolution: int) -> None:
    base = 2 if resolution & 0x80 else 10
    unit = base ** (resolution & 0x7F)
    ticks = [NOW * unit, NOW * unit + unit // 3]
    expected = [tick * 10**9 // unit for tick in ticks]
    assert Clock(resolution).nanoseconds(np.array(ticks, np.uint64)).tolist() == expected


@pytest.mark.parametrize(
    ("resolution", "seconds"), [(12, 18_000_000), (19, 1), (0x80 | 40, 16_000_000), (0x80 | 63, 1)]
)
def test_fine_ticks_leave_no_room_for_late_times(resolution: int, seconds: int) -> None:
    unit = (2 if resolution & 0x80 else 10) ** (resolution & 0x7F)
    time = Clock(resolution).nanoseconds(np.array([seconds * unit + unit // 4], np.uint64))
    assert time.tolist() == [seconds * 10**9 + 250_000_000]


@pytest.mark.parametrize("resolution", [0x80 | 64, 0x80 | 100, 0xFF, 20, 29, 127])
def test_finer_than_64_bits_can_count_is_no_time(resolution: int) -> None:
    assert Clock(resolution).nanoseconds(np.array([1 << 63, 5], np.uint64)).tolist() == [0, 0]


def test_an_offset_is_added() -> None:
    assert Clock(9, 100).nanoseconds(np.array([7], np.uint64)).tolist() == [100 * 10**9 + 7]
    assert Clock(6, -NOW).nanoseconds(np.array([NOW * 10**6], np.uint64)).tolist() == [0]


def test_what_does_not_fit_is_no_time() -> None:
    assert Clock(0).nanoseconds(np.array([1 << 40, (1 << 64) - 1], np.uint64)).tolist() == [0, 0]
    assert Clock(9, 1 << 62).nanoseconds(np.array([7], np.uint64)).tolist() == [0]
