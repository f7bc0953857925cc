"""Requests to end unwind what is being done; afterwards they are as before."""

import signal
import threading

import pytest

from tcpladder.unwinding import unwinding


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_unwinds(number: signal.Signals) -> None:
    with pytest.raises(SystemExit) as leaving, unwinding():
        signal.raise_signal(number)
    assert leaving.value.code == 128 + number
    assert signal.getsignal(number) is signal.SIG_DFL


def test_whoever_handles_them_already_goes_on_doing_so() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
    try:
        with unwinding():
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_other_threads_leave_signals_alone() -> None:
    seen: list[object] = []

    def work() -> None:
        with unwinding():
            seen.append(signal.getsignal(signal.SIGTERM))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.SIG_DFL]
