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
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from tcpladder.processors import ONE_THREAD, processors
from tcpladder.rulebook.docket import Brief
from tcpladder.rulebook.judging import Heard, Hearing
from tcpladder.rules import catalogue

MOST = 8
"""Processes; with more, handing out shards takes longer than judging them."""

LEAST_SEGMENTS = 300_000
"""For fewer, starting processes takes longer than they save."""


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
            env={**os.environ, **ONE_THREAD},  # each process is for one processor
        )
    )

    def send(self, packed: bytes) -> bool:
        """Hand over what is to be judged; tell whether the process took it."""
        if self.process.stdin is None:
            raise AssertionError("it is a pipe")
        try:
            self.process.stdin.write(packed)
            self.process.stdin.flush()
        except (OSError, ValueError):  # ValueError: the pipe was closed by `end`
            return False
        return True

    def answer(self) -> Heard | None:
        """Wait for what was judged; None where the process does not answer."""
        if self.process.stdout is None:
            raise AssertionError("it is a pipe")
        try:
            answer = pickle.load(self.process.stdout)  # noqa: S301 - from a process that we started
        except (OSError, EOFError, ValueError, pickle.UnpicklingError):
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


_Done: TypeAlias = "queue.SimpleQueue[Heard | BaseException | None]"
"""What was judged, mistakes, and None from each process that has come to its end."""


@dataclass(frozen=True, slots=True)
class _Shard:
    """A shard to be judged, and the same as it is sent to a process, if that was made already."""

    brief: Brief
    packed: bytes | None = None


class _Work:
    """The shards that are still to be judged; several threads take them."""

    def __init__(self, briefs: Iterable[Brief], hear: Hearing) -> None:
        self._briefs = iter(briefs)
        self._spoilt = hear.spoilt
        self._packed: deque[_Shard] = deque()
        self._lock = threading.Lock()

    def take(self) -> _Shard | None:
        """Give a shard that nobody else has, or None when there is no more."""
        with self._lock:
            if self._packed:
                return self._packed.popleft()
            brief = next(self._briefs, None)
        return None if brief is None else _Shard(brief)

    def pack(self, brief: Brief) -> bytes:
        """Write a shard as a process reads it."""
        return pickle.dumps((brief, self._spoilt), protocol=pickle.HIGHEST_PROTOCOL)

    def pack_one(self) -> None:
        """Have a shard ready to be sent."""
        with self._lock:
            brief = None if self._packed else next(self._briefs, None)
        if brief is not None:
            self._packed.append(_Shard(brief, self.pack(brief)))


class Judges:
    """Judges shards in several processes; a `rulebook.judging.Run`, for once.

    They begin to start when it is made: it takes them some tenths of a second. With `here`, where nobody waits for this
    process to do anything else, it judges too, and there is one process less.
    """

    def __init__(self, *, here: bool = False) -> None:
        self._here = here
        self._judges: list[_Judge] = []
        self._is_closed = False
        self.is_taken = False  # whether they were given something to judge
        with contextlib.suppress(
            OSError
        ):  # where no more processes can be had, those that there are judge, or this one
            for _ in range(min(processors(), MOST) - here):
                self._judges.append(_Judge())

    def __call__(self, hear: Hearing, briefs: Iterable[Brief]) -> Iterator[Heard]:
        """Give what is heard of each shard, in the order in which that comes.

        A shard that a process does not answer for is judged here. Closing the iterator ends the processes.
        """
        self.is_taken = True
        if not self._judges:
            yield from map(hear, briefs)
            return
        work = _Work(briefs, hear)
        done: _Done = queue.SimpleQueue()
        for judge in self._judges:
            threading.Thread(target=self._have_judged, args=(judge, work, hear, done), daemon=True).start()
        try:
            working = len(self._judges)
            while working:
                if self._here and done.empty() and (shard := work.take()):
                    yield _judged_here(hear, shard.brief)
                    continue
                heard = done.get()
                if isinstance(heard, BaseException):
                    raise heard
                if heard is None:
                    working -= 1
                else:
                    yield heard
        finally:
            self.close()

    def _have_judged(self, judge: _Judge, work: _Work, hear: Hearing, done: _Done) -> None:
        """Have a process judge as long as there is something to judge."""
        try:
            while (shard := work.take()) and not self._is_closed:
                is_sent = judge.send(shard.packed or work.pack(shard.brief))
                work.pack_one()  # so that the process need not wait for its next one
                heard = judge.answer() if is_sent else None
                if self._is_closed:
                    break
                done.put(heard or hear(shard.brief))
        except BaseException as error:  # noqa: BLE001 - it is raised where somebody waits for it
            done.put(error)
        done.put(None)

    def close(self) -> None:
        """End the processes."""
        self._is_closed = True
        for judge in self._judges:
            judge.end()


def _judged_here(hear: Hearing, brief: Brief) -> Heard:
    """Judge a shard without looking for garbage meanwhile."""
    is_collecting = gc.isenabled()
    gc.disable()
    try:
        return hear(brief)
    finally:
        if is_collecting:
            gc.enable()


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
