"""A pyshark FileCapture that reads `tshark -T fields` in batches of whole lines.

pyshark's own output parsers build objects for every packet; an index needs columns. What is overridden, and why:

- the constructor hands over an event loop of its own, so that pyshark neither replaces the process-wide child
  watcher nor asks for a current loop: both are gone in Python 3.14, and both would disturb the program around it;
- `_get_tshark_process` is the only place where `-T` is written, and tshark refuses a second one; tshark gets a
  process group of its own, so that a Ctrl-C is ours to handle and no child of a wrapper script outlives it;
- `_cleanup_subprocess` waits for the exit status after the end of the output, where pyshark kills a process that
  has not been reaped and so loses the status of a tshark that failed;
- `_get_tshark_path` does not look for a `config.ini` in whatever directory the program was started in.
"""

import asyncio
import collections
import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path

from pyshark import FileCapture
from pyshark.tshark.output_parser.base_parser import BaseTsharkOutputParser

from tcpladder.capture.processor_time import seconds_used
from tcpladder.interrupts import put_off

READ_SIZE = 1 << 20
IDLE_S = 0.2  # how long a read may stay silent before the caller gets a chance to stop
BATCH_S = 0.2  # how long lines are gathered before they are handed over
FIRST_BATCH_S = 0.02  # the first lines are wanted on the screen at once
PIPE_SIZE = 1 << 20  # what tshark may write while a batch is being worked on
PAUSE_S, PAUSE_FOR_SMALL_PIPE_S = 0.01, 0.003  # tshark writes 4 kB at a time: so they are taken many at once
EXIT_GRACE_S = 10.0
STUCK_S = 30.0  # silent for so long, and without having worked for WORK_S meanwhile
WORK_S = 0.1
KEPT_ERROR_LINES = 20


