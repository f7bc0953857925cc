"""Chosen frames of a capture as protocol trees, by pyshark: what a packet's detail shows.

tshark finds a frame only by dissecting all before it (7 s for frame 250 000), and in a frame on its own it knows
neither relative sequence numbers nor the window's scale nor the message that the frame completes. So the frames that
matter are first copied, record by record, into a small file, and pyshark dissects that: the whole capture while it is
small, else the wanted frames with their connection around them, its beginning and its end. In such a partial copy
tshark numbers the frames anew: `FrameNumbers` gives every number its original, and what can only be counted over the
whole capture, such as the stream index, is left out rather than shown wrong.

A file that is neither pcap nor pcapng (compressed, or another program's) is first rewritten by tshark, which does not
dissect where nothing is filtered or printed. With `-2` a request names the frame of its response, as Wireshark does.
"""

import asyncio
import bisect
import collections
import contextlib
import re
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self
from xml.etree.ElementTree import ParseError

from pyshark import FileCapture

from tcpladder.capture.pdml_tree import (
    DissectedPacket,
    FrameNumbers,
    PacketParser,
    ProtocolNode,
    captured_length,
    frame_number,
    parse_packet,
    protocol_tree,
)
from tcpladder.errors import CaptureError, TsharkError, quoted
from tcpladder.printable import printable

WHOLE_CAPTURE_BYTES = 2 << 20  # up to here the copy is the whole capture, and every number is the capture's own
CONTEXT_ENDS = 32  # frames of a connection's beginning, and of its end, that a partial copy holds
CONTEXT_BEFORE = 500
CONTEXT_AFTER = 200
WINDOW_BEFORE = 16  # frames of the connection that are dissected along with the one that is looked at
WINDOW_AFTER = 47
CACHED_PACKETS = 512
TIMEOUT_S = 120.0
POLL_S = 0.05
EXIT_GRACE_S = 5.0
LARGEST_RECORD = 64 << 20
READ_SIZE = 1 << 20
KEPT_ERROR_LINES = 5
TSHARK_HINT = "Does this tshark open the file by itself?"

Block = tuple[bytes, slice | None]  # a piece of a capture file, and where in it the bytes of a frame are, if it is one


