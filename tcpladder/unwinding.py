"""Signals that end the program as errors do, so that what is temporary is removed and what was started is ended."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn


def leave(number: int, _frame: FrameType | None) -> NoReturn:
    """Handle a signal by leaving, with the exit status that shells give it."""
    raise SystemExit(128 + number)


@contextlib.contextmanager
def unwinding() -> Iterator[None]:
    """Have a hang-up, or a request to end, unwind what is being done. Other threads than the main one may not ask."""
    is_main = threading.current_thread() is threading.main_thread()
    numbers = (signal.SIGTERM, signal.SIGHUP) if is_main else ()
    wanted = [number for number in numbers if signal.getsignal(number) is signal.SIG_DFL]
    for number in wanted:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number in wanted:
            signal.signal(number, signal.SIG_DFL)
