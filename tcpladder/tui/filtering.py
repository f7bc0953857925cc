"""What the filter line wants of the list: tokens at once, display filters by a tshark that searches in a thread."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
from textual.message import Message

from tcpladder.analysis import Analysis
from tcpladder.capture.display_filter import DisplayFilters, FilterProblem
from tcpladder.capture.tshark_job import CancelledError
from tcpladder.errors import TcpladderError
from tcpladder.filters.completion import complete
from tcpladder.filters.evaluation import kept
from tcpladder.filters.facts import Facts
from tcpladder.filters.frames import holding
from tcpladder.filters.parsing import DISPLAY, display_filter, parse
from tcpladder.filters.tree import EVERYTHING, Node, Problem
from tcpladder.filters.values import echo
from tcpladder.printable import printable

SETTLED_S = 0.2  # a display filter is checked when nothing was typed for so long
TOLD_EVERY_S = 0.2
KEPT_SEARCHES = 16

Frames = npt.NDArray[np.uint32]
Mood = Literal["", "good", "bad", "busy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is to be said of the line: whether it is a filter, in one sentence, and the place where it is none."""

    mood: Mood
    sentence: str = ""
    position: int | None = None


NOTHING_SAID = Verdict(mood="")
COMPLETE, SUBMIT, LEAVE = "filter.complete", "filter.submit", "filter.leave"  # actions of the filter line


class FilterChecked(Message):
    """tshark has said what it thinks of a display filter."""

    def __init__(self, text: str, problem: FilterProblem | None) -> None:
        super().__init__()
        self.text = text
        self.problem = problem