class Dissector:
    """Dissects frames of one capture file. Its methods may be called from any thread."""

    def __init__(self, path: Path, tshark: str, *, timeout_s: float = TIMEOUT_S) -> None:
        """Remember what to dissect, and with which tshark; nothing is opened yet. `timeout_s` holds for one call."""
        self._path = path.absolute()  # can't be mistaken for an option or for standard input
        self._tshark = tshark
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._kept: collections.OrderedDict[int, DissectedPacket] = collections.OrderedDict()
        self._frame_number_fields: frozenset[str] = frozenset()

    def cached(self, frame: int) -> DissectedPacket | None:
        """Give a packet that has been dissected before; never waits for tshark."""
        with self._lock:
            if frame in self._kept:
                self._kept.move_to_end(frame)
            return self._kept.get(frame)

    def load_around(
        self, frame: int, connection: Sequence[int], cancelled: threading.Event | None = None
    ) -> DissectedPacket | None:
        """Dissect a frame of a connection, and keep its neighbours in that connection for `cached`.

        `connection` are the connection's frames in order. None when it was cancelled; raises as `dissect` does, and
        CaptureError when the file has no such frame.
        """
        at = bisect.bisect_left(connection, frame)
        belongs = at < len(connection) and connection[at] == frame
        window = connection[max(0, at - WINDOW_BEFORE) : at + 1 + WINDOW_AFTER] if belongs else [frame]
        missing = [wanted for wanted in window if self.cached(wanted) is None]
        try:
            self.dissect(missing, connection, cancelled)
        except TsharkError:
            if self.cached(frame) is None:  # a frame on which tshark fails costs the frames after it, not this one
                raise
        packet = self.cached(frame)
        if packet is None and not (cancelled and cancelled.is_set()):
            raise CaptureError(f"{quoted(self._path)} has no frame {frame}.", "Was the file changed meanwhile?")
        return packet

    def dissect(
        self, frames: Collection[int], connection: Sequence[int] = (), cancelled: threading.Event | None = None
    ) -> list[DissectedPacket]:
        """Dissect frames and give them in frame order, without those that the file does not have.

        `connection` are the frames, in order, among which the wanted ones are to be understood. Setting `cancelled`
        ends the work within a moment; what there is by then is given. No process and no file outlives the call.
        Raises CaptureError when the file can't be read, TsharkError when tshark does not start, ends with an error
        before it gave all the wanted frames, or takes too long.
        """
        if not frames:
            return []
        found: list[DissectedPacket] = []
        job = _Job(self._tshark, time.monotonic() + self._timeout_s, cancelled or threading.Event())
        try:
            if not self._path.is_file():
                raise CaptureError(f"{quoted(self._path)} is no file any more.")
            with tempfile.TemporaryDirectory(prefix="tcpladder-") as directory:
                for packet in self._dissected(frozenset(frames), connection, job, Path(directory)):
                    found.append(packet)
                    self._keep(packet)
        except _CancelledError:
            pass
        except OSError as error:
            reason = printable(error.strerror or str(error))
            raise CaptureError(f"{quoted(self._path)} can't be dissected: {reason}.") from error
        return sorted(found, key=lambda packet: packet.frame)

    def _dissected(
        self, wanted: frozenset[int], connection: Sequence[int], job: "_Job", directory: Path
    ) -> Iterator[DissectedPacket]:
        copy = _copied(self._path, wanted, wanted | _context(wanted, connection), job, directory)
        local_numbers = [local for local, frame in enumerate(copy.frames, start=1) if frame in wanted]
        if not local_numbers:
            return
        small_file = directory / "frames"
        small_file.write_bytes(b"".join(copy.blocks))
        packets: list[bytes] = []
        failure: TsharkError | None = None
        with contextlib.ExitStack() as running:
            listing = None
            if not copy.whole and not self._frame_number_fields:
                # The list of all fields takes half a second, so tshark writes it beside the dissection.
                listing = running.enter_context(_Child(job, ["-G", "fields"], directory / "fields"))
            try:
                _PdmlCapture(small_file, tshark=job.tshark, frames=local_numbers).read(packets.append, job)
            except TsharkError as error:
                failure = error
            if listing:
                listing.wait(job)
                self._frame_number_fields = _frame_number_fields(directory / "fields")
        numbers = None if copy.whole else FrameNumbers(originals=copy.frames, fields=self._frame_number_fields)
        for packet in packets:
            job.check()
            yield _packet(packet, copy, numbers)
        if failure and len(packets) < len(local_numbers):
            raise failure

    def _keep(self, packet: DissectedPacket) -> None:
        with self._lock:
            self._kept[packet.frame] = packet
            self._kept.move_to_end(packet.frame)
            while len(self._kept) > CACHED_PACKETS:
                self._kept.popitem(last=False)


def _context(wanted: Iterable[int], connection: Sequence[int]) -> frozenset[int]:
    """Choose the frames in whose company the wanted ones mean what they mean in the whole capture."""
    wanted = sorted(wanted)
    # What every time is relative to, and what each delta was measured from.
    chosen = {1, *(frame - 1 for frame in wanted if frame > 1)}
    first, end = bisect.bisect_left(connection, wanted[0]), bisect.bisect_right(connection, wanted[-1])
    if first < end:
        chosen.update(connection[:CONTEXT_ENDS], connection[-CONTEXT_ENDS:])
        chosen.update(connection[max(0, first - CONTEXT_BEFORE) : end + CONTEXT_AFTER])
    return frozenset(chosen)


def _packet(xml: bytes, copy: "_Copy", numbers: FrameNumbers | None) -> DissectedPacket:
    local = frame_number(xml)
    data = copy.data[local - 1]
    try:
        element = parse_packet(xml)
        # Some link types put a header of the capturing device before what is dissected.
        data = data[max(0, len(data) - captured_length(element)) :]
        layers = protocol_tree(element, data, numbers)
    except ParseError as error:
        layers = (ProtocolNode(label=f"tshark's description of this frame can't be read: {printable(str(error))}"),)
    return DissectedPacket(frame=copy.frames[local - 1], layers=layers, data=data)


def _frame_number_fields(listing: Path) -> frozenset[str]:
    names = re.findall(rb"^F\t[^\t\n]*\t([^\t\n]+)\tFT_FRAMENUM\t", listing.read_bytes(), re.MULTILINE)
    return frozenset(name.decode() for name in names)


