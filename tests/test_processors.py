"""How many processors there are for us."""

import os

import pytest

from tcpladder.processors import ONE_THREAD, THREADS, processors


def test_only_those_count_that_we_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(THREADS, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7}, raising=False)
    assert processors() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    assert processors() == 4
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processors() == 1


@pytest.mark.parametrize(("said", "count"), [(ONE_THREAD[THREADS], 1), ("2", 2), ("9", 3), ("0", 3), ("many", 3)])
def test_the_environment_may_say_fewer(monkeypatch: pytest.MonkeyPatch, said: str, count: int) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7}, raising=False)
    monkeypatch.setenv(THREADS, said)
    assert processors() == count
