"""An interrupt waits for the end of what it must not disturb, and is raised then."""

import signal
import threading
from collections.abc import Iterator

import pytest

from tcpladder.interrupts import put_off


@pytest.fixture(autouse=True)
def _heard() -> Iterator[None]:
    """Have interrupts be heard even where the tests run in the background, in which they are ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def test_it_is_raised_at_the_end() -> None:
    done = []

    def work() -> None:
        with put_off():
            interrupt()
            done.append("all")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["all"]
    with pytest.raises(KeyboardInterrupt):
        interrupt()


def test_without_one_nothing_is_raised() -> None:
    before = signal.getsignal(signal.SIGINT)
    with put_off():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before


def test_it_is_raised_in_place_of_an_error() -> None:
    def work() -> None:
        with put_off():
            interrupt()
            raise ValueError

    with pytest.raises(KeyboardInterrupt):
        work()


def test_what_ignores_it_goes_on_ignoring_it() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with put_off():
            interrupt()
    finally:
        signal.signal(signal.SIGINT, before)


def test_in_another_thread_there_is_nothing_to_put_off() -> None:
    seen = []

    def work() -> None:
        before = signal.getsignal(signal.SIGINT)
        with put_off():
            seen.append(signal.getsignal(signal.SIGINT) is before)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [True]
