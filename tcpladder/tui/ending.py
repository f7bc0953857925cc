"""Requests to end that come from outside: the terminal hangs up, or somebody ends the process."""

import asyncio
import contextlib
import signal
from collections.abc import Callable

REQUESTS = (signal.SIGTERM, signal.SIGHUP)


def heed(end: Callable[[int], object]) -> None:
    """Have `end` called, with the signal's number, when the process is asked to end; for the loop that runs.

    What is ignored, as under nohup, stays ignored. Only the main thread can be asked.
    """
    loop = asyncio.get_running_loop()
    for number in REQUESTS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
                loop.add_signal_handler(number, end, number)
