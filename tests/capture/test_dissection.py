"""Frames through pyshark: the same trees however a capture is stored, and nothing left behind."""

import asyncio
import gc
import gzip
import os
import re
import stat
import struct
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from pyshark.capture.capture import Capture

from tcpladder.capture import dissection, frame_copy
from tcpladder.capture.dissection import Dissector
from tcpladder.capture.pdml_tree import BY_WHOLE_FILE, DissectedPacket, ProtocolNode
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.errors import CaptureError, TcpladderError, TsharkError
from tcpladder.printable import printable

SAMPLES = Path(__file__).parents[2] / "sample_captures"
TSHARK = find_tshark().path
ACK, PSH_ACK, SYN, SYN_ACK, FIN_ACK = 0x10, 0x18, 0x02, 0x12, 0x11
ETHERNET = bytes.fromhex("020000000009 020000000005 0800")
BODY = b"<p>" + b"x" * 800
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
REQUEST = b"GET /\x1b[31m[bold]red HTTP/1.1\r\nHost: a.example\r\n\r\n"
CONNECTIONS, EACH = 3, 11  # of the capture below, one segment of each in turn


def segment(
    port: int, seq: int, ack: int, flags: int, payload: bytes = b"", *, back: bool = False, mss: int | None = None
) -> bytes:
    """Make an Ethernet frame from 10.0.0.5:`port` to 10.0.0.9:80, or the way back."""
    options = b"" if mss is None else struct.pack(">BBH", 2, 4, mss)
    source, destination, ports = bytes([10, 0, 0, 5]), bytes([10, 0, 0, 9]), (port, 80)
    if back:
        source, destination, ports = destination, source, (80, port)
    offset_and_flags = (5 + len(options) // 4) << 12 | flags
    tcp = struct.pack(">HHIIHHHH", *ports, seq, ack, offset_and_flags, 65000, 0, 0) + options + payload
    ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 1, 0x4000, 64, 6, 0, source, destination)
    return ETHERNET + ip + tcp


def connection(port: int) -> list[bytes]:
    """A handshake, a request, a response in three segments, and a close."""
    asked, answered = 1001 + len(REQUEST), 5001 + len(RESPONSE)
    return [
        segment(port, 1000, 0, SYN, mss=1460),
        segment(port, 5000, 1001, SYN_ACK, back=True, mss=1460),
        segment(port, 1001, 5001, ACK),
        segment(port, 1001, 5001, PSH_ACK, REQUEST),
        *(segment(port, 5001 + at, asked, PSH_ACK, RESPONSE[at : at + 300], back=True) for at in (0, 300, 600)),
        segment(port, asked, answered, ACK),
        segment(port, asked, answered, FIN_ACK),
        segment(port, answered, asked + 1, FIN_ACK, back=True),
        segment(port, asked + 1, answered + 1, ACK),
    ]


FRAMES = [frame for turn in zip(*(connection(40000 + n) for n in range(CONNECTIONS)), strict=True) for frame in turn]


def frames_of(which: int) -> list[int]:
    """Give the frame numbers of one of the connections."""
    return list(range(which + 1, CONNECTIONS * EACH + 1, CONNECTIONS))


def pcap(frames: Sequence[bytes] = FRAMES, order: str = "<", magic: int = 0xA1B2C3D4, tick: int = 1) -> bytes:
    head = struct.pack(f"{order}IHHiIII", magic, 2, 4, 0, 0, 65535, 1)
    records = (
        struct.pack(f"{order}IIII", 1700000000, at * tick, len(data), len(data)) + data
        for at, data in enumerate(frames)
    )
    return head + b"".join(records)


