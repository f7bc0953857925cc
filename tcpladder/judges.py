"""Processes that judge shards beside this one, so that large captures use every processor.

Each is a Python of its own that is handed shards through a pipe and answers through another. It ends when its pipe
does, whatever becomes of us, and has no part in what the keyboard sends.
"""

import contextlib
import gc
import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from tcpladder.rulebook.docket import Brief
from tcpladder.rulebook.judging import Heard, Hearing
from tcpladder.rules import catalogue
from tcpladder.tcp.zeek import SourceIds

MOST = 8
"""Processes; with more, handing out shards takes longer than judging them."""

LEAST_SEGMENTS = 300_000
"""For fewer, starting processes takes longer than they save."""


def processors() -> int:
    """Give how many processors there are for us."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(slots=True)
class _Judge:
    """One process."""

    process: "subprocess.Popen[bytes]" = field(
        default_factory=lambda: subprocess.Popen(
            [sys.executable, "-P", "-m", "tcpladder.judges"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "POLARS_MAX_THREADS": "1"},  # each process is for one processor
        )
    )

    def ask(self, brief: Brief, spoilt: SourceIds) -> Heard | None:
        """Have a shard judged; None where the process does not answer."""
        if self.process.stdin is None or self.process.stdout is None:
            raise AssertionError("both are pipes")
        try:
            pickle.dump((brief, spoilt), self.process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            self.process.stdin.flush()
            answer = pickle.load(self.process.stdout)  # noqa: S301 - from a process that we started
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):  # ValueError: the pipe was closed by `end`
            return None
        return answer if isinstance(answer, Heard) else None

    def end(self) -> None:
        """End the process, at once if it is at work."""
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # what it was to read is still to be written
                    pipe.close()


class Judges:
    """Judges shards in several processes; a `rulebook.judging.Run`, for once.

    They begin to start when it is made: it takes them some tenths of a second.
    """

    def __init__(self) -> None:
        self._judges: list[_Judge] = []
        self._is_closed = False
        with contextlib.suppress(
            OSError
        ):  # where no more processes can be had, those that there are judge, or this one
            for _ in range(min(processors(), MOST)):
                self._judges.append(_Judge())

    def __call__(self, hear: Hearing, briefs: Iterable[Brief]) -> Iterator[Heard]:
        """Give what is heard of each shard, in the order in which that comes.

        A shard that a process does not answer for is judged here. Closing the iterator ends the processes.
        """
        if not self._judges:
            yield from map(hear, briefs)
            return
        waiting = iter(briefs)
        lock = threading.Lock()
        done: queue.SimpleQueue[Heard | BaseException | None] = queue.SimpleQueue()

        def work(judge: _Judge) -> None:
            try:
                while True:
                    with lock:
                        brief = next(waiting, None)
                    heard = brief and judge.ask(brief, hear.spoilt)
                    if brief is None or self._is_closed:
                        break
                    done.put(heard or hear(brief))
            except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits for it
                done.put(error)
            done.put(None)

        for judge in self._judges:
            threading.Thread(target=work, args=(judge,), daemon=True).start()
        try:
            working = len(self._judges)
            while working:
                heard = done.get()
                if isinstance(heard, BaseException):
                    raise heard
                if heard is None:
                    working -= 1
                else:
                    yield heard
        finally:
            self.close()

    def close(self) -> None:
        """End the processes."""
        self._is_closed = True
        for judge in self._judges:
            judge.end()


def main() -> None:
    """Be one of the processes: judge what comes in by all rules, until nothing comes any more."""
    rules = catalogue()
    gc.freeze()
    gc.disable()  # between two shards is the time to collect
    while True:
        try:
            brief, spoilt = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started us
        except EOFError:
            return
        pickle.dump(Hearing(rules, spoilt)(brief), sys.stdout.buffer, protocol=pickle.HIGHEST_PROTOCOL)
        sys.stdout.buffer.flush()
        gc.collect()


if __name__ == "__main__":
    main()
