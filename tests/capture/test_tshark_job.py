"""Work for tshark ends when it is not wanted any more, or takes too long; its last words are told."""

import subprocess
import tempfile
import threading
import time
from pathlib import Path

import pytest

from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.capture.tshark_job import CancelledError, Child, Job, end, last_words_of, started
from tcpladder.errors import TsharkError
from tests.interrupting import children, interrupted_at


def test_a_cancelled_job_ends() -> None:
    cancelled = threading.Event()
    job = Job("tshark", time.monotonic() + 60, cancelled)
    job.check()
    cancelled.set()
    with pytest.raises(CancelledError):
        job.check()


def test_a_job_whose_time_is_over_says_so() -> None:
    with pytest.raises(TsharkError, match="took too long"):
        Job("tshark", time.monotonic() - 1, threading.Event()).check()


def test_a_child_is_gone_when_its_context_is_left(tmp_path: Path) -> None:
    job = Job(find_tshark().path, time.monotonic() + 60, threading.Event())
    with Child(job, ["-r", "/dev/zero"], tmp_path / "output") as child:
        status = child.wait(job)
    assert status != 0
    assert "zero" in child.last_words(status)


def test_a_tshark_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    job = Job(str(tmp_path / "no-tshark"), time.monotonic() + 60, threading.Event())
    with pytest.raises(TsharkError, match="could not be run"):
        Child(job, ["-v"], tmp_path / "output")


def test_what_root_is_warned_of_is_no_news() -> None:
    errors = b'Running as user "root" and group "root". This could be dangerous.\ntshark: it is \x1b[31mbroken\n'
    assert last_words_of(errors, 2) == r"tshark: it is \x1b[31mbroken"
    assert last_words_of(b"", 2) == "it ended with status 2 and said nothing."


def test_an_interrupt_at_any_moment_leaves_no_process(tmp_path: Path) -> None:
    """Ctrl-C before any line of Python's own that starts or ends a tshark which hangs."""
    job = Job("sleep", time.monotonic() + 60, threading.Event())
    output = tmp_path / "output"

    def start_to_file() -> None:
        with Child(job, ["600"], output):
            pass

    def start_to_pipe() -> None:
        with tempfile.TemporaryFile() as errors:
            process = started(job, ["600"], errors)
            try:
                job.check()
            finally:
                end(process)

    for work in (start_to_file, start_to_pipe):
        point = 0
        while interrupted_at(point, (subprocess,), work):
            assert children() == [], point
            point += 1
        assert point > 40
