"""One piece of work for tshark: which one, how long it may take, whether it is still wanted; and how it ended."""

import contextlib
import os
import select
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from tcpladder.errors import TsharkError, quoted
from tcpladder.interrupts import put_off
from tcpladder.printable import printable

POLL_S = 0.05
READ_SIZE = 1 << 20
KEPT_ERROR_LINES = 5
CUT_SHORT = b"cut short"  # what tshark says of a file that ends within a frame
TSHARK_HINT = "Does this tshark open the file by itself?"


class CancelledError(Exception):
    """Whoever asked does not want it any more."""


@dataclass(frozen=True, slots=True)
class Job:
    """With which tshark, and how long work may go on."""

    tshark: str
    deadline: float
    cancelled: threading.Event
    arguments: tuple[str, ...] = ()  # for each run, before its own

    def check(self) -> None:
        """Raise when the work has to end."""
        if self.cancelled.is_set():
            raise CancelledError
        if time.monotonic() > self.deadline:
            raise TsharkError("tshark took too long to dissect these frames.", TSHARK_HINT)


class Child:
    """A tshark whose output goes to a file; gone when the context is left."""

    def __init__(self, job: Job, arguments: list[str], output: Path) -> None:
        self._errors = output.with_suffix(".errors")
        with output.open("wb") as out, self._errors.open("wb") as errors:
            command = [job.tshark, *job.arguments, *arguments]
            self._process = process_of(
                job.tshark,
                lambda: subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=errors),
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        end(self._process)

    def wait(self, job: Job) -> int:
        """Wait for the end and give the exit status; raises when the job is over before."""
        while True:
            job.check()
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self._process.wait(POLL_S)

    def last_words(self, status: int) -> str:
        """Give what tshark said about an error."""
        return last_words_of(self._errors.read_bytes(), status)


def started(job: Job, arguments: list[str], errors: IO[bytes]) -> "subprocess.Popen[bytes]":
    """Start a tshark whose output is read while it works. Raises TsharkError."""
    command = [job.tshark, *job.arguments, *arguments]
    return process_of(
        job.tshark,
        lambda: subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors),
    )


def process_of(tshark: str, start: "Callable[[], subprocess.Popen[bytes]]") -> "subprocess.Popen[bytes]":
    """Start a tshark. An interrupt that comes meanwhile is raised when it has started, and has been ended again.

    Raises TsharkError when it does not start.
    """
    there: list[subprocess.Popen[bytes]] = []
    try:
        with put_off():
            there.append(start())
    except OSError as error:
        raise not_started(tshark, error) from error
    except KeyboardInterrupt:
        for process in there:
            end(process)
        raise
    return there[0]


def end(process: "subprocess.Popen[bytes]") -> None:
    """End a tshark, if it still runs, and leave nothing open; an interrupt waits for that. May be called twice."""
    with put_off():
        process.kill()
        process.wait()
        for pipe in filter(None, (process.stdin, process.stdout)):
            pipe.close()


def whole_lines(process: "subprocess.Popen[bytes]", job: Job) -> Iterator[list[bytes]]:
    """Give the lines of a moment, which may be none, up to the end of the output; raises when the job is over before.

    What stands behind the last end of a line is left out.
    """
    if process.stdout is None:
        raise AssertionError("the output is a pipe")
    descriptor = process.stdout.fileno()
    unfinished = b""
    while True:
        job.check()
        if not select.select([descriptor], [], [], POLL_S)[0]:
            yield []
            continue
        piece = os.read(descriptor, READ_SIZE)
        if not piece:
            return
        *lines, unfinished = (unfinished + piece).split(b"\n")
        yield lines


def not_started(tshark: str, error: OSError) -> TsharkError:
    """Say that tshark could not be started."""
    return TsharkError(f"{quoted(tshark)} could not be run: {error.strerror}.", "Is tshark still installed?")


def last_words_of(errors: bytes, status: int) -> str:
    """Give the end of what a failed tshark wrote, in one line."""
    lines = [line.strip() for line in errors.decode(errors="replace").splitlines()]
    # What libraries say in passing, and that root should not do this, is no news about the capture.
    news = [line for line in lines if line and not line.startswith(("Running as user", "Warning: program compiled"))]
    return printable(" ".join(news[-KEPT_ERROR_LINES:])) or f"it ended with status {status} and said nothing."
