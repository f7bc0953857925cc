"""What the filter line wants is followed: the last filter that was one stays in force until there is another."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tcpladder.analysis import Analysis
from tcpladder.capture.display_filter import DisplayFilters, FilterProblem
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.errors import TsharkError
from tcpladder.filters.facts import Facts
from tcpladder.tui.filtering import FilterChecked, Filtering, FramesFound, Search
from tests.samples import path_of, sample

RESETS = [84, 89, 91]
KEYS = {"filter.complete": "Tab", "filter.submit": "Enter", "filter.leave": "Esc"}


class Desk:
    """A filtering whose threads are run when the test says so; what they post is kept."""

    def __init__(self, tools: Callable[[], DisplayFilters] | None = None) -> None:
        self.work: list[Callable[[], None]] = []
        self.told: list[object] = []
        self.filtering = Filtering(tools or self.tools, self.told.append, self.work.append, KEYS.__getitem__)

    @staticmethod
    def tools() -> DisplayFilters:
        return DisplayFilters(path_of("showcase"), find_tshark().path)

    def kept(self, analysis: Analysis) -> list[int] | None:
        mask = self.filtering.mask(analysis, Facts(analysis, analysis.judgement))
        return None if mask is None else (np.flatnonzero(mask) + 1).tolist()

    @property
    def said(self) -> tuple[str, str]:
        return self.filtering.verdict.mood, self.filtering.verdict.sentence


@pytest.fixture
def capture() -> Analysis:
    return sample("showcase")


def test_nothing_typed_keeps_everything(capture: Analysis) -> None:
    desk = Desk()
    desk.filtering.follow("")
    assert desk.kept(capture) is None
    assert desk.filtering.keeps_everything
    assert desk.said == ("", "")


def test_tokens_are_followed_and_what_is_no_filter_changes_nothing(capture: Analysis) -> None:
    desk = Desk()
    desk.filtering.follow("class:refused")
    assert desk.said == ("good", "")
    assert desk.kept(capture) == [9]
    desk.filtering.follow("class:refused prot:")
    assert desk.said == ("bad", "There is no token 'prot': perhaps port?")
    assert desk.filtering.verdict.position == 14
    assert desk.kept(capture) == [9]
    desk.filtering.follow("")
    assert desk.kept(capture) is None


def test_a_word_that_may_become_a_token_waits(capture: Analysis) -> None:
    desk = Desk()
    desk.filtering.follow("class:refused po")
    assert desk.said == ("good", "Tab completes the token; Enter looks for the text 'po'.")
    assert desk.kept(capture) == [9]
    assert desk.filtering.in_force == "class:refused"
    desk.filtering.submit()
    assert desk.kept(capture) == []
    assert desk.filtering.in_force == "class:refused po"
    desk.filtering.follow("class:refused OR po")
    assert desk.kept(capture) == [9]


def test_a_display_filter_is_checked_and_searched_for_on_enter(capture: Analysis) -> None:
    desk = Desk()
    desk.filtering.follow("= tcp.flags.reset")
    assert desk.said == ("busy", "tshark checks the filter …")
    desk.filtering.checked(FilterChecked("tcp.flags.reset", None))
    assert desk.said == ("good", "Enter has tshark search the capture for it.")
    assert desk.kept(capture) is None
    desk.filtering.submit()
    assert desk.filtering.is_searching
    assert desk.said == ("busy", "tshark searches the capture …  Esc ends it.")
    desk.filtering.found(FramesFound("tcp.flags.reset", np.array(RESETS[:1], np.uint32), is_final=False))
    assert desk.said == ("busy", "tshark searches the capture: 1 packet so far.  Esc ends it.")
    assert desk.kept(capture) == [7]
    desk.filtering.found(FramesFound("tcp.flags.reset", np.array(RESETS, np.uint32), is_final=True))
    assert desk.said == ("good", "3 packets in the capture match.")
    assert desk.kept(capture) == [7, 8, 9]
    assert not desk.filtering.is_searching


def test_what_was_searched_for_once_is_known(capture: Analysis) -> None:
    desk = Desk()
    desk.filtering.follow("= tcp.flags.reset")
    desk.filtering.submit()
    desk.filtering.found(FramesFound("tcp.flags.reset", np.array(RESETS, np.uint32), is_final=True))
    desk.filtering.follow("port:80")
    begun = len(desk.work)
    desk.filtering.follow("=tcp.flags.reset ")
    assert desk.kept(capture) == [7, 8, 9]
    desk.filtering.submit()
    assert len(desk.work) == begun


def test_answers_about_what_is_no_longer_typed_are_not_heard(capture: Analysis) -> None:
    desk = Desk()
    desk.filtering.follow("= tcp.flags.reset")
    desk.filtering.submit()
    desk.filtering.follow("= tcp.flags.resets")
    desk.filtering.found(FramesFound("tcp.flags.reset", np.array(RESETS, np.uint32), is_final=False))
    desk.filtering.checked(FilterChecked("tcp.flags.reset", FilterProblem(position=0, sentence="No.")))
    assert desk.said == ("busy", "tshark checks the filter …")
    assert desk.kept(capture) is None


def test_a_search_ends_when_something_else_is_typed() -> None:
    desk = Desk()
    desk.filtering.follow("= tcp")
    desk.filtering.submit()
    desk.filtering.follow("port:80")
    for work in desk.work:
        work()
    assert desk.told == []


def test_what_tshark_does_not_take_is_marked_in_the_line(capture: Analysis) -> None:
    desk = Desk()
    desk.filtering.follow("class:refused")
    desk.filtering.follow("  =  tcp foo")
    desk.work[-1]()
    (told,) = desk.told
    assert isinstance(told, FilterChecked)
    desk.filtering.checked(told)
    assert desk.said[0] == "bad"
    assert desk.filtering.verdict.position == len("  =  tcp ")
    assert desk.kept(capture) == [9]
    begun = len(desk.work)
    desk.filtering.submit()
    assert len(desk.work) == begun


def test_an_empty_display_filter_is_explained() -> None:
    desk = Desk()
    desk.filtering.follow("=")
    assert desk.filtering.verdict.sentence.startswith("A Wireshark display filter, such as = ")
    desk.filtering.submit()
    assert desk.work == []


def test_without_a_tshark_the_line_says_so_and_tokens_work(capture: Analysis) -> None:
    def none() -> DisplayFilters:
        raise TsharkError("tshark was not found.", "Install it.")

    desk = Desk(none)
    desk.filtering.follow("= tcp")
    desk.work[-1]()
    (told,) = desk.told
    assert isinstance(told, FilterChecked)
    desk.filtering.checked(told)
    assert desk.said == ("bad", "tshark was not found. Install it.")
    desk.filtering.follow("class:refused")
    assert desk.kept(capture) == [9]


def test_a_search_that_fails_keeps_what_was_kept(capture: Analysis, tmp_path: Path) -> None:
    desk = Desk(lambda: DisplayFilters(tmp_path / "gone.pcap", find_tshark().path))
    desk.filtering.follow("class:refused")
    desk.filtering.follow("= tcp")
    desk.filtering.submit()
    desk.work[-1]()
    told = desk.told[-1]
    assert isinstance(told, FilterChecked)
    desk.filtering.checked(told)
    assert desk.said[0] == "bad"
    assert "could not search the capture" in desk.said[1]
    assert not desk.filtering.is_searching
    assert desk.kept(capture) == [9]


def test_a_mistake_in_a_thread_is_said() -> None:
    def fails() -> DisplayFilters:
        raise ZeroDivisionError("a mistake")

    told: list[object] = []
    Search(text="tcp", tools=fails, post=told.append).run()
    (checked,) = told
    assert isinstance(checked, FilterChecked)
    assert checked.problem is not None
    assert checked.problem.sentence == "An error in tcpladder: ZeroDivisionError: a mistake."


def test_tshark_searches() -> None:
    told: list[object] = []
    Search(text="tcp.flags.reset == 1 && frame.number < 100", tools=Desk.tools, post=told.append).run()
    last = told[-1]
    assert isinstance(last, FramesFound)
    assert last.is_final
    assert last.frames.tolist() == RESETS


def test_a_newer_message_takes_the_place_of_an_older_one() -> None:
    nothing = np.empty(0, np.uint32)
    newer = FramesFound("tcp", nothing, is_final=True)
    assert newer.can_replace(FramesFound("tcp", nothing, is_final=False))
    assert not newer.can_replace(FramesFound("udp", nothing, is_final=False))
    assert not newer.can_replace(FilterChecked("tcp", None))