def pcapng(order: str = "<") -> bytes:
    """Enhanced and old packet blocks, in two sections, between blocks that hold no frame."""

    def block(kind: int, body: bytes) -> bytes:
        body += bytes(-len(body) % 4)
        length = struct.pack(f"{order}I", 12 + len(body))
        return struct.pack(f"{order}I", kind) + length + body + length

    section = block(0x0A0D0D0A, struct.pack(f"{order}IHHq", 0x1A2B3C4D, 1, 0, -1))
    section += block(1, struct.pack(f"{order}HHI", 1, 0, 65535)) + block(4, bytes(4))
    output = section
    for at, data in enumerate(FRAMES):
        moment = (1700000000_000000 + at) >> 32, (1700000000_000000 + at) & 0xFFFFFFFF
        if at == len(FRAMES) // 2:
            output += block(5, bytes(12)) + section
        if at % 2:
            output += block(6, struct.pack(f"{order}IIIII", 0, *moment, len(data), len(data)) + data)
        else:
            output += block(2, struct.pack(f"{order}HHIIII", 0, 0, *moment, len(data), len(data)) + data)
    return output


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "three.pcap"
    path.write_bytes(pcap())
    return path


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> list[DissectedPacket]:
    """Give the second connection as it is dissected in a plain file."""
    path = tmp_path_factory.mktemp("plain") / "three.pcap"
    path.write_bytes(pcap())
    return dissect(path, frames_of(1))


@pytest.fixture(autouse=True)
def nothing_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give every test a directory for temporary files, which has to be empty in the end; no child may be left."""
    directory = tmp_path / "temporary"
    directory.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(directory))
    yield
    gc.collect()
    assert list(directory.iterdir()) == []
    children = Path("/proc/self/task").glob("*/children")
    assert [child for task in children for child in task.read_text().split()] == []


@pytest.fixture
def partial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Treat every capture as too big to be copied whole."""
    monkeypatch.setattr(frame_copy, "WHOLE_CAPTURE_BYTES", 0)


def dissect(path: Path, frames: Sequence[int], within: Sequence[int] = ()) -> list[DissectedPacket]:
    return Dissector(path, TSHARK).dissect(frames, within)


def flat(nodes: Sequence[ProtocolNode]) -> Iterator[ProtocolNode]:
    for node in nodes:
        yield node
        yield from flat(node.children)


def labels(packet: DissectedPacket, *, but: frozenset[str] = frozenset()) -> list[str]:
    return [node.label for node in flat(packet.layers) if node.name not in but]


def field(packet: DissectedPacket, name: str) -> ProtocolNode:
    return next(node for node in flat(packet.layers) if node.name == name)


def test_frames_come_in_order_with_their_numbers_and_bytes(capture: Path) -> None:
    packets = dissect(capture, [20, 3, 33])
    assert [packet.frame for packet in packets] == [3, 20, 33]
    assert [packet.data for packet in packets] == [FRAMES[2], FRAMES[19], FRAMES[32]]
    assert [packet.layers[0].label.split(":")[0] for packet in packets] == ["Frame 3", "Frame 20", "Frame 33"]


def test_a_field_knows_its_bytes(capture: Path) -> None:
    (packet,) = dissect(capture, [10])
    layers = {layer.name: (layer.start, layer.length) for layer in packet.layers}
    assert layers == {"frame": (0, 103), "eth": (0, 14), "ip": (14, 20), "tcp": (34, 20), "http": (54, 49)}
    sequence = field(packet, "tcp.seq")
    assert (sequence.start, sequence.length) == (38, 4)
    assert sequence.label.startswith("Sequence Number: 1 ")


def test_reassembled_data_lights_no_bytes_of_the_last_segment(capture: Path) -> None:
    (packet,) = dissect(capture, [19])
    http = next(layer for layer in packet.layers if layer.name == "http")
    assert {node.start for node in flat([http])} == {None}
    assert field(packet, "tcp.payload").start == 54
    assert field(packet, "tcp.segments").label.endswith("#13(300), #16(300), #19(243)")


def test_a_request_names_the_frame_of_its_response(capture: Path) -> None:
    (packet,) = dissect(capture, [11])
    assert field(packet, "http.response_in").label == "Response in frame: 20"


def test_hostile_text_is_shown_and_is_no_markup(capture: Path) -> None:
    (packet,) = dissect(capture, [10])
    assert all(label == printable(label) for label in labels(packet))
    assert "[31m[bold]red" in field(packet, "http.request.uri").label


