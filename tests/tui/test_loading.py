"""What the loading thread tells of its reading, and how often."""

from dataclasses import replace
from pathlib import Path

import pytest

from tcpladder.analysis import Analysis, Progress
from tcpladder.errors import CaptureError
from tcpladder.tui.loading import Loading, worth_telling
from tcpladder.tui.messages import CaptureJudged, ReadingFailed, ReadingProgressed
from tests.tui.driving import SHOWCASE, beginning_of, from_memory


def test_it_tells_of_the_whole_file_at_the_end() -> None:
    told: list[object] = []
    Loading(path=SHOWCASE, tshark=None, post=told.append).run()
    last, judged = told[-2:]
    assert isinstance(last, ReadingProgressed)
    assert last.progress.is_final
    assert last.progress.analysis is not None
    assert last.progress.segments == 366
    assert isinstance(judged, CaptureJudged)
    assert judged.analysis is last.progress.analysis
    assert judged.judgement is last.progress.analysis.judgement


def test_it_judges_nothing_before_the_whole_is_read(monkeypatch: pytest.MonkeyPatch, showcase: Analysis) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 100), showcase)
    told: list[object] = []
    Loading(path=SHOWCASE, tshark=None, post=told.append).run()
    assert [type(message) for message in told] == [ReadingProgressed, ReadingProgressed, CaptureJudged]


def test_a_mistake_in_judging_is_told_as_a_failure(monkeypatch: pytest.MonkeyPatch, showcase: Analysis) -> None:
    def fails(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a mistake")

    from_memory(monkeypatch, replace(showcase))
    monkeypatch.setattr("tcpladder.rulebook.judging.judgements", fails)
    told: list[object] = []
    Loading(path=SHOWCASE, tshark=None, post=told.append).run()
    assert isinstance(told[-1], ReadingFailed)
    assert "a mistake" in str(told[-1].error)


def test_it_tells_why_nothing_can_be_read(tmp_path: Path) -> None:
    told: list[object] = []
    Loading(path=tmp_path / "nowhere.pcap", tshark=None, post=told.append).run()
    (failed,) = told
    assert isinstance(failed, ReadingFailed)
    assert isinstance(failed.error, CaptureError)


def test_it_is_silent_for_a_while_after_each_word(showcase: Analysis) -> None:
    bare = Progress(position=0, size=None, segments=0)
    whole = replace(bare, analysis=showcase)
    told = list(
        worth_telling(
            [replace(bare, segments=at) for at in range(5)] + [whole, replace(bare, segments=5), whole],
            iter([0.0, 0.01, 0.09, 0.11, 0.12, 0.13, 0.14, 0.15]).__next__,
        )
    )
    assert [(progress.segments, progress.analysis is not None) for progress in told] == [
        (0, False),
        (3, False),
        (0, True),
        (0, True),
    ]


@pytest.mark.parametrize("has_analysis", [True, False])
def test_a_newer_message_replaces_one_without_an_analysis(showcase: Analysis, *, has_analysis: bool) -> None:
    bare = Progress(position=0, size=None, segments=0)
    waiting = ReadingProgressed(replace(bare, analysis=showcase if has_analysis else None))
    assert ReadingProgressed(bare).can_replace(waiting) is not has_analysis
