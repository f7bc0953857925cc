"""A tshark that is handed frames through a pipe, some at a time, and tells what they hold as it gets them.

It is one tshark for all of a capture's frames, so that fragments find each other and tunnels are known again. What it
writes goes into a file, so that neither side waits for the other to read. Behind each lot of frames a mark is sent, a
frame of TCP whose line shows that all before it are through, and padding that fills whatever it reads at once.
"""

import os
import select
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import NamedTuple, Self

from tcpladder.capture.processor_time import seconds_used
from tcpladder.capture.tshark_columns import DISPLAY_FILTER, FIELDS, PREFERENCES
from tcpladder.capture.tshark_job import end, last_words_of, process_of
from tcpladder.errors import TsharkError
from tcpladder.interrupts import put_off

RAW_IP = 101
PADDING, PADDING_FRAMES = 1 << 15, 8
IDLE_S = 0.2
SHORTEST_PAUSE_S, LONGEST_PAUSE_S = 0.001, 0.02
STUCK_S = 30.0
WORK_S = 0.1

_MARK = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 1, 6, 0, bytes(4), bytes(4)) + struct.pack(
    ">HHIIHHHH", 0, 0, 0, 0, 5 << 12, 0, 0, 0
)


class HandedFrame(NamedTuple):
    """A frame as it is in the capture: link type, length on the wire, bytes."""

    link: int
    wire: int
    data: bytes


class TsharkPipe:
    """Closing it, or leaving its context, ends tshark. Raises TsharkError when it can't be started."""

    def __init__(self, tshark: str, arguments: Sequence[str] = ()) -> None:
        """Start a tshark; `arguments` go before its own, which are what its output is understood by."""
        self._directory = tempfile.TemporaryDirectory(prefix="tcpladder-")
        self._sent = 0
        self._interfaces: dict[int, int] = {}
        command = [tshark, *arguments, "-n", "-l", "-r", "-"]
        command += ["-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]
        for name in FIELDS.values():
            command += ["-e", name]
        for name, value in PREFERENCES.items():
            command += ["-o", f"{name}:{value}"]
        output = Path(self._directory.name) / "output"
        self._errors = Path(self._directory.name) / "errors"
        with output.open("wb") as out, self._errors.open("wb") as errors:
            try:
                self._process = process_of(
                    tshark,
                    lambda: subprocess.Popen(
                        [*command, "-Y", DISPLAY_FILTER],
                        stdin=subprocess.PIPE,
                        stdout=out,
                        stderr=errors,
                        bufsize=0,
                        process_group=0,
                    ),
                )
            except TsharkError:
                self._directory.cleanup()
                raise
        self._output = output.open("rb", buffering=0)
        self._pending = [_block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End tshark. May be called twice."""
        with put_off():
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGKILL)
            end(self._process)
        self._output.close()
        self._directory.cleanup()

    @property
    def sent(self) -> int:
        """How many frames tshark was sent: it numbers those of the next lot from there on."""
        return self._sent

    def read(self, frames: Sequence[HandedFrame]) -> Generator[None, None, bytes]:
        """Send frames; give the lines that tshark writes about them. Yields now and then while it works.

        Raises TsharkError when tshark ends or hangs.
        """
        for frame in frames:
            self._add(frame)
        self._add(HandedFrame(RAW_IP, len(_MARK), _MARK))
        mark = b"%d\t" % self._sent
        for _ in range(PADDING_FRAMES):
            self._add(HandedFrame(RAW_IP, PADDING, bytes(PADDING)))
        unsent = memoryview(b"".join(self._pending))
        lines = b""
        waited = _Waiting(self._process.pid)
        while True:
            if unsent:
                unsent = unsent[self._send(unsent) :]
            news = self._output.read() or b""
            lines += news
            if lines.endswith(b"\n"):
                last = lines.rfind(b"\n", 0, -1) + 1
                if lines.startswith(mark, last):
                    self._pending = [bytes(unsent)]  # what is left of the padding goes before what comes next
                    return lines[:last]
            if not news and self._process.poll() is not None:
                raise TsharkError(f"tshark ended while it read frames that were handed to it: {self._last_words()}")
            if waited.once_more(is_news=bool(news)):
                yield

    def _add(self, frame: HandedFrame) -> None:
        if frame.link not in self._interfaces:
            self._interfaces[frame.link] = len(self._interfaces)
            self._pending.append(_block(1, struct.pack("<HHI", frame.link, 0, 0)))
        head = struct.pack("<IIIII", self._interfaces[frame.link], 0, 0, len(frame.data), frame.wire)
        self._pending.append(_block(6, head + frame.data + bytes(-len(frame.data) % 4)))
        self._sent += 1

    def _send(self, unsent: memoryview) -> int:
        if self._process.stdin is None:
            raise AssertionError("tshark has a pipe")
        pipe = self._process.stdin.fileno()
        os.set_blocking(pipe, False)
        if not select.select([], [pipe], [], SHORTEST_PAUSE_S)[1]:
            return 0
        try:
            return os.write(pipe, unsent)
        except (BlockingIOError, BrokenPipeError):  # where it has ended, that is told by its status
            return 0

    def _last_words(self) -> str:
        return last_words_of(self._errors.read_bytes(), self._process.returncode or 0)


class _Waiting:
    """Rests a moment at each turn; tells when the caller should have a chance to stop, and that tshark hangs."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._pause = SHORTEST_PAUSE_S
        self._told = self._heard = time.monotonic()
        self._worked = seconds_used(process)

    def once_more(self, *, is_news: bool) -> bool:
        now = time.monotonic()
        if is_news:
            self._pause, self._heard = SHORTEST_PAUSE_S, now
        elif now - self._heard >= STUCK_S:
            worked = seconds_used(self._process)
            if worked is not None and self._worked is not None and worked - self._worked < WORK_S:
                raise TsharkError(f"tshark hangs: for {STUCK_S:.0f} seconds it neither wrote nor worked.")
            self._heard, self._worked = now, worked
        time.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_S)
        if now - self._told < IDLE_S:
            return False
        self._told = now
        return True


def _block(kind: int, body: bytes) -> bytes:
    length = struct.pack("<I", len(body) + 12)
    return struct.pack("<I", kind) + length + body + length
