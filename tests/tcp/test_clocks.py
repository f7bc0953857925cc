import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.sequence import MODULUS
from tcpladder.tcp.clocks import NOMINAL_HZ, clock

SECOND = 1_000_000_000
START = 1_700_000_000 * SECOND


def captured(hz: float, seconds: float, samples: int, *, delays=0.0, first_tsval=5000):
    """Give when segments were captured and what they were stamped with; `delays` in seconds, one or one a segment."""
    stamped = np.linspace(0, seconds, samples)
    tsvals = (first_tsval + np.floor(stamped * hz).astype(np.int64)) % MODULUS
    return START + ((stamped + delays) * SECOND).astype(np.int64), tsvals


@pytest.mark.parametrize("hz", [hz for hz in NOMINAL_HZ if hz > 2])
def test_an_undisturbed_clock_has_its_nominal_rate(hz):
    estimate = clock(*captured(hz, 60, 200))
    assert estimate is not None
    assert estimate.nominal_hz == hz
    assert estimate.hz == pytest.approx(hz, rel=estimate.relative_error)
    assert estimate.samples == 200
    assert estimate.span_ns == 60 * SECOND


def test_a_slow_clock_needs_time_to_tick_twenty_times():
    assert clock(*captured(2, 9, 200)) is None
    estimate = clock(*captured(2, 30, 200))
    assert estimate is not None
    assert estimate.nominal_hz == 2


def test_a_rate_that_no_stack_is_known_for_is_kept_as_it_is():
    estimate = clock(*captured(777, 60, 200))
    assert estimate is not None
    assert estimate.nominal_hz is None
    assert estimate.best_hz == estimate.hz == pytest.approx(777, rel=0.001)


@pytest.mark.parametrize(("seconds", "samples"), [(60, 9), (1.9, 200), (60, 15)])
def test_too_little_tells_nothing(seconds, samples):
    assert clock(*captured(1000, seconds, samples)) is None


def test_a_frozen_clock_has_no_rate():
    times, tsvals = captured(1000, 60, 200)
    assert clock(times, np.full_like(tsvals, tsvals[0])) is None


def test_a_clock_that_runs_backwards_has_no_rate():
    times, tsvals = captured(1000, 60, 200)
    assert clock(times, tsvals[::-1].copy()) is None


def test_stamps_may_wrap():
    estimate = clock(*captured(1000, 60, 200, first_tsval=MODULUS - 30_000))
    assert estimate is not None
    assert estimate.nominal_hz == 1000


def test_delays_do_not_change_the_rate():
    delays = np.random.default_rng(1).exponential(0.05, 300)
    estimate = clock(*captured(1000, 20, 300, delays=delays))
    assert estimate is not None
    assert estimate.hz == pytest.approx(1000, rel=0.01)
    assert estimate.nominal_hz == 1000


def test_a_path_that_becomes_shorter_makes_a_short_estimate_vague():
    delays = np.where(np.arange(100) < 50, 0.3, 0.0)
    estimate = clock(*captured(1000, 3, 100, delays=delays))
    assert estimate is not None
    assert estimate.relative_error > 0.05


def test_a_jump_makes_the_estimate_vague():
    times, tsvals = captured(1000, 10, 200)
    tsvals[100:] += 5_000
    estimate = clock(times, tsvals)
    assert estimate is not None
    assert estimate.relative_error > 0.05


def test_a_long_series_is_thinned_and_keeps_its_rate():
    delays = np.random.default_rng(2).exponential(0.002, 100_000)
    estimate = clock(*captured(1000, 100, 100_000, delays=delays))
    assert estimate is not None
    assert estimate.hz == pytest.approx(1000, rel=0.001)
    assert estimate.relative_error < 0.01


@given(
    st.lists(st.tuples(st.integers(-(2**62), 2**62), st.integers(0, MODULUS - 1)), min_size=0, max_size=60)
    | st.lists(st.tuples(st.integers(0, 60 * SECOND), st.integers(0, 60_000)), min_size=10, max_size=60)
)
def test_any_stamps_have_a_rate_or_none(points):
    times, tsvals = (np.array([point[at] for point in points], np.int64) for at in (0, 1))
    estimate = clock(times, tsvals)
    if estimate is not None:
        assert estimate.hz > 0
        assert estimate.relative_error >= 0