# Copying frames


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """Some frames of a capture: `blocks` make up a capture file, whose frame `n` has the number `frames[n - 1]`
    in the original and the bytes `data[n - 1]`. `whole` says that no frame before the last was left out.
    """

    blocks: list[bytes]
    frames: list[int]
    data: list[bytes]
    whole: bool


def _copied(path: Path, wanted: frozenset[int], chosen: frozenset[int], job: "_Job", directory: Path) -> _Copy:
    with path.open("rb", buffering=READ_SIZE) as stream:
        copy = _gathered(_blocks(stream), chosen, job)
    if wanted <= frozenset(copy.frames):
        return copy
    rewritten = directory / "rewritten"
    arguments = ["-n", "-r", str(path), "-F", "pcapng", "-w", str(rewritten)]
    if path.stat().st_size > WHOLE_CAPTURE_BYTES:
        arguments += ["-c", str(max(chosen))]
    with _Child(job, arguments, directory / "output") as tshark:
        status = tshark.wait(job)
    if rewritten.exists():  # what came before the place where a file is damaged is good
        with rewritten.open("rb", buffering=READ_SIZE) as stream:
            copy = _gathered(_blocks(stream), chosen, job)
    if status and not wanted & frozenset(copy.frames):
        raise CaptureError(f"{quoted(path)} can't be read by tshark: {tshark.last_words(status)}", TSHARK_HINT)
    return copy


def _gathered(blocks: Iterator[Block], chosen: frozenset[int], job: "_Job") -> _Copy:
    """Keep all blocks as long as they are few, else those of the chosen frames and those that hold no frame."""
    kept: list[tuple[int, bytes, slice | None]] = []
    last, number, size, whole = max(chosen), 0, 0, True
    for block, where in blocks:
        if where:
            number += 1
            if not number % 4096:
                job.check()
        if whole:
            size += len(block)
            if size > WHOLE_CAPTURE_BYTES:
                whole = False
                kept = [item for item in kept if item[2] is None or item[0] in chosen]
        if whole or where is None or number in chosen:
            kept.append((number, block, where))
        if not whole and number >= last:
            break
    return _Copy(
        blocks=[block for _, block, _ in kept],
        frames=[number for number, _, where in kept if where],
        data=[block[where] for _, block, where in kept if where],
        whole=whole,
    )


def _blocks(stream: BinaryIO) -> Iterator[Block]:
    """Cut a pcap or pcapng file into its pieces; ends before the first piece that is cut off or not understood."""
    magic = stream.read(4)
    if magic in (b"\xa1\xb2\xc3\xd4", b"\xa1\xb2\x3c\x4d"):
        return _pcap_blocks(magic + stream.read(20), stream, ">")
    if magic in (b"\xd4\xc3\xb2\xa1", b"\x4d\x3c\xb2\xa1"):
        return _pcap_blocks(magic + stream.read(20), stream, "<")
    if magic == b"\x0a\x0d\x0d\x0a":
        return _pcapng_blocks(magic, stream)
    return iter(())


def _pcap_blocks(header: bytes, stream: BinaryIO, order: str) -> Iterator[Block]:
    yield header, None
    captured = struct.Struct(f"{order}8xI4x")
    while len(record := stream.read(captured.size)) == captured.size:
        (length,) = captured.unpack(record)
        if length > LARGEST_RECORD or len(data := stream.read(length)) < length:
            return
        yield record + data, slice(captured.size, captured.size + length)


SECTION, INTERFACE, OLD_PACKET, SIMPLE_PACKET, NAMES, STATISTICS, PACKET, SECRETS = 0x0A0D0D0A, 1, 2, 3, 4, 5, 6, 10
WITHOUT_FRAME = frozenset({SECTION, INTERFACE, NAMES, STATISTICS, SECRETS})


def _pcapng_blocks(start: bytes, stream: BinaryIO) -> Iterator[Block]:
    order = "<"
    snap_length = 0
    while len(start := start + stream.read(12 - len(start))) == 12:
        if start[:4] == b"\x0a\x0d\x0d\x0a":  # the same in both byte orders; the order of all else follows it
            order = ">" if start[8:12] == b"\x1a\x2b\x3c\x4d" else "<"
        kind, length = struct.unpack_from(f"{order}II", start)
        if not 12 <= length <= LARGEST_RECORD or length % 4:
            return
        block = start + stream.read(length - 12)
        if len(block) < length:
            return
        if kind == INTERFACE and length >= 20:
            (snap_length,) = struct.unpack_from(f"{order}I", block, 12)
        if kind in (PACKET, OLD_PACKET) and length >= 32:
            (captured,) = struct.unpack_from(f"{order}I", block, 20)
            yield block, slice(28, 28 + captured)
        elif kind == SIMPLE_PACKET and length >= 16:
            (original,) = struct.unpack_from(f"{order}I", block, 8)
            yield block, slice(12, 12 + min(original, snap_length or original))
        elif kind in WITHOUT_FRAME:
            yield block, None
        else:
            return
        start = b""


