"""Processes that work on many captures at once, one on each.

Each is a Python of its own that is handed jobs through a pipe and answers through another. It has no part in what the
keyboard sends. It ends as errors do, removing what is temporary, when its pipe does, whatever becomes of us.
"""

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NoReturn, TypeVar

from tcpladder.errors import DEBUG_VARIABLE, TcpladderError, quoted
from tcpladder.printable import printable
from tcpladder.processors import ONE_THREAD
from tcpladder.unwinding import leave

GRACE_S = 2.0  # how long a process may take to end before it is ended
Job = TypeVar("Job")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job has no result, in a sentence."""

    sentence: str

    def of(self, path: Path) -> str:
        """Give the sentence so that it names the file that the job was about."""
        name = printable(str(path))
        return self.sentence if name in self.sentence else f"{quoted(path)}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """What came of the job at a place."""

    place: int
    result: Result | Failure


def worked(task: Callable[[Job], Result], jobs: Sequence[Job], processes: int) -> Generator[Done[Result], None, None]:
    """Do all jobs, so many at once, and give what comes of each as it comes. No process is left when that ends.

    With one process it is this one. Otherwise the task has to be a function of a module.
    """
    if processes <= 1:
        for place, job in enumerate(jobs):
            yield Done(place, _done(task, job))
        return
    crew = _Crew(processes)
    try:
        yield from crew.done(task, jobs)
    finally:
        crew.close()


def in_order(done: Iterable[Done[Result]]) -> Iterator[Done[Result]]:
    """Give what came of jobs in the order of the jobs, each as soon as all before it have come."""
    waiting: dict[int, Done[Result]] = {}
    place = 0
    for each in done:
        waiting[each.place] = each
        while place in waiting:
            yield waiting.pop(place)
            place += 1


def _done(task: Callable[[Job], Result], job: Job) -> Result | Failure:
    """Do a job; what goes wrong with one capture is no reason to leave the others alone."""
    try:
        return task(job)
    except TcpladderError as error:
        return Failure(str(error))
    except MemoryError:
        return Failure("There is not enough memory for it.")
    except Exception as error:  # noqa: BLE001 - as at the outer door: whatever comes here is our mistake
        if os.environ.get(DEBUG_VARIABLE):
            traceback.print_exc()
        told = printable(f"{type(error).__name__}: {error}")
        return Failure(f"An error in tcpladder itself: {told}. {DEBUG_VARIABLE}=1 shows where.")


class _Worker:
    """One process; when it has died at a job, the next job starts another one."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_over = False
        self._lock = threading.Lock()  # no process is started once there is nothing more to do

    def ask(self, packed: bytes) -> object:
        """Hand over a job and wait for what comes of it."""
        try:
            with self._lock:
                if self._is_over:
                    return Failure("It was not begun.")
                process = self._process = self._process or _started()
        except OSError as error:
            return Failure(f"No process could be started for it: {printable(error.strerror or str(error))}.")
        if process.stdin is None or process.stdout is None:
            raise AssertionError("they are pipes")
        try:
            process.stdin.write(packed)
            process.stdin.flush()
            return pickle.load(process.stdout)  # noqa: S301 - from a process that we started
        except (OSError, EOFError, ValueError, AttributeError, ImportError, pickle.UnpicklingError):
            self.close(time.monotonic() + GRACE_S)
            return Failure(_ended(process.wait()))

    def begin_to_close(self) -> None:
        """Let the process know that there is nothing more to do."""
        with self._lock:
            self._is_over = True
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):  # what it was to read is still to be written
                self._process.stdin.close()

    def close(self, deadline: float = 0.0) -> None:
        """End the process: by itself until a moment of `time.monotonic`, with all that it started after that."""
        process, self._process = self._process, None
        if process is None:
            return
        try:
            process.wait(max(deadline - time.monotonic(), 0.0))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _started() -> "subprocess.Popen[bytes]":
    found_in = [str(entry or Path.cwd()) for entry in sys.path]  # so that it finds the same modules as we do
    program = f"import sys; sys.path[:] = {found_in!r}; from tcpladder.many import crew; crew.main()"
    return subprocess.Popen(
        [sys.executable, "-P", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if os.environ.get(DEBUG_VARIABLE) else subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, **ONE_THREAD},  # each process is for one processor
    )


def _ended(status: int) -> str:
    if status == -signal.SIGKILL:
        return "The process that worked on it was ended, perhaps since memory ran out; --jobs 1 needs least."
    why = f"by signal {-status}" if status < 0 else f"with status {status}"
    return f"The process that worked on it ended {why}."


class _Crew:
    """The processes, and a thread for each that hands out jobs to it."""

    def __init__(self, processes: int) -> None:
        self._workers = [_Worker() for _ in range(processes)]
        self._is_closed = False

    def done(self, task: Callable[[Job], Result], jobs: Sequence[Job]) -> Iterator[Done[Result]]:
        """Have all jobs done; give what comes of each as it comes."""
        waiting: queue.SimpleQueue[tuple[int, Job]] = queue.SimpleQueue()
        for place_and_job in enumerate(jobs):
            waiting.put(place_and_job)
        done: queue.SimpleQueue[Done[Result]] = queue.SimpleQueue()
        for worker in self._workers:
            threading.Thread(target=self._work, args=(worker, task, waiting, done), daemon=True).start()
        for _ in jobs:
            yield done.get()

    def _work(
        self,
        worker: _Worker,
        task: Callable[[Job], Result],
        waiting: "queue.SimpleQueue[tuple[int, Job]]",
        done: "queue.SimpleQueue[Done[Result]]",
    ) -> None:
        while not self._is_closed:
            try:
                place, job = waiting.get_nowait()
            except queue.Empty:
                return
            done.put(Done(place, worker.ask(pickle.dumps((task, job)))))  # type: ignore[arg-type] # what the task gave

    def close(self) -> None:
        """End the processes, whatever they are at."""
        self._is_closed = True
        for worker in self._workers:
            worker.begin_to_close()
        deadline = time.monotonic() + GRACE_S
        for worker in self._workers:
            worker.close(deadline)


def main() -> NoReturn:
    """Be one of the processes: do what comes in, until nothing comes any more."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whatever else is printed is no answer
    signal.signal(signal.SIGTERM, leave)
    jobs: queue.SimpleQueue[tuple[Callable[[object], object], object]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    try:
        while True:
            task, job = jobs.get()
            pickle.dump(_done(task, job), answers)
            answers.flush()
    except SystemExit:
        os._exit(0)  # at once: there is a thread that still listens


def _listen(jobs: "queue.SimpleQueue[tuple[Callable[[object], object], object]]") -> None:
    """Take in jobs, and when there come no more end the process, whatever it is at."""
    with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            jobs.put(pickle.load(sys.stdin.buffer))  # noqa: S301 - from the process that started us
    os.kill(os.getpid(), signal.SIGTERM)