@pytest.mark.usefixtures("partial")
@pytest.mark.parametrize("which", range(CONNECTIONS))
def test_in_a_partial_copy_a_frame_means_the_same(capture: Path, which: int, monkeypatch: pytest.MonkeyPatch) -> None:
    frames = frames_of(which)
    partly = dissect(capture, frames, frames)
    assert [packet.frame for packet in partly] == frames
    assert not {node.name for packet in partly for node in flat(packet.layers)} & BY_WHOLE_FILE
    monkeypatch.undo()
    wholly = dissect(capture, frames, frames)
    assert [packet.data for packet in partly] == [packet.data for packet in wholly]
    for part, whole in zip(partly, wholly, strict=True):
        assert labels(part) == labels(whole, but=BY_WHOLE_FILE)


@pytest.mark.usefixtures("partial")
def test_a_long_connection_is_copied_with_its_beginning_and_its_end(
    capture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dissection, "CONTEXT_ENDS", 3)
    monkeypatch.setattr(dissection, "CONTEXT_BEFORE", 1)
    monkeypatch.setattr(dissection, "CONTEXT_AFTER", 0)
    (packet,) = dissect(capture, [22], frames_of(0))
    assert field(packet, "tcp.seq").label.startswith(f"Sequence Number: {1 + len(REQUEST)} ")
    # tshark 4.6 writes small times in microseconds, those before it in seconds.
    assert re.search(r": (0\.000021000 seconds|21\.000 microseconds)$", field(packet, "frame.time_relative").label)
    assert re.search(r": (0\.000001000 seconds|1\.000 microseconds)$", field(packet, "frame.time_delta").label)


@pytest.mark.parametrize(
    "content",
    [
        pcap(order=">"),
        pcap(magic=0xA1B23C4D, tick=1000),
        pcapng(),
        pcapng(order=">"),
        gzip.compress(pcap()),
        gzip.compress(pcapng()),
    ],
    ids=["big-endian", "nanoseconds", "pcapng", "pcapng big-endian", "pcap.gz", "pcapng.gz"],
)
@pytest.mark.parametrize("limit", [1 << 20, 0], ids=["whole", "partial"])
def test_every_way_of_storing_gives_the_same_packets(
    content: bytes, limit: int, expected: list[DissectedPacket], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_copy, "WHOLE_CAPTURE_BYTES", limit)
    stored = tmp_path / "stored"
    stored.write_bytes(content)
    packets = dissect(stored, frames_of(1), frames_of(1))
    assert [packet.frame for packet in packets] == frames_of(1)
    assert [packet.data for packet in packets] == [packet.data for packet in expected]
    assert [labels(packet)[-5:] for packet in packets] == [labels(packet)[-5:] for packet in expected]


def test_simple_packet_blocks_have_as_many_bytes_as_the_interface_kept(tmp_path: Path) -> None:
    section = struct.pack("<IIIHHqI", 0x0A0D0D0A, 28, 0x1A2B3C4D, 1, 0, -1, 28)
    interface = struct.pack("<IIHHII", 1, 20, 1, 0, 40, 20)
    frame = FRAMES[0]
    simple = struct.pack("<III", 3, 56, len(frame)) + frame[:40] + struct.pack("<I", 56)
    path = tmp_path / "simple.pcapng"
    path.write_bytes(section + interface + simple)
    (packet,) = dissect(path, [1])
    assert packet.data == frame[:40]


@pytest.mark.parametrize(
    "name", ["http-keepalive.client.pcap", "http-keepalive.server.pcapng", "ipv6.client.pcap", "refused.server.pcap"]
)
def test_samples_bytes_and_labels(name: str) -> None:
    packets = dissect(SAMPLES / name, range(1, 1000))
    assert [packet.frame for packet in packets] == list(range(1, len(packets) + 1))
    for packet in packets:
        tcp = next(layer for layer in packet.layers if layer.name == "tcp")
        assert tcp.start is not None
        port = field(packet, "tcp.srcport")
        number = int.from_bytes(packet.data[tcp.start : tcp.start + 2], "big")
        assert port.label == f"Source Port: {number}"
        for node in flat(packet.layers):
            assert (node.start is None) == (node.length is None)
            if node.start is not None and node.length is not None:
                assert 0 <= node.start < node.start + node.length <= len(packet.data)