# Running tshark


class _CancelledError(Exception):
    """Whoever asked does not want it any more."""


@dataclass(frozen=True, slots=True)
class _Job:
    """With which tshark, and how long work may go on."""

    tshark: str
    deadline: float
    cancelled: threading.Event

    def check(self) -> None:
        """Raise when the work has to end."""
        if self.cancelled.is_set():
            raise _CancelledError
        if time.monotonic() > self.deadline:
            raise TsharkError("tshark took too long to dissect these frames.", TSHARK_HINT)


class _Child:
    """A tshark whose output goes to a file; gone when the context is left."""

    def __init__(self, job: _Job, arguments: list[str], output: Path) -> None:
        self._errors = output.with_suffix(".errors")
        with output.open("wb") as out, self._errors.open("wb") as errors:
            try:
                self._process = subprocess.Popen(
                    [job.tshark, *arguments], stdin=subprocess.DEVNULL, stdout=out, stderr=errors
                )
            except OSError as error:
                raise _not_started(job.tshark, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.kill()
        self._process.wait()

    def wait(self, job: _Job) -> int:
        """Wait for the end and give the exit status; raises when the job is over before."""
        while True:
            job.check()
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self._process.wait(POLL_S)

    def last_words(self, status: int) -> str:
        """Give what tshark said about an error."""
        return _last_words(self._errors.read_bytes(), status)


def _not_started(tshark: str, error: OSError) -> TsharkError:
    return TsharkError(f"{quoted(tshark)} could not be run: {error.strerror}.", "Is tshark still installed?")


def _last_words(errors: bytes, status: int) -> str:
    lines = [line.strip() for line in errors.decode(errors="replace").splitlines()]
    # What libraries say in passing, and that root should not do this, is no news about the capture.
    news = [line for line in lines if line and not line.startswith(("Running as user", "Warning: program compiled"))]
    return printable(" ".join(news[-KEPT_ERROR_LINES:])) or f"it ended with status {status} and said nothing."


class _PdmlCapture(FileCapture):
    """The PDML of some frames of a file.

    What differs from pyshark's: an event loop of its own, so that pyshark neither replaces the process-wide child
    watcher nor asks for a current loop; no look for a `config.ini` in the current directory; the exit status of a
    tshark that failed is waited for, where pyshark kills it and does not learn it; and no work in a finaliser.
    """

    def __init__(self, path: Path, *, tshark: str, frames: Sequence[int]) -> None:
        self._tshark = tshark
        self._errors = bytearray()
        self._status = 0
        # Given as a parameter of its own, as pyshark would start tshark once more to learn how to spell -Y.
        wanted = " || ".join(
            f"(frame.number >= {first} && frame.number <= {last})" for first, last in _consecutive(frames)
        )
        super().__init__(
            path, keep_packets=False, custom_parameters=["-2", "-Y", wanted], eventloop=asyncio.new_event_loop()
        )

    def read(self, each: Callable[[bytes], object], job: _Job) -> None:
        """Hand over each packet element; afterwards everything is closed. Raises as `Dissector.dissect` does."""
        try:
            self.eventloop.run_until_complete(self._read(each, job))
        finally:
            self.eventloop.close()
        if self._status:
            raise TsharkError(f"tshark failed: {_last_words(bytes(self._errors), self._status)}", TSHARK_HINT)

    async def _read(self, each: Callable[[bytes], object], job: _Job) -> None:
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
            return await super()._get_tshark_process(packet_count, stdin or subprocess.DEVNULL)
        except OSError as error:
            raise _not_started(self._tshark, error) from error

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
                await asyncio.wait_for(process.wait(), EXIT_GRACE_S)
                await asyncio.wait(self._stderr_handling_tasks, timeout=EXIT_GRACE_S)
        except TimeoutError:
            pass  # killed, which is a status too
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
