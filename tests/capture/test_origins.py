"""Which capture a frame of a merged one came from."""

import gzip
import subprocess
from pathlib import Path

from tcpladder.capture.dissection import Dissector
from tcpladder.capture.merging import as_one
from tcpladder.capture.tshark_binary import find_tshark
from tests.samples import path_of


def found(files: tuple[Path, ...], frame: int) -> str:
    """Give the first line of the frame's detail where they are merged."""
    with as_one(files) as captures:
        dissector = Dissector(captures.path, find_tshark().path, files=captures.files)
        [packet] = dissector.dissect([frame])
    return packet.layers[0].label


def test_each_frame_says_which_capture_it_came_from_and_its_number_there(tmp_path: Path) -> None:
    """Of three captures, the second has been rewritten as pcapng; the last is of some hours later, or earlier."""
    names = ("refused.client", "ipv6.client", "graceful-close-by-client.client")
    files = [path_of(name) for name in names]
    rewritten = tmp_path / "rewritten.pcapng"
    subprocess.run(
        [find_tshark().path, "-r", files[1], "-F", "pcapng", "-w", rewritten], check=True, capture_output=True
    )
    files[1] = rewritten
    with as_one(tuple(files)) as captures:
        dissector = Dissector(captures.path, find_tshark().path, files=captures.files)
        packets = dissector.dissect(range(1, 1000))
    told: dict[str, list[int]] = {}
    for packet in packets:
        words, _, number = packet.layers[0].label.partition(", frame ")
        told.setdefault(words, []).append(int(number.removesuffix(" there")))
    assert sorted(told) == sorted(f"From '{file.name}'" for file in files)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in told.values())


def test_where_it_can_not_be_known_nothing_is_said(tmp_path: Path) -> None:
    packed = tmp_path / "a.pcap.gz"
    packed.write_bytes(gzip.compress(path_of("refused.client").read_bytes()))
    assert found((packed, path_of("ipv6.client")), 1).startswith("Frame 1")
