"""Runs the app in a real terminal, and tells when something appears on it."""

import os
import pty
import select
import signal
import time
from collections.abc import Sequence

LONGEST_S = 60


def seconds_until(command: Sequence[str], shown: bytes, *, lines: int = 24, columns: int = 80) -> float:
    """Start a program in a terminal of its own, and give how long it took until it had written some text.

    The program is ended then. Raises TimeoutError if it never writes that.
    """
    start = time.perf_counter()
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="xterm-256color", LINES=str(lines), COLUMNS=str(columns))
        os.execvp(command[0], list(command))  # noqa: S606 - the benchmark's own command
    try:
        os.set_blocking(terminal, False)
        return _read_until(terminal, shown, start)
    finally:
        os.kill(process, signal.SIGTERM)
        _drain(terminal)
        os.waitpid(process, 0)
        os.close(terminal)


def _read_until(terminal: int, shown: bytes, start: float) -> float:
    content = b""
    while (waited := time.perf_counter() - start) < LONGEST_S:
        if select.select([terminal], [], [], 1)[0]:
            content += os.read(terminal, 1 << 16)
            if shown in content:
                return time.perf_counter() - start
    raise TimeoutError(f"{shown!r} did not appear within {waited:.0f} s")


def _drain(terminal: int) -> None:
    """Take what is written at the end, so that nobody waits to write it."""
    deadline = time.perf_counter() + 5
    while time.perf_counter() < deadline and select.select([terminal], [], [], 1)[0]:
        try:
            if not os.read(terminal, 1 << 16):
                return
        except OSError:  # the other side is closed
            return
