"""A capture that grows or is touched is the same; one that is gone, shorter, or another is told in one sentence."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tcpladder.capture.display_filter import DisplayFilters
from tcpladder.capture.dissection import Dissector
from tcpladder.capture.infos import Infos
from tcpladder.capture.payloads import PayloadSource
from tcpladder.capture.unchanged import EDGE, check_unchanged, see
from tcpladder.errors import CaptureError
from tests.samples import analysis_of, path_of

CONTENT = bytes(range(256)) * 64
Change = Callable[[Path], object]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "a.pcap"
    path.write_bytes(CONTENT)
    os.utime(path, ns=(0, 0))
    return path


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more")


def put_in_its_place(path: Path, content: bytes = CONTENT) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(content)
    other.replace(path)


@pytest.mark.parametrize("change", [lambda path: path, grow, Path.touch, put_in_its_place])
def test_what_grows_is_touched_or_restored_is_the_same(capture: Path, change: Change) -> None:
    seen = see(capture)
    change(capture)
    check_unchanged(seen)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Path.unlink, "'a.pcap' is gone since it was opened."),
        (lambda path: path.write_bytes(CONTENT[:-1]), "'a.pcap' is shorter than when it was opened."),
        (lambda path: put_in_its_place(path, CONTENT + b"more"), "'a.pcap' is another file than the one"),
        (lambda path: path.write_bytes(b"x" + CONTENT[1:]), "'a.pcap' is another file than the one"),
        (lambda path: path.write_bytes(CONTENT[:-EDGE] + b"x" + CONTENT[-EDGE + 1 :]), "'a.pcap' is another file"),
    ],
)
def test_what_is_not_is_told(capture: Path, change: Change, sentence: str) -> None:
    seen = see(capture)
    change(capture)
    with pytest.raises(CaptureError, match="What was read before stays") as raised:
        check_unchanged(seen)
    assert raised.value.sentence.startswith(sentence)


def test_what_can_not_be_seen_is_never_another(tmp_path: Path) -> None:
    assert see(tmp_path / "none.pcap") is None
    check_unchanged(None)


def test_whoever_reads_it_again_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(path_of("http-keepalive.client").read_bytes())
    seen, segments, never = see(path), analysis_of(path).segments_of(1), threading.Event()
    put_in_its_place(path, path_of("ipv6.client").read_bytes())
    infos = Infos(path, None, seen)
    assert not infos.load(segments, [3], never)
    assert not infos.load(segments, [4], never)
    assert (infos.known(4), infos.new_trouble()[:8], infos.new_trouble()) == (None, "'a.pcap'", "")
    for reading in (
        lambda: PayloadSource(path, seen=seen).payloads_of(segments),
        lambda: Dissector(path, "no-tshark", seen=seen).load_around(4, [4]),
        lambda: next(DisplayFilters(path, "no-tshark", seen=seen).matching_frames("tcp")),
    ):
        with pytest.raises(CaptureError, match=r"than when it was opened|another file"):
            reading()
