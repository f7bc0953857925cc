"""Copies of chosen frames: what is in them, and what becomes of damaged files."""

import threading
import time
from pathlib import Path

import pytest

from tcpladder.capture import frame_copy
from tcpladder.capture.frame_copy import copied
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.capture.tshark_job import Job
from tcpladder.errors import CaptureError

SAMPLE = Path(__file__).parents[2] / "sample_captures" / "graceful-close-by-client.client.pcap"
HEADER = 24
FRAMES = 11


@pytest.fixture
def job() -> Job:
    return Job(find_tshark().path, time.monotonic() + 60, threading.Event())


def test_a_small_capture_is_copied_whole(job: Job, tmp_path: Path) -> None:
    copy = copied(SAMPLE, frozenset({3}), frozenset({3}), job, tmp_path)
    assert copy.whole
    assert copy.frames[:3] == [1, 2, 3]
    assert b"".join(copy.blocks) == SAMPLE.read_bytes()[: sum(map(len, copy.blocks))]


def test_of_a_large_one_only_the_chosen_frames_are_copied(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frame_copy, "WHOLE_CAPTURE_BYTES", 0)
    whole = copied(SAMPLE, frozenset({2, 5}), frozenset({2, 5}), job, tmp_path)
    assert (whole.whole, whole.frames) == (False, [2, 5])
    assert all(data in SAMPLE.read_bytes() for data in whole.data)


def test_a_file_that_is_cut_off_gives_the_frames_before(job: Job, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(SAMPLE.read_bytes()[:-5])
    copy = copied(cut, frozenset({FRAMES - 1}), frozenset({FRAMES - 1}), job, tmp_path)
    assert copy.frames[-1] == FRAMES - 1


def test_a_record_that_claims_to_be_huge_ends_the_copy_and_takes_no_memory(job: Job, tmp_path: Path) -> None:
    damaged = bytearray(SAMPLE.read_bytes())
    damaged[HEADER + 8 : HEADER + 12] = b"\xff\xff\xff\x7f"
    file = tmp_path / "damaged.pcap"
    file.write_bytes(damaged)
    with pytest.raises(CaptureError, match="can't be read by tshark"):
        copied(file, frozenset({1}), frozenset({1}), job, tmp_path)