class FramesFound(Message):
    """tshark has found frames that match a display filter: these are all up to now."""

    def __init__(self, text: str, frames: Frames, *, is_final: bool) -> None:
        super().__init__()
        self.text = text
        self.frames = frames
        self.is_final = is_final

    def can_replace(self, message: Message) -> bool:
        """Take the place of an older one that still waits."""
        return isinstance(message, FramesFound) and message.text == self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Work on one display filter, in a thread: it posts messages, and ends soon after `cancelled` is set."""

    text: str
    tools: Callable[[], DisplayFilters]
    post: Callable[[Message], object]
    cancelled: threading.Event = field(default_factory=threading.Event)

    def check(self) -> None:
        """Wait until nothing more is typed, and have the filter checked."""
        if not self.cancelled.wait(SETTLED_S):
            self._guarded(lambda: self._tell(FilterChecked(self.text, self.tools().check(self.text, self.cancelled))))

    def run(self) -> None:
        """Search the capture."""
        self._guarded(self._search)

    def _search(self) -> None:
        found = [np.empty(0, np.uint32)]
        told = time.monotonic()
        for frames in self.tools().matching_frames(self.text, self.cancelled):
            found.append(frames)
            if time.monotonic() - told >= TOLD_EVERY_S:
                found = [np.concatenate(found)]
                self._tell(FramesFound(self.text, found[0], is_final=False))
                told = time.monotonic()
        self._tell(FramesFound(self.text, np.concatenate(found), is_final=True))

    def _tell(self, message: Message) -> None:
        if not self.cancelled.is_set():
            self.post(message)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except CancelledError:
            return
        except TcpladderError as error:
            self._tell(FilterChecked(self.text, FilterProblem(position=None, sentence=str(error))))
        except Exception as error:  # noqa: BLE001 - the thread's door: nobody above could tell the user
            told = printable(f"{type(error).__name__}: {error}")
            self._tell(
                FilterChecked(self.text, FilterProblem(position=None, sentence=f"An error in tcpladder: {told}."))
            )


class Filtering:
    """Follows the filter line, and knows what is kept: what the last valid filter kept, while it is being changed."""

    def __init__(
        self,
        tools: Callable[[], DisplayFilters],
        post: Callable[[Message], object],
        start: Callable[[Callable[[], None]], object],
        key: Callable[[str], str],
    ) -> None:
        """Use `tools` for display filters; `start` runs something in a thread, which posts messages.

        `key` names the key of an action of the filter line.
        """
        self._key = key
        self._tools = tools
        self._post = post
        self._start = start
        self._line = ""
        self._display: str | None = None
        self._search: Search | None = None
        self._kept: Node | Frames = EVERYTHING
        self._found: dict[str, Frames] = {}
        self.is_searching = False
        self.in_force = ""  # the line by which the list is filtered
        self.verdict = NOTHING_SAID

    @property
    def keeps_everything(self) -> bool:
        """Whether nothing is left out."""
        return not isinstance(self._kept, np.ndarray) and self._kept == EVERYTHING

    def follow(self, line: str) -> None:
        """Take a line as it is typed. What it keeps is asked by `mask`, what is to be said of it is in `verdict`."""
        wanted = display_filter(line)
        self._line = line
        if wanted is None or wanted != self._display:
            self.stop()
            self._display = wanted
            self.verdict = self._follow_tokens(line) if wanted is None else self._follow_display(wanted)

    def _follow_tokens(self, line: str) -> Verdict:
        node = parse(line)
        if isinstance(node, Problem):
            return Verdict(mood="bad", sentence=node.sentence, position=node.position)
        begun = _begun_token(line)
        before = parse(line[: len(line) - len(begun)])
        if begun and not isinstance(before, Problem):  # else `p`, `po` and `por` would empty the list before `port:`
            self._keep(before, line[: len(line) - len(begun)])
            complete_key, submit = self._key(COMPLETE), self._key(SUBMIT)
            return Verdict(
                mood="good", sentence=f"{complete_key} completes the token; {submit} looks for the text {echo(begun)}."
            )
        self._keep(node, line)
        return Verdict(mood="good") if line.strip() else NOTHING_SAID

    def _keep(self, kept: Node | Frames, line: str) -> None:
        self._kept, self.in_force = kept, line.strip()

    def _follow_display(self, wanted: str) -> Verdict:
        if not wanted:
            return Verdict(mood="", sentence="A Wireshark display filter, such as = tcp.analysis.retransmission")
        if wanted in self._found:
            self._keep(self._found[wanted], self._line)
            return _searched(self._found[wanted], self._key(LEAVE))
        self._begin(wanted, Search.check)
        return Verdict(mood="busy", sentence="tshark checks the filter …")

    def _begin(self, wanted: str, work: Callable[[Search], None]) -> None:
        search = self._search = Search(text=wanted, tools=self._tools, post=self._post)
        self._start(lambda: work(search))

    def submit(self) -> None:
        """Take the line as it is; have the capture searched for its display filter, if that was not done before."""
        node = parse(self._line) if self._display is None else None
        if node is not None and not isinstance(node, Problem):
            self._keep(node, self._line)
            self.verdict = Verdict(mood="good") if self._line.strip() else NOTHING_SAID
        if self._display and self._display not in self._found and not self.is_searching and self.verdict.mood != "bad":
            self.stop()
            self.is_searching = True
            self.verdict = Verdict(mood="busy", sentence=f"tshark searches the capture …  {self._key(LEAVE)} ends it.")
            self._begin(self._display, Search.run)

    def stop(self) -> None:
        """End what a thread is doing for the line."""
        if self._search is not None:
            self._search.cancelled.set()
        self.is_searching = False

    def checked(self, message: FilterChecked) -> None:
        """Take tshark's answer, unless the line has changed meanwhile."""
        if message.text != self._display:
            return
        problem = message.problem
        if problem is None:
            self.verdict = Verdict(mood="good", sentence=f"{self._key(SUBMIT)} has tshark search the capture for it.")
            return
        self.is_searching = False
        begin = len(self._line) - len(self._line.lstrip().removeprefix(DISPLAY).lstrip())
        position = None if problem.position is None else begin + problem.position
        self.verdict = Verdict(mood="bad", sentence=problem.sentence, position=position)

    def found(self, message: FramesFound) -> None:
        """Take what tshark has found so far, unless the line has changed meanwhile."""
        if message.is_final:
            self._found = dict([*self._found.items(), (message.text, message.frames)][-KEPT_SEARCHES:])
        if message.text == self._display:
            self.is_searching = not message.is_final
            self._keep(message.frames, self._line)
            self.verdict = _searched(message.frames, self._key(LEAVE), is_final=message.is_final)

    def mask(self, analysis: Analysis, facts: Facts) -> npt.NDArray[np.bool_] | None:
        """Tell of each connection whether it is kept; None where all are."""
        if isinstance(self._kept, np.ndarray):
            return holding(analysis.connections, self._kept)
        return None if self.keeps_everything else kept(self._kept, facts)


def _begun_token(line: str) -> str:
    """Give the last word of a line if it is how a token begins."""
    completion = complete(line, len(line))
    return line[completion.start :] if completion.texts and completion.token is None else ""


def _searched(frames: Frames, key: str, *, is_final: bool = True) -> Verdict:
    """Say how many packets were found; `key` ends the search."""
    packets = f"{len(frames):,}".replace(",", " ") + f" packet{'' if len(frames) == 1 else 's'}"
    if is_final:
        return Verdict(mood="good", sentence=f"{packets} in the capture match.")
    return Verdict(mood="busy", sentence=f"tshark searches the capture: {packets} so far.  {key} ends it.")
