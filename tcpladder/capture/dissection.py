"""Chosen frames of a capture as protocol trees, by pyshark: what a packet's detail shows.

tshark finds a frame only by dissecting all before it (7 s for frame 250 000), and in a frame on its own it knows
neither relative sequence numbers nor the window's scale nor the message that the frame completes. So the frames that
matter are first copied, record by record, into a small file, and pyshark dissects that: the whole capture while it is
small, else the wanted frames with their connection around them, its beginning and its end. In such a partial copy
tshark numbers the frames anew: `FrameNumbers` gives every number its original, and what can only be counted over the
whole capture, such as the stream index, is left out rather than shown wrong.

With `-2` a request names the frame of its response, as Wireshark does.
"""

import bisect
import collections
import contextlib
import re
import tempfile
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import ParseError

from tcpladder.capture.frame_copy import Copy, copied
from tcpladder.capture.origins import Origins
from tcpladder.capture.pdml_capture import PdmlCapture
from tcpladder.capture.pdml_tree import (
    DissectedPacket,
    FrameNumbers,
    ProtocolNode,
    captured_length,
    frame_number,
    parse_packet,
    protocol_tree,
)
from tcpladder.capture.tshark_job import CancelledError, Child, Job
from tcpladder.capture.unchanged import Seen, check_unchanged
from tcpladder.errors import CaptureError, TsharkError, quoted
from tcpladder.printable import printable

CONTEXT_ENDS = 32  # frames of a connection's beginning, and of its end, that a partial copy holds
CONTEXT_BEFORE = 500
CONTEXT_AFTER = 200
WINDOW_BEFORE = 16  # frames of the connection that are dissected along with the one that is looked at
WINDOW_AFTER = 47
CACHED_PACKETS = 512
TIMEOUT_S = 120.0


class Dissector:
    """Dissects frames of one capture file. Its methods may be called from any thread."""

    def __init__(  # noqa: PLR0913 - where packets come from, and how they are dissected
        self,
        path: Path,
        tshark: str,
        *,
        timeout_s: float = TIMEOUT_S,
        arguments: tuple[str, ...] = (),
        seen: Seen | None = None,
        files: tuple[Path, ...] = (),
    ) -> None:
        """Remember what to dissect, and with which tshark; nothing is opened yet. `timeout_s` holds for one call.

        `arguments` are for each run of tshark; `seen` is the file that it has to be, where that matters;
        `files` are the captures that were merged into it, if it is a merged one.
        """
        self._files = files
        self._seen = seen
        self._arguments = arguments
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
        cancelled = cancelled or threading.Event()
        job = Job(self._tshark, time.monotonic() + self._timeout_s, cancelled, self._arguments)
        try:
            check_unchanged(self._seen)
            if not self._path.is_file():
                raise CaptureError(f"{quoted(self._path)} is no file any more.")
            # What was there when it was cancelled is given.
            with contextlib.suppress(CancelledError), tempfile.TemporaryDirectory(prefix="tcpladder-") as directory:
                for packet in self._dissected(frozenset(frames), connection, job, Path(directory)):
                    found.append(packet)
                    self._keep(packet)
        except OSError as error:
            reason = printable(error.strerror or str(error))
            raise CaptureError(f"{quoted(self._path)} can't be dissected: {reason}.") from error
        return sorted(found, key=lambda packet: packet.frame)

    def _dissected(
        self, wanted: frozenset[int], connection: Sequence[int], job: Job, directory: Path
    ) -> Iterator[DissectedPacket]:
        origins = Origins(self._files if len(self._files) > 1 else ())
        copy = copied(self._path, wanted, wanted | _context(wanted, connection), job, directory, origins.watched)
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
                listing = running.enter_context(
                    Child(replace(job, arguments=()), ["-G", "fields"], directory / "fields")
                )
            try:
                PdmlCapture(small_file, tshark=job.tshark, frames=local_numbers, arguments=job.arguments).read(
                    packets.append, job
                )
            except TsharkError as error:
                failure = error
            if listing:
                listing.wait(job)
                self._frame_number_fields = _frame_number_fields(directory / "fields")
        numbers = None if copy.whole else FrameNumbers(originals=copy.frames, fields=self._frame_number_fields)
        for packet in packets:
            job.check()
            dissected = _packet(packet, copy, numbers)
            origin = origins.words(dissected.frame)
            yield replace(dissected, layers=(ProtocolNode(label=origin), *dissected.layers)) if origin else dissected
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


def _packet(xml: bytes, copy: Copy, numbers: FrameNumbers | None) -> DissectedPacket:
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
