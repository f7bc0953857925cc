"""The PDML of chosen frames, and the end of a tshark that fails."""

import threading
import time
from pathlib import Path

import pytest

from tcpladder.capture.pdml_capture import PdmlCapture
from tcpladder.capture.pdml_tree import frame_number
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.capture.tshark_job import CancelledError, Job
from tcpladder.errors import TsharkError

SAMPLE = Path(__file__).parents[2] / "sample_captures" / "graceful-close-by-client.client.pcap"


@pytest.fixture
def job() -> Job:
    return Job(find_tshark().path, time.monotonic() + 60, threading.Event())


def read(path: Path, frames: list[int], job: Job) -> list[int]:
    packets: list[bytes] = []
    PdmlCapture(path, tshark=job.tshark, frames=frames).read(packets.append, job)
    return [frame_number(packet) for packet in packets]


def test_the_wanted_frames_are_given_and_no_others(job: Job) -> None:
    assert read(SAMPLE, [1, 3, 4, 9], job) == [1, 3, 4, 9]


def test_a_file_that_tshark_can_not_read_is_one_clear_error(job: Job, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    foreign.write_text("no capture")
    with pytest.raises(TsharkError, match="tshark failed"):
        read(foreign, [1], job)


def test_reading_that_is_not_wanted_any_more_ends(job: Job) -> None:
    job.cancelled.set()
    with pytest.raises(CancelledError):
        read(SAMPLE, [1], job)