class Lines:
    """Some whole lines of output; none where tshark stayed silent. Always true, as pyshark drops what is false."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content


class LinesParser(BaseTsharkOutputParser):
    """Gathers output for a moment and cuts it after the last whole line. Between reads it rests for `pause` seconds."""

    def __init__(self, pause: float) -> None:
        self._pause = pause
        self._unfinished = b""
        self._patience = FIRST_BATCH_S

    async def get_packets_from_stream(
        self,
        stream: asyncio.StreamReader,
        existing_data: bytes,
        got_first_packet: bool = True,  # noqa: FBT001, FBT002 - the signature is pyshark's
    ) -> tuple[Lines, bytes]:
        """Give the next lines. Raises EOFError after the last; an unfinished last line is dropped."""
        pieces = [self._unfinished]
        gathered = 0
        ended = False
        until = time.monotonic() + self._patience
        while gathered < READ_SIZE:
            left = until - time.monotonic() if gathered else IDLE_S
            if left <= 0:
                break
            try:
                piece = await asyncio.wait_for(stream.read(READ_SIZE), left)
            except TimeoutError:
                break
            if not piece:
                ended = True
                break
            pieces.append(piece)
            gathered += len(piece)
            time.sleep(self._pause)  # while an event loop waits, it takes every 4 kB as they come
        if ended and not gathered:
            raise EOFError
        if gathered:
            self._patience = BATCH_S
        content = b"".join(pieces)
        end_of_lines = content.rfind(b"\n") + 1
        self._unfinished = content[end_of_lines:]
        return Lines(content[:end_of_lines]), b""


class TsharkFieldsCapture(FileCapture):
    """The chosen fields of every frame that `display_filter` lets through, tab-separated, all occurrences.

    `frames` ends the reading after so many frames of the file; `arguments` are tshark's before its own.
    """

    def __init__(  # noqa: PLR0913 - what a run of tshark needs to be told
        self,
        path: Path,
        *,
        tshark: str,
        fields: Sequence[str],
        display_filter: str,
        preferences: dict[str, str],
        frames: int | None = None,
        arguments: Sequence[str] = (),
    ) -> None:
        self._tshark = tshark
        self._arguments = arguments
        self._fields = tuple(fields)
        self._filter = display_filter
        self._loop_closed = False
        self._group: int | None = None
        self._pause = PAUSE_FOR_SMALL_PIPE_S
        self._silence: tuple[float, float | None] | None = None  # since when, and the work that was done until then
        self.exit_status: int | None = None
        self.error_lines: collections.deque[str] = collections.deque(maxlen=KEPT_ERROR_LINES)
        # An absolute path can't be mistaken for an option or for standard input.
        self._reading: Generator[Lines, None, None] = _nothing()
        super().__init__(
            path.absolute(),
            keep_packets=False,
            override_prefs=preferences,
            custom_parameters=[] if frames is None else ["-c", str(frames)],
            eventloop=asyncio.new_event_loop(),
        )

    def batches(self) -> Iterator[Lines]:
        """Give the output as it comes; the last batch is followed by `exit_status` and `error_lines`."""
        self._reading = self._packets_from_tshark_sync()
        return self._heard(self._reading)

    def _heard(self, reading: Iterator[Lines]) -> Iterator[Lines]:
        for lines in reading:
            if lines.content:
                self._silence = None
            yield lines

    def is_stuck(self) -> bool:
        """Tell, after a batch without content, whether tshark has neither written nor worked for STUCK_S.

        A tshark that reads a long file without any TCP is silent too, but works.
        """
        now = time.monotonic()
        if self._group is None or (self._silence and now - self._silence[0] < STUCK_S):
            return False
        worked = seconds_used(self._group)
        before, self._silence = self._silence, (now, worked)
        if before is None or before[1] is None or worked is None:
            return False
        return worked - before[1] < WORK_S

    def close(self) -> None:
        """End tshark, if it still runs, and the event loop. May be called twice."""
        if self._loop_closed:
            return
        self._loop_closed = True
        # A generator that is left suspended would clean up when it is collected, on a loop that is closed by then.
        for generator in (self._packet_generator, self._reading):
            generator.close()
        self.eventloop.run_until_complete(self.close_async())
        self.eventloop.run_until_complete(_cancelled(asyncio.all_tasks(self.eventloop)))
        self.eventloop.run_until_complete(self.eventloop.shutdown_asyncgens())
        self.eventloop.close()

    def __del__(self) -> None:
        # pyshark's own would run an event loop while the interpreter collects garbage.
        for process in getattr(self, "_running_processes", ()):
            _kill(process)

    def _get_tshark_path(self) -> str:
        return self._tshark

    async def _get_tshark_process(
        self, packet_count: int | None = None, stdin: int | None = None
    ) -> asyncio.subprocess.Process:
        self._verify_capture_parameters()
        command = [self._tshark, *self._arguments, "-n", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]
        for field in self._fields:
            command += ["-e", field]
        # The filter is not handed to pyshark: it would start tshark once more to ask for its version.
        command += ["-Y", self._filter, *self.get_parameters(packet_count=packet_count)]
        with put_off():  # nobody could end a process that is not known yet
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                limit=READ_SIZE,
                process_group=0,
            )
            # pyshark's own would raise where a tshark that failed has ended by now, and lose why.
            self._running_processes.add(process)
        self._group = process.pid
        self._create_stderr_handling_task(process.stderr)
        self._pause = PAUSE_S if _enlarged(process) else PAUSE_FOR_SMALL_PIPE_S
        return process

    def _setup_tshark_output_parser(self) -> LinesParser:
        return LinesParser(self._pause)

    async def _handle_process_stderr_forever(self, stderr: asyncio.StreamReader) -> None:
        unfinished = b""
        while piece := await stderr.read(READ_SIZE):
            *lines, unfinished = (unfinished + piece).split(b"\n")
            self._keep_error_lines(lines)
        self._keep_error_lines([unfinished])

    def _keep_error_lines(self, lines: Iterable[bytes]) -> None:
        """Keep what tshark says about the capture; that root should not do this is no news about it."""
        for line in lines:
            text = line.decode(errors="replace").strip()
            if text and not text.startswith("Running as user"):
                self.error_lines.append(text)

    async def _cleanup_subprocess(self, process: asyncio.subprocess.Process) -> None:
        self._running_processes.discard(process)
        await self._abandon_reading()
        if self._eof_reached:
            try:
                self.exit_status = await asyncio.wait_for(process.wait(), EXIT_GRACE_S)
            except TimeoutError:
                _kill(process)
                self.exit_status = await process.wait()
        else:
            _kill(process)
            await process.wait()
        await asyncio.gather(*self._stderr_handling_tasks)
        self._stderr_handling_tasks.clear()
        process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - a killed child leaves its pipes open

    async def _abandon_reading(self) -> None:
        """Cancel a read that an interrupt (Ctrl-C) left waiting; nobody will ask for its result."""
        others = asyncio.all_tasks() - {asyncio.current_task(), *self._stderr_handling_tasks}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


def _nothing() -> Generator[Lines, None, None]:
    yield from ()


def _enlarged(process: asyncio.subprocess.Process) -> bool:
    """Make the pipe of a process' output as large as Linux lets everyone."""
    pipe = process._transport.get_pipe_transport(1).get_extra_info("pipe")  # type: ignore[attr-defined]  # noqa: SLF001
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
    except (AttributeError, OSError, ValueError):  # another system, another limit, or tshark has ended by now
        return False
    return True


def _kill(process: asyncio.subprocess.Process) -> None:
    """End a process and its children. One whose status is known is gone, and its number may be another's by now."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


async def _cancelled(tasks: set[asyncio.Task[object]]) -> None:
    """Cancel what an interrupt left behind, and let it clean up."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
