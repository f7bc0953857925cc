"""What tshark says of single frames in its Info column, such as `GET / HTTP/1.1` or `Client Hello`.

No pass over the capture is made for it. The records of the wanted frames are read from where the segment table says
that they are, together with the connection's first ones, so that tshark knows what is spoken; they make up a small
file, which one tshark reads. What can't be read so (compressed files, frames that only tshark can find) has no info.
"""

import re
import struct
import tempfile
import threading
import time
from collections import OrderedDict
from pathlib import Path

import polars as pl

from tcpladder.capture.tshark_binary import Tshark, find_tshark
from tcpladder.capture.tshark_job import CancelledError, Child, Job
from tcpladder.capture.unchanged import Seen, check_unchanged
from tcpladder.errors import CaptureError, TcpladderError
from tcpladder.printable import printable

KEPT = 20_000  # frames
CONTEXT = 12  # of the connection's first frames
LONGEST = 160  # cells
LARGEST_RECORD = 1 << 20
TIMEOUT_S = 20.0
_VERSION = re.compile(r"(?<=\S) HTTP/1\.[01]$")  # behind a request's target, where room is scarce
PCAP_HEADER, PCAP_RECORD = 24, 16
PCAP_ORDERS = {
    b"\xa1\xb2\xc3\xd4": ">",
    b"\xa1\xb2\x3c\x4d": ">",
    b"\xd4\xc3\xb2\xa1": "<",
    b"\x4d\x3c\xb2\xa1": "<",
}
PCAPNG_MAGIC = b"\x0a\x0d\x0d\x0a"
PCAPNG_ORDERS = {b"\x1a\x2b\x3c\x4d": ">", b"\x4d\x3c\x2b\x1a": "<"}
PACKET_BLOCKS = frozenset({2, 3, 6})


class Infos:
    """The infos of one capture's frames. Its methods may be called from any thread."""

    def __init__(self, path: Path, tshark: Tshark = None, seen: Seen | None = None) -> None:
        """Remember what to ask about, and which tshark the user wants; nothing is opened yet.

        `seen` is the file that it has to be, where that matters.
        """
        self._seen = seen
        self._is_changed = False
        self._untold = ""
        self._path = path.absolute()
        self._tshark = tshark
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, str] = OrderedDict()

    def known(self, frame: int) -> str | None:
        """Give a frame's info, empty where it says no more than TCP; None where it was not asked for yet."""
        with self._lock:
            return self._kept.get(frame)

    def new_trouble(self) -> str:
        """Say, once, that the capture is another file by now and so nothing more is known; "" while it is the same."""
        with self._lock:
            trouble, self._untold = self._untold, ""
        return trouble

    def load(self, segments: pl.DataFrame, wanted: list[int], cancelled: threading.Event) -> bool:
        """Ask about rows of a connection's segments; tell whether there are new infos, for `known`.

        What can't be read, and a tshark that fails or is missing, gives none; nothing is raised. Setting `cancelled`
        ends it within a moment, and no process outlives the call.
        """
        rows = sorted({*range(min(CONTEXT, len(segments))), *wanted})
        asked = segments[rows].select("frame", "position")
        try:
            check_unchanged(self._seen)
        except CaptureError as error:
            with self._lock:
                self._untold = self._untold if self._is_changed else str(error)
                self._is_changed = True
            return False
        try:
            told = self._told(asked, cancelled)
        except CancelledError:
            return False
        except (TcpladderError, OSError):
            told = {}
        frames = segments[wanted]["frame"].to_list()
        with self._lock:
            for frame in frames:
                self._kept[frame] = told.get(frame, "")
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return any(told.get(frame) for frame in frames)

    def _told(self, asked: pl.DataFrame, cancelled: threading.Event) -> dict[int, str]:
        places = asked.filter(pl.col("position").is_not_null())
        if places.is_empty():
            return {}
        frames, content = _small_file(self._path, places)
        if not frames:
            return {}
        tshark = find_tshark(self._tshark)
        job = Job(tshark.path, time.monotonic() + TIMEOUT_S, cancelled)
        with tempfile.TemporaryDirectory(prefix="tcpladder-") as directory:
            small, output = Path(directory) / "frames", Path(directory) / "output"
            small.write_bytes(content)
            arguments = [*tshark.arguments, "-n", "-r", str(small), "-T", "fields", "-E", "separator=/t"]
            for name in ("tcp.desegment_tcp_streams", "tcp.analyze_sequence_numbers"):  # frames around it are missing
                arguments += ["-o", f"{name}:FALSE"]
            for field in ("frame.number", "_ws.col.Protocol", "_ws.col.Info"):
                arguments += ["-e", field]
            with Child(job, arguments, output) as child:
                child.wait(job)
            lines = output.read_bytes().decode(errors="replace").splitlines()
        return dict(filter(None, (_line(line, frames) for line in lines)))


def _line(line: str, frames: list[int]) -> tuple[int, str] | None:
    """Read a line of the output; None where it says no more than TCP."""
    number, _, rest = line.partition("\t")
    protocol, _, info = rest.partition("\t")
    if not number.isdigit() or not 0 < int(number) <= len(frames) or protocol in ("", "TCP"):
        return None
    words = _VERSION.sub("", info.strip())
    said = words if words.upper().startswith(protocol.upper()[:3]) or " " in protocol else f"{protocol} {words}"
    plain = "".join(letter if letter.isascii() else "." for letter in printable(said))
    return frames[int(number) - 1], plain[:LONGEST]


def _small_file(path: Path, places: pl.DataFrame) -> tuple[list[int], bytes]:
    """Copy records into a capture file of their own; gives their frames, in its order."""
    with path.open("rb") as stream:
        head = stream.read(PCAP_HEADER)
        order = PCAP_ORDERS.get(head[:4])
        if order is not None:
            kept, is_pcapng = [head], False
        elif head[:4] == PCAPNG_MAGIC and head[8:12] in PCAPNG_ORDERS:
            order, is_pcapng = PCAPNG_ORDERS[head[8:12]], True
            stream.seek(0)
            kept = [_before_packets(stream.read(1 << 20), order)]
        else:
            return [], b""
        frames = []
        for frame, place in places.iter_rows():
            stream.seek(place)
            start = stream.read(PCAP_RECORD)
            if len(start) < PCAP_RECORD:
                break
            (length,) = struct.unpack_from(f"{order}I", start, 4 if is_pcapng else 8)
            size = length if is_pcapng else PCAP_RECORD + length
            if not PCAP_RECORD <= size <= LARGEST_RECORD:
                continue
            record = start + stream.read(size - PCAP_RECORD)
            if len(record) == size:
                kept.append(record)
                frames.append(frame)
    return frames, b"".join(kept)


def _before_packets(content: bytes, order: str) -> bytes:
    """Give what stands before the first packet of a pcapng file: the section, and its interfaces."""
    at = 0
    while at + 12 <= len(content):
        kind, length = struct.unpack_from(f"{order}II", content, at)
        if kind in PACKET_BLOCKS or length < 12 or length % 4:
            break
        at += length
    return content[: min(at, len(content))]
