"""Shards are judged in other processes as they are here, and nothing is lost where a process is."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from tcpladder import analysis as module
from tcpladder.analysis import Analysis
from tcpladder.connections.shards import shards
from tcpladder.judges import Judges
from tcpladder.rulebook import judging
from tcpladder.rulebook.docket import Brief
from tcpladder.rulebook.judging import Heard, Hearing
from tests import samples


@pytest.fixture
def showcase(monkeypatch: pytest.MonkeyPatch) -> Analysis:
    """The sample with the most connections, each a shard of its own."""
    monkeypatch.setattr(judging, "shards", partial(shards, size=1))
    return samples.sample("showcase")


@pytest.fixture(params=[False, True], ids=["there", "here-too"])
def judges(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Judges]:
    monkeypatch.setattr("tcpladder.judges.processors", lambda: 2)
    made = Judges(here=request.param)
    yield made
    made.close()


def is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def processes(judges: Judges) -> list[int]:
    return [judge.process.pid for judge in judges._judges]


def test_they_judge_as_this_process_does(showcase: Analysis, judges: Judges) -> None:
    here, there = showcase.judgement, replace(showcase, judges=judges).judgement
    assert there.findings == here.findings
    assert there.health == here.health
    assert there.verdicts.equals(here.verdicts)
    assert there.labels.tolist() == here.labels.tolist()
    assert there.histories.shape_of.tolist() == here.histories.shape_of.tolist()


def test_there_is_one_less_where_this_process_judges_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tcpladder.judges.processors", lambda: 3)
    for made, count in ((Judges(), 3), (Judges(here=True), 2)):
        assert len(processes(made)) == count
        made.close()


def test_they_end_when_all_is_judged(showcase: Analysis, judges: Judges) -> None:
    started = processes(judges)
    assert all(map(is_running, started))
    assert replace(showcase, judges=judges).judgement.is_whole
    assert not any(map(is_running, started))


def test_what_a_process_does_not_answer_for_is_judged_here(showcase: Analysis, judges: Judges) -> None:
    for process in processes(judges):
        os.kill(process, signal.SIGKILL)
    assert replace(showcase, judges=judges).judgement.findings == showcase.judgement.findings


def test_without_any_process_this_one_judges(showcase: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise BlockingIOError("no more processes")

    monkeypatch.setattr("tcpladder.judges.subprocess.Popen", refused)
    assert replace(showcase, judges=Judges()).judgement.findings == showcase.judgement.findings


def test_they_end_when_nobody_wants_to_know_any_more(showcase: Analysis, judges: Judges) -> None:
    first, *_ = told = list(replace(showcase, judges=judges).judgements(is_stopped=iter([False, True]).__next__))
    assert (len(told), first.is_whole) == (1, False)
    assert not any(map(is_running, processes(judges)))


def test_a_mistake_in_judging_is_raised(judges: Judges, monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(_: Hearing, __: Brief) -> Heard:
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr(Hearing, "__call__", mistaken)
    for process in processes(judges):
        os.kill(process, signal.SIGKILL)
    brief = samples.sample("showcase").judgement.capture.brief(np.empty(0, np.int64))
    with pytest.raises(ZeroDivisionError, match="a mistake"):
        list(judges(Hearing((), np.empty(0, np.uint32)), [brief]))


@pytest.mark.parametrize(
    ("segments", "position", "size", "started"),
    [
        (3_000, 300_000, 300_000, None),
        (3_000, 300_000, 30_000_000, Judges),  # a hundred times as many are to come
        (3_000, 0, 30_000_000, None),
        (300_000, 1, None, Judges),
        (299_999, 1, None, None),  # compressed: how many there are to come is not known
    ],
)
def test_they_are_started_where_there_will_be_enough_to_judge(
    segments: int, position: int, size: int | None, started: type | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tcpladder.judges.processors", lambda: 2)
    judges = module._judges(segments, position, size, here=True)
    assert (judges and type(judges)) is started
    if judges is not None:
        judges.close()
