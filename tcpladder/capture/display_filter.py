"""Wireshark's display filters, by tshark itself: whether it takes one, and the numbers of the frames that match."""

import math
import re
import tempfile
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tcpladder.capture.tshark_job import CUT_SHORT, CancelledError, Child, Job, end, last_words_of, started, whole_lines
from tcpladder.capture.unchanged import Seen, check_unchanged
from tcpladder.errors import TsharkError
from tcpladder.printable import printable

CHECK_S = 10.0
LONGEST = 4000  # bytes: what the system takes as an argument has an end
KEPT_CHECKS = 256
_EMPTY_CAPTURE = bytes.fromhex("d4c3b2a1020004000000000000000000ffff000001000000")  # a pcap header: Ethernet, no frames
_MARK = re.compile(r"^\s*\^~*\s*$", re.MULTILINE)
_SIGNED = re.compile(r"^tshark: ")

Frames = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterProblem:
    """Why tshark does not take a filter: its own sentence, and the place in the filter if it names one."""

    position: int | None
    sentence: str


class DisplayFilterError(TsharkError):
    """tshark does not take a display filter."""


class DisplayFilters:
    """Asks one tshark about display filters, for one capture. Its methods may be called from any thread."""

    def __init__(
        self,
        path: Path,
        tshark: str,
        *,
        timeout_s: float = CHECK_S,
        arguments: tuple[str, ...] = (),
        seen: Seen | None = None,
    ) -> None:
        """Remember the capture and the tshark; nothing is started yet. `timeout_s` holds for one check.

        `arguments` are for each run of tshark; `seen` is the file that it has to be, where that matters.
        """
        self._seen = seen
        self._arguments = arguments
        self._path = path.absolute()  # can't be mistaken for an option or for standard input
        self._tshark = tshark
        self._timeout_s = timeout_s
        self._answers: dict[str, FilterProblem | None] = {}

    def check(self, display_filter: str, cancelled: threading.Event | None = None) -> FilterProblem | None:
        """Ask tshark what is wrong with a filter; None where nothing is. The last answers are kept.

        Raises TsharkError when tshark does not start or does not answer, CancelledError once `cancelled` is set.
        """
        if problem := _unfit(display_filter):
            return problem
        answers = self._answers
        if display_filter not in answers:
            answer = self._asked(display_filter, cancelled or threading.Event())
            self._answers = dict([*answers.items(), (display_filter, answer)][-KEPT_CHECKS:])
            return answer
        return answers[display_filter]

    def _asked(self, display_filter: str, cancelled: threading.Event) -> FilterProblem | None:
        job = Job(self._tshark, time.monotonic() + self._timeout_s, cancelled, self._arguments)
        with tempfile.TemporaryDirectory(prefix="tcpladder-") as directory:
            capture, output = Path(directory) / "empty.pcap", Path(directory) / "output"
            capture.write_bytes(_EMPTY_CAPTURE)
            with Child(job, ["-n", "-r", str(capture), "-Y", display_filter], output) as child:
                status = child.wait(job)
                words = output.with_suffix(".errors").read_bytes()
        return None if status == 0 else _problem(words, status, display_filter)

    def matching_frames(
        self, display_filter: str, cancelled: threading.Event | None = None
    ) -> Generator[Frames, None, None]:
        """Give the numbers of the matching frames as tshark finds them, in order.

        At least a few times a second there is an array, which may be empty. Setting `cancelled` ends it within a
        moment. No process outlives the iterator. Raises DisplayFilterError when tshark does not take the filter,
        TsharkError when it does not start or fails, CaptureError when the file is another by now. Of a capture that is
        cut short, whole frames are searched.
        """
        check_unchanged(self._seen)
        job = Job(self._tshark, math.inf, cancelled or threading.Event(), self._arguments)
        problem = _unfit(display_filter)
        if problem is not None:
            raise DisplayFilterError(problem.sentence)
        arguments = ["-n", "-l", "-r", str(self._path), "-Y", display_filter, "-T", "fields", "-e", "frame.number"]
        with tempfile.TemporaryFile() as errors, started(job, arguments, errors) as process:
            try:
                for lines in whole_lines(process, job):
                    yield np.array([line for line in lines if line.isdigit()], np.uint32)
                status = process.wait()
                errors.seek(0)
                words = errors.read()
                if status and CUT_SHORT not in words:
                    problem = self.check(display_filter, job.cancelled)
                    if problem is not None:
                        raise DisplayFilterError(problem.sentence)
                    raise TsharkError(f"tshark could not search the capture: {last_words_of(words, status)}")
            except CancelledError:
                return
            finally:
                end(process)


def _unfit(display_filter: str) -> FilterProblem | None:
    """Say what tshark need not be asked."""
    if not display_filter:
        return FilterProblem(position=0, sentence="A display filter is missing, such as tcp.analysis.retransmission.")
    if printable(display_filter) != display_filter:
        return FilterProblem(position=0, sentence="A display filter has no control characters.")
    if len(display_filter.encode()) > LONGEST:
        return FilterProblem(position=LONGEST, sentence=f"A display filter has {LONGEST} bytes at most.")
    return None


def _problem(words: bytes, status: int, display_filter: str) -> FilterProblem:
    """Take tshark's first line for the sentence, and its mark below the repeated filter for the place."""
    lines = words.decode(errors="replace").splitlines()
    marked = next((at for at, line in enumerate(lines) if _MARK.match(line)), None)
    position = None
    if marked:
        shift = lines[marked - 1].find(display_filter[:1])
        position = max(min(lines[marked].index("^") - shift, len(display_filter)), 0)
    told = [line for line in lines if _SIGNED.match(line)]
    sentence = printable(_SIGNED.sub("", told[0])) if told else last_words_of(words, status)
    return FilterProblem(position=position, sentence=sentence)
