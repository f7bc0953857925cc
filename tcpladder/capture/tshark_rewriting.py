"""A capture that tshark writes anew as pcapng, through a pipe; it dissects nothing."""

import io
import os
import select
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tcpladder.capture.blocks import READ_SIZE
from tcpladder.capture.tshark_job import POLL_S, TSHARK_HINT, Job, end, started
from tcpladder.errors import TsharkError

STUCK_S = 30.0  # without a byte


@contextmanager
def rewritten(path: Path, job: Job, last: int | None = None) -> Iterator[BinaryIO]:
    """Have tshark write a capture, up to a frame; the stream ends where tshark does.

    Reading raises when the job is over before, or when tshark hangs. Raises TsharkError when it does not start.
    """
    arguments = ["-n", "-r", str(path.absolute()), *(("-c", str(last)) if last else ()), "-F", "pcapng", "-w", "-"]
    with tempfile.TemporaryFile() as errors, started(job, arguments, errors) as process:
        if process.stdout is None:
            raise AssertionError("the output is a pipe")
        try:
            yield io.BufferedReader(_Output(process.stdout.fileno(), job), READ_SIZE)
        finally:
            end(process)


class _Output(io.RawIOBase):
    """What comes through a pipe, as it comes; the pipe is another's to close."""

    def __init__(self, descriptor: int, job: Job) -> None:
        self._descriptor = descriptor
        self._job = job

    def readable(self) -> bool:
        return True

    def readinto(self, room: memoryview) -> int:  # type: ignore[override]
        begun = time.monotonic()
        while True:
            self._job.check()
            if select.select([self._descriptor], [], [], POLL_S)[0]:
                return os.readv(self._descriptor, [room])
            if time.monotonic() - begun > STUCK_S:
                raise TsharkError(f"tshark hangs: for {STUCK_S:.0f} seconds it wrote nothing.", TSHARK_HINT)