@pytest.mark.parametrize("name", ["-w", "-", 'it\'s "quoted".pcap', "new\nline.pcap", "$(id).pcap", "sp ace\udcff"])
def test_any_name_is_a_files(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for content in (pcap(), gzip.compress(pcap())):
        Path(name).write_bytes(content)
        assert [packet.frame for packet in dissect(Path(name), [7])] == [7]


def test_frames_before_the_place_where_a_file_is_cut_off_are_there(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    path.write_bytes(pcap()[:-10])
    assert [packet.frame for packet in dissect(path, [1, 32, 33])] == [1, 32]
    path.write_bytes(gzip.compress(pcap())[:-20])
    assert [packet.frame for packet in dissect(path, [1])] == [1]


@pytest.mark.parametrize("content", [b"", b"\xd4\xc3\xb2\xa1", b"no capture", bytes(1000)])
def test_what_is_no_capture_is_said_in_one_sentence(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "not\x1b[31m"
    path.write_bytes(content)
    with pytest.raises(CaptureError) as caught:
        Dissector(path, TSHARK).load_around(1, [1])
    assert "\x1b" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_gone_or_a_directory_is_an_error(tmp_path: Path) -> None:
    for path in (tmp_path / "gone.pcap", tmp_path):
        with pytest.raises(CaptureError, match="no file any more"):
            dissect(path, [1])


def test_a_frame_that_the_file_does_not_have_is_an_error_for_who_looks_at_it(capture: Path) -> None:
    dissector = Dissector(capture, TSHARK)
    assert dissector.dissect([500]) == []
    with pytest.raises(CaptureError, match="has no frame 500"):
        dissector.load_around(500, [500])


def test_no_frames_start_nothing(tmp_path: Path) -> None:
    assert Dissector(tmp_path / "gone", "/no/tshark").dissect([]) == []


def test_neighbours_are_kept(capture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dissection, "WINDOW_BEFORE", 1)
    monkeypatch.setattr(dissection, "WINDOW_AFTER", 2)
    dissector = Dissector(capture, TSHARK)
    packet = dissector.load_around(10, frames_of(0))
    assert packet is not None
    assert packet.frame == 10
    assert [frame for frame in range(1, 34) if dissector.cached(frame)] == [7, 10, 13, 16]
    monkeypatch.setattr(dissector, "_tshark", "/no/tshark")
    dissector.load_around(13, [10, 13, 16])  # needs no tshark


def test_what_is_kept_is_bounded_and_the_last_used_stays(capture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dissection, "CACHED_PACKETS", 3)
    dissector = Dissector(capture, TSHARK)
    dissector.dissect([1, 2, 3])
    dissector.cached(1)
    dissector.dissect([4])
    assert [frame for frame in range(1, 6) if dissector.cached(frame)] == [1, 3, 4]


def test_a_frame_outside_of_its_connection_is_dissected_by_itself(capture: Path) -> None:
    packet = Dissector(capture, TSHARK).load_around(5, [1, 4])
    assert packet is not None
    assert packet.frame == 5


def test_pyshark_touches_no_loop_and_no_watcher_but_its_own(capture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_capture: Capture) -> None:
        raise AssertionError("would ask for the current loop and replace the child watcher")

    monkeypatch.setattr(Capture, "_setup_eventloop", refuse)
    loops: list[asyncio.AbstractEventLoop] = []
    new_event_loop = asyncio.new_event_loop

    def noted() -> asyncio.AbstractEventLoop:
        loops.append(new_event_loop())
        return loops[-1]

    monkeypatch.setattr(asyncio, "new_event_loop", noted)
    assert dissect(capture, [1])
    assert [loop.is_closed() for loop in loops] == [True]


async def test_it_works_in_a_thread_beside_a_running_loop(capture: Path) -> None:
    packets = await asyncio.gather(*(asyncio.to_thread(dissect, capture, [frame]) for frame in (1, 2, 3)))
    assert [packet.frame for (packet,) in packets] == [1, 2, 3]


# Other tsharks than a good one


def program(tmp_path: Path, script: str) -> str:
    path = tmp_path / "tshark"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.mark.parametrize("content", [pcap(), gzip.compress(pcap())], ids=["pcap", "pcap.gz"])
def test_a_missing_tshark_is_said(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(TsharkError, match="'/no/tshark' could not be run: No such file"):
        Dissector(path, "/no/tshark").dissect([1])


def test_a_tshark_that_fails_is_quoted(capture: Path, tmp_path: Path) -> None:
    script = r"printf 'Running as user \"root\"\n\033[2Jno luck\n' >&2; exit 3"
    with pytest.raises(TsharkError) as caught:
        Dissector(capture, program(tmp_path, script)).dissect([1])
    assert caught.value.sentence == r"tshark failed: \x1b[2Jno luck"


def test_a_tshark_that_dies_says_its_status(capture: Path, tmp_path: Path) -> None:
    with pytest.raises(TsharkError, match="status -9"):
        Dissector(capture, program(tmp_path, "kill -9 $$")).dissect([1])


def test_what_came_before_tshark_died_is_kept(capture: Path, tmp_path: Path) -> None:
    dissector = Dissector(capture, program(tmp_path, f'"{TSHARK}" "$@" | sed "/Frame Number: 4/,\\$d"; exit 139'))
    packet = dissector.load_around(1, frames_of(0))
    assert packet is not None
    with pytest.raises(TsharkError):
        dissector.load_around(4, frames_of(0))


def test_a_tshark_that_talks_nonsense_costs_that_packet(capture: Path, tmp_path: Path) -> None:
    nonsense = '<packet><field name="frame.number" show="1"/><oops></packet>'
    (packet,) = Dissector(capture, program(tmp_path, f"echo '{nonsense}'")).dissect([1])
    assert packet.data == FRAMES[0]
    assert packet.layers[0].label.startswith("tshark's description of this frame can't be read")


@pytest.mark.parametrize("content", [pcap(), gzip.compress(pcap())], ids=["pcap", "pcap.gz"])
def test_a_tshark_that_hangs_is_ended(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    started = time.monotonic()
    with pytest.raises(TsharkError, match="too long"):
        Dissector(path, program(tmp_path, "exec sleep 60"), timeout_s=0.3).dissect([1])
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("content", [pcap(), gzip.compress(pcap())], ids=["pcap", "pcap.gz"])
@pytest.mark.usefixtures("partial")
def test_cancelling_ends_tshark_and_gives_nothing(content: bytes, tmp_path: Path) -> None:
    path, pid = tmp_path / "file", tmp_path / "pid"
    path.write_bytes(content)
    dissector = Dissector(path, program(tmp_path, f'echo $$ > "{pid}.new"; mv "{pid}.new" "{pid}"; exec sleep 60'))
    cancelled = threading.Event()
    answers: list[DissectedPacket | TcpladderError | None] = []
    thread = threading.Thread(target=lambda: answers.append(dissector.load_around(1, [1], cancelled)))
    thread.start()
    while not (pid.exists() and pid.read_text().strip()):
        time.sleep(0.01)
    cancelled.set()
    thread.join(10)
    assert answers == [None]
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)


def test_what_is_cancelled_before_it_begins_starts_nothing(capture: Path) -> None:
    cancelled = threading.Event()
    cancelled.set()
    assert Dissector(capture, "/no/tshark").load_around(1, [1], cancelled) is None


@pytest.mark.parametrize("seed", range(3))
def test_a_damaged_file_costs_no_more_than_its_frames(seed: int, tmp_path: Path) -> None:
    content = bytearray(pcapng())
    for at in range(200 + 97 * seed, len(content), 331):
        content[at] ^= 0x5A
    path = tmp_path / "damaged"
    path.write_bytes(content)
    try:
        packets = dissect(path, range(1, 40))
    except TcpladderError:
        return
    assert all(packet.layers for packet in packets)
