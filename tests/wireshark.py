"""What Wireshark says of the sample captures' segments, asked once for all of them: starting tshark is what takes long.

The captures are put behind one another, and the addresses of each are made its own, so that none of their connections
are Wireshark's one connection.
"""

import csv
import functools
import io
import shutil
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tcpladder.tcp.labels import Label
from tests.samples import CAPTURES

FILE_HEADER, RECORD_HEADER, ETHERNET = 24, 16, 14
FIRST_ADDRESS_AT = {0x0800: ETHERNET + 12, 0x86DD: ETHERNET + 8}
ADDRESS_LENGTH = {0x0800: 4, 0x86DD: 16}
FLAGS = {
    Label.RETRANSMISSION: "retransmission",
    Label.FAST_RETRANSMISSION: "fast_retransmission",
    Label.SPURIOUS_RETRANSMISSION: "spurious_retransmission",
    Label.OUT_OF_ORDER: "out_of_order",
    Label.DUPLICATE_ACK: "duplicate_ack",
    Label.ZERO_WINDOW: "zero_window",
    Label.ZERO_WINDOW_PROBE: "zero_window_probe",
    Label.ZERO_WINDOW_PROBE_ACK: "zero_window_probe_ack",
    Label.KEEP_ALIVE: "keep_alive",
    Label.KEEP_ALIVE_ACK: "keep_alive_ack",
    Label.WINDOW_FULL: "window_full",
    Label.WINDOW_UPDATE: "window_update",
    Label.PORT_REUSED: "reused_ports",
    Label.PREVIOUS_SEGMENT_NOT_CAPTURED: "lost_segment",
    Label.ACKED_UNSEEN_SEGMENT: "ack_lost_segment",
}
"""By label, the name of Wireshark's flag, tcp.analysis.*."""
FIELDS = (
    "frame.number",
    "tcp.seq",
    "tcp.ack",
    "tcp.window_size",
    *(f"tcp.analysis.{name}" for name in FLAGS.values()),
)


def told(path: Path) -> dict[int, dict[str, str]]:
    """Give what tshark says of each TCP segment of a sample: by frame, the texts of FIELDS."""
    return _told()[path]


@functools.cache
def _told() -> dict[Path, dict[int, dict[str, str]]]:
    tshark = shutil.which("tshark")
    assert tshark, "these tests need tshark"
    frames = [(path, number) for path in CAPTURES for number, _ in enumerate(_records(path), start=1)]
    with tempfile.NamedTemporaryFile(suffix=".pcap") as file:
        file.write(_joined())
        file.flush()
        wanted = [word for field in FIELDS for word in ("-e", field)]
        command = [tshark, "-n", "-r", file.name, "-Y", "tcp", "-T", "fields", *wanted]
        lines = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    found: dict[Path, dict[int, dict[str, str]]] = {path: {} for path in CAPTURES}
    for row in csv.DictReader(io.StringIO(lines), fieldnames=FIELDS, delimiter="\t"):
        path, number = frames[int(row["frame.number"]) - 1]
        found[path][number] = row
    return found


def _joined() -> bytes:
    """Give all samples as one file of pcap."""
    [header] = {_content(path)[:FILE_HEADER] for path in CAPTURES}
    pieces = [header]
    for place, path in enumerate(CAPTURES):
        pieces += [_readdressed(record, place) for record in _records(path)]
    return b"".join(pieces)


@functools.cache
def _content(path: Path) -> bytes:
    """Give a sample as a pcap file of nanoseconds, which all but one are."""
    if path.suffix == ".pcap":
        return path.read_bytes()
    return subprocess.run(["mergecap", "-F", "nsecpcap", "-w", "-", path], capture_output=True, check=True).stdout


def _records(path: Path) -> Iterator[bytes]:
    content, at = _content(path), FILE_HEADER
    while at < len(content):
        end = at + RECORD_HEADER + struct.unpack_from("<I", content, at + 8)[0]
        yield content[at:end]
        at = end


def _readdressed(record: bytes, place: int) -> bytes:
    """Write the capture's place into the second and third byte of both addresses of a record's packet."""
    changed = bytearray(record)
    [ethertype] = struct.unpack_from(">H", record, RECORD_HEADER + ETHERNET - 2)
    if ethertype in FIRST_ADDRESS_AT:
        first = RECORD_HEADER + FIRST_ADDRESS_AT[ethertype]
        for at in (first, first + ADDRESS_LENGTH[ethertype]):
            struct.pack_into(">H", changed, at + 1, place)
    return bytes(changed)
