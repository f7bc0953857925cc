"""A pyshark FileCapture that gives the PDML of chosen frames, as it came from tshark."""

import asyncio
import contextlib
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from pyshark import FileCapture

from tcpladder.capture.pdml_tree import PacketParser
from tcpladder.capture.tshark_job import POLL_S, READ_SIZE, TSHARK_HINT, Job, last_words_of, not_started
from tcpladder.errors import TsharkError
from tcpladder.interrupts import put_off

EXIT_GRACE_S = 5.0


class PdmlCapture(FileCapture):
    """The PDML of some frames of a file.

    What differs from pyshark's: an event loop of its own, so that pyshark neither replaces the process-wide child
    watcher nor asks for a current loop; no look for a `config.ini` in the current directory; the exit status of a
    tshark that failed is waited for, where pyshark kills it and does not learn it; and no work in a finaliser.
    """

    def __init__(self, path: Path, *, tshark: str, frames: Sequence[int], arguments: Sequence[str] = ()) -> None:
        """Choose the frames; `arguments` are for tshark beside its own."""
        self._tshark = tshark
        self._errors = bytearray()
        self._status = 0
        # Given as a parameter of its own, as pyshark would start tshark once more to learn how to spell -Y.
        wanted = " || ".join(
            f"(frame.number >= {first} && frame.number <= {last})" for first, last in _consecutive(frames)
        )
        super().__init__(
            path,
            keep_packets=False,
            custom_parameters=[*arguments, "-2", "-Y", wanted],
            eventloop=asyncio.new_event_loop(),
        )

    def read(self, each: Callable[[bytes], object], job: Job) -> None:
        """Hand over each packet element; afterwards everything is closed. Raises as `Dissector.dissect` does."""
        try:
            self.eventloop.run_until_complete(self._read(each, job))
        finally:
            self.eventloop.close()
        if self._status:
            raise TsharkError(f"tshark failed: {last_words_of(bytes(self._errors), self._status)}", TSHARK_HINT)

    async def _read(self, each: Callable[[bytes], object], job: Job) -> None:
        reading = asyncio.ensure_future(self.packets_from_tshark(each))
        try:
            while not reading.done():
                job.check()
                await asyncio.wait({reading}, timeout=POLL_S)
            reading.result()
        finally:
            for task in (reading, *self._stderr_handling_tasks):
                task.cancel()
                await asyncio.wait({task})
            if not reading.cancelled():
                reading.exception()  # seen, and so not complained about

    def __del__(self) -> None:
        """Do nothing: `read` has closed everything, and pyshark's own would run an event loop here."""

    def _get_tshark_path(self) -> str:
        return self._tshark

    async def _get_tshark_process(
        self, packet_count: int | None = None, stdin: int | None = None
    ) -> asyncio.subprocess.Process:
        try:
            with put_off():  # nobody could end a process that is not known yet
                return await super()._get_tshark_process(packet_count, stdin or subprocess.DEVNULL)
        except OSError as error:
            raise not_started(self._tshark, error) from error

    def _created_new_process(
        self, parameters: list[str], process: asyncio.subprocess.Process, process_name: str = "TShark"
    ) -> None:
        # pyshark's forgets a process that has failed by now, and what it wrote.
        self._running_processes.add(process)

    def _setup_tshark_output_parser(self) -> PacketParser:
        return PacketParser()

    async def _handle_process_stderr_forever(self, stderr: asyncio.StreamReader) -> None:
        while piece := await stderr.read(READ_SIZE):
            self._errors = (self._errors + piece)[-READ_SIZE:]

    async def _cleanup_subprocess(self, process: asyncio.subprocess.Process) -> None:
        self._running_processes.discard(process)
        try:
            if self._eof_reached:
                with contextlib.suppress(TimeoutError):  # then it is killed, which is a status too
                    await asyncio.wait_for(process.wait(), EXIT_GRACE_S)
                await asyncio.wait(self._stderr_handling_tasks, timeout=EXIT_GRACE_S)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            status = await process.wait()
            self._status = status if self._eof_reached else 0  # the end that we made is no failure of tshark's
            process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - a killed child leaves pipes open


def _consecutive(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Give first and last of each run of consecutive numbers."""
    first = last = None
    for number in sorted(numbers):
        if last is not None and first is not None and number != last + 1:
            yield first, last
            first = None
        first = number if first is None else first
        last = number
    if first is not None and last is not None:
        yield first, last
