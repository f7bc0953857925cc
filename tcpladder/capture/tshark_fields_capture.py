"""A pyshark FileCapture that reads `tshark -T fields` in batches of whole lines.

pyshark's own output parsers build objects for every packet; an index needs columns. What is overridden, and why:

- the constructor hands over an event loop of its own, so that pyshark neither replaces the process-wide child
  watcher nor asks for a current loop: both are gone in Python 3.14, and both would disturb the program around it;
- `_get_tshark_process` is the only place where `-T` is written, and tshark refuses a second one;
- `_cleanup_subprocess` waits for the exit status after the end of the output, where pyshark kills a process that
  has not been reaped and so loses the status of a tshark that failed;
- `_get_tshark_path` does not look for a `config.ini` in whatever directory the program was started in.
"""

import asyncio
import collections
import contextlib
import subprocess
import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path

from pyshark import FileCapture
from pyshark.tshark.output_parser.base_parser import BaseTsharkOutputParser

READ_SIZE = 1 << 20
IDLE_S = 0.2  # how long a read may stay silent before the caller gets a chance to stop
BATCH_S = 0.2  # how long lines are gathered before they are handed over
FIRST_BATCH_S = 0.02  # the first lines are wanted on the screen at once
EXIT_GRACE_S = 10.0
KEPT_ERROR_LINES = 20


class Lines:
    """Some whole lines of output; none where tshark stayed silent. Always true, as pyshark drops what is false."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content


class LinesParser(BaseTsharkOutputParser):
    """Gathers output for a moment and cuts it after the last whole line."""

    def __init__(self) -> None:
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
        if ended and not gathered:
            raise EOFError
        if gathered:
            self._patience = BATCH_S
        content = b"".join(pieces)
        end_of_lines = content.rfind(b"\n") + 1
        self._unfinished = content[end_of_lines:]
        return Lines(content[:end_of_lines]), b""


class TsharkFieldsCapture(FileCapture):
    """The chosen fields of every frame that `display_filter` lets through, tab-separated, all occurrences."""

    def __init__(
        self, path: Path, *, tshark: str, fields: Sequence[str], display_filter: str, preferences: dict[str, str]
    ) -> None:
        self._tshark = tshark
        self._fields = tuple(fields)
        self._filter = display_filter
        self._loop_closed = False
        self.exit_status: int | None = None
        self.error_lines: collections.deque[str] = collections.deque(maxlen=KEPT_ERROR_LINES)
        # An absolute path can't be mistaken for an option or for standard input.
        self._reading: Generator[Lines, None, None] = _nothing()
        super().__init__(
            path.absolute(), keep_packets=False, override_prefs=preferences, eventloop=asyncio.new_event_loop()
        )

    def batches(self) -> Iterator[Lines]:
        """Give the output as it comes; the last batch is followed by `exit_status` and `error_lines`."""
        self._reading = self._packets_from_tshark_sync()
        return self._reading

    def close(self) -> None:
        """End tshark, if it still runs, and the event loop. May be called twice."""
        if self._loop_closed:
            return
        self._loop_closed = True
        # A generator that is left suspended would clean up when it is collected, on a loop that is closed by then.
        for generator in (self._packet_generator, self._reading):
            generator.close()
        self.eventloop.run_until_complete(self.close_async())
        self.eventloop.run_until_complete(self.eventloop.shutdown_asyncgens())
        self.eventloop.close()

    def __del__(self) -> None:
        # pyshark's own would run an event loop while the interpreter collects garbage.
        for process in getattr(self, "_running_processes", ()):
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    def _get_tshark_path(self) -> str:
        return self._tshark

    async def _get_tshark_process(
        self, packet_count: int | None = None, stdin: int | None = None
    ) -> asyncio.subprocess.Process:
        self._verify_capture_parameters()
        command = [self._tshark, "-n", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]
        for field in self._fields:
            command += ["-e", field]
        # The filter is not handed to pyshark: it would start tshark once more to ask for its version.
        command += ["-Y", self._filter, *self.get_parameters(packet_count=packet_count)]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, limit=READ_SIZE
        )
        self._create_stderr_handling_task(process.stderr)
        self._created_new_process(command, process)
        return process

    def _setup_tshark_output_parser(self) -> LinesParser:
        return LinesParser()

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
                process.kill()
                self.exit_status = await process.wait()
        else:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
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
