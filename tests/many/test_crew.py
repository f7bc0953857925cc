"""Processes that work on many jobs: all are done, whatever becomes of one; none is left, whatever becomes of us."""

import itertools
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tcpladder.errors import DEBUG_VARIABLE, CaptureError
from tcpladder.many import crew
from tcpladder.many.crew import Done, Failure, worked
from tests.cli.running import environment

SOON_S = 20.0


def is_soon(what: Callable[[], bool]) -> bool:
    end = time.monotonic() + SOON_S
    while not what() and time.monotonic() < end:
        time.sleep(0.01)
    return what()


def is_running(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Give the list of the processes that are started; at the end of the test none of them may be running."""
    processes: list[int] = []
    start = crew._started

    def note() -> "subprocess.Popen[bytes]":
        process = start()
        processes.append(process.pid)
        return process

    monkeypatch.setattr(crew, "_started", note)
    yield processes
    assert [process for process in processes if is_running(process)] == []


def test_all_jobs_are_done_in_other_processes(started: list[int]) -> None:
    found = {done.place: done.result for done in worked(math.factorial, [3, 5, -1, 4], 2)}
    assert (found.pop(0), found.pop(1), found.pop(3)) == (6, 120, 24)
    told = "An error in tcpladder itself: ValueError: factorial() not defined for negative values."
    assert found == {2: Failure(f"{told} {DEBUG_VARIABLE}=1 shows where.")}
    assert len(started) == 2


def test_one_process_is_this_one(started: list[int]) -> None:
    def task(job: int) -> int:
        if job == 2:
            raise CaptureError("There is no file.", "Look for it.")
        if job == 3:
            raise MemoryError
        return os.getpid()

    assert list(worked(task, [1, 2, 3, 4], 1)) == [
        Done(0, os.getpid()),
        Done(1, Failure("There is no file. Look for it.")),
        Done(2, Failure("There is not enough memory for it.")),
        Done(3, os.getpid()),
    ]
    assert started == []


def test_the_other_jobs_are_done_when_a_process_dies(started: list[int]) -> None:
    done = {each.place: each.result for each in worked(signal.raise_signal, [9, 6, 18], 2)}
    assert done == {
        0: Failure("The process that worked on it was ended, perhaps since memory ran out; --jobs 1 needs least."),
        1: Failure("The process that worked on it ended by signal 6."),
        2: None,
    }
    assert len(started) in (3, 4), "a new one took the place of each"


def test_a_failure_names_the_file_where_its_sentence_does_not() -> None:
    assert Failure("It ended.").of(Path("a\x1b.pcap")) == r"'a\x1b.pcap': It ended."
    assert Failure(r"There is no file 'a\x1b.pcap'.").of(Path("a\x1b.pcap")) == r"There is no file 'a\x1b.pcap'."


def test_a_process_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(crew, "_started", fail)
    (done,) = worked(math.factorial, [3], 2)
    assert done.result == Failure("No process could be started for it: Resource temporarily unavailable.")


def test_whoever_has_enough_ends_the_processes_at_their_work(started: list[int]) -> None:
    with closing(worked(time.sleep, [0, 600, 600], 2)) as work:
        assert next(work) == Done(0, None)
        while len(started) < 2:
            time.sleep(0.01)


def test_a_process_that_is_being_started_while_the_work_ends_is_ended_too(
    started: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    start, begun, turns = crew._started, threading.Event(), itertools.count()

    def slow() -> "subprocess.Popen[bytes]":
        if next(turns):
            begun.set()
            time.sleep(0.5)
        return start()

    monkeypatch.setattr(crew, "_started", slow)
    with closing(worked(time.sleep, [0, 600, 600], 2)) as work:
        assert next(work) == Done(0, None)
        assert begun.wait(10)
    assert len(started) == 2


def test_they_end_when_the_program_is_killed(tmp_path: Path) -> None:
    told = tmp_path / "processes"
    program = f"""
import sys, time
from tcpladder.many import crew
start = crew._started
def note():
    process = start()
    print(process.pid, file=open({str(told)!r}, "a"))
    return process
crew._started = note
list(crew.worked(time.sleep, [600, 600], 2))
"""
    with subprocess.Popen([sys.executable, "-c", program], env=environment()) as process:
        assert is_soon(lambda: told.is_file() and len(told.read_text().split()) == 2)
        process.kill()
    assert is_soon(lambda: not any(is_running(int(each)) for each in told.read_text().split()))
