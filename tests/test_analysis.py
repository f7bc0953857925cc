"""The road from a file to what is known: it tells how far it is, can be stopped, and keeps what it has read."""

import itertools
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import tcpladder.analysis
from tcpladder.analysis import REGROUP_GROWTH, Progress, analyse, progressive
from tcpladder.capture.reader import Batch, CaptureNotice, NoticeKind, ReadRequest
from tcpladder.errors import CaptureError, UsageError
from tcpladder.packets.schema import empty_segments
from tcpladder.tcp.health_tally import HealthKind
from tests import samples
from tests.building import segments, table

CONNECTION = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    """

Script = Callable[..., list[bool]]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Give a file that is read as the script says; its size is 1000 bytes."""
    path = tmp_path / "scripted.pcap"
    path.write_bytes(b"\xa1\xb2\xc3\xd4".ljust(1000, b"\0"))
    return path


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Give a function that lays down which batches come when the file is read; it gives a list: is it closed?"""

    def lay_down(*sizes: int, text: str = CONNECTION, notices: tuple[CaptureNotice, ...] = ()) -> list[bool]:
        closed: list[bool] = []

        def read(request: ReadRequest) -> Iterator[Batch]:
            rows = table(segments(text), request.addresses)
            start = 0
            try:
                for size in sizes:
                    yield Batch(
                        segments=rows[start : start + size],
                        position=100 * (start + size) if size else None,
                        notices=notices if start == 0 else (),
                    )
                    start += size
            finally:
                closed.append(True)

        monkeypatch.setattr(tcpladder.analysis, "read_capture", read)
        return closed

    return lay_down


def states(progress: Progress) -> list[str]:
    assert progress.analysis is not None
    return [state.name for state in progress.analysis.states_of(1)[0]]


def test_progress_grows_and_the_last_is_final_and_has_everything(file: Path, script: Script) -> None:
    script(1, 2, 0, 3)
    told = list(progressive(file))
    assert [progress.segments for progress in told] == [1, 3, 3, 6, 6]
    assert [progress.position for progress in told] == [100, 300, 300, 600, 1000]
    assert [progress.is_final for progress in told] == [False] * 4 + [True]
    assert {progress.size for progress in told} == {1000}
    assert told[-1].analysis is not None
    assert len(told[-1].analysis.connections.segments) == 6
    assert not told[-1].analysis.is_incomplete
    assert states(told[-1]) == ["CLOSED", "SYN_SENT", "ESTABLISHED", "FIN_WAIT_1", "TIME_WAIT"]


def test_connections_appear_while_the_rest_is_still_being_read(file: Path, script: Script) -> None:
    script(1, 2, 3)
    told = list(progressive(file))
    assert [len(progress.analysis.connections.segments) if progress.analysis else 0 for progress in told] == [
        1,
        3,
        6,
        6,
    ]
    assert states(told[0]) == ["CLOSED", "SYN_SENT"]
    assert states(told[1]) == ["CLOSED", "SYN_SENT", "ESTABLISHED"]


def test_what_was_handed_out_does_not_change_when_more_is_read(file: Path, script: Script) -> None:
    script(1, 5)
    first, *_ = told = list(progressive(file))
    assert first.analysis is not None
    assert len(told) == 3
    assert len(first.analysis.connections.segments) == 1
    assert first.analysis.segments_of(1)["frame"].to_list() == [1]


def test_connections_are_grouped_anew_seldom_enough_for_large_captures(file: Path, script: Script) -> None:
    many = "initiator > responder  SYN\n" + "initiator > responder  ACK len=1\n" * 299
    script(*[1] * 300, text=many)
    grouped_at = [progress.segments for progress in progressive(file) if progress.analysis is not None]
    assert grouped_at[-1] == 300
    assert all(later >= earlier * REGROUP_GROWTH for earlier, later in itertools.pairwise(grouped_at[:-1]))
    assert sum(grouped_at) < 300 * 5


def test_stopping_keeps_what_was_read_says_so_and_closes_the_reading(file: Path, script: Script) -> None:
    closed = script(2, 1, 3)
    answers = iter([False, True])
    reading = progressive(file, is_stopped=lambda: next(answers))
    told = [(progress, list(closed)) for progress in reading]
    assert [is_closed for _, is_closed in told] == [[], [], [True]], "closed before the last progress is told"
    seen, last = [progress for progress, _ in told], told[-1][0]
    assert [progress.segments for progress in seen] == [2, 3, 3]
    assert (last.is_final, last.position) == (True, 300)
    assert last.analysis is not None
    assert last.analysis.is_incomplete
    assert last.analysis.segments_of(1)["frame"].to_list() == [1, 2, 3]
    (notice,) = last.analysis.notices
    assert notice.kind is NoticeKind.INCOMPLETE
    assert "stopped after 3 segments" in notice.sentence
    assert "scripted.pcap" in notice.sentence


def test_stopping_before_any_segment_does_not_say_that_there_are_none(file: Path, script: Script) -> None:
    script(0, 6)
    *_, last = progressive(file, is_stopped=lambda: True)
    assert last.analysis is not None
    assert [notice.kind for notice in last.analysis.notices] == [NoticeKind.INCOMPLETE]


def test_leaving_early_closes_the_reading(file: Path, script: Script) -> None:
    closed = script(2, 4)
    reading = progressive(file)
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert closed == [True]


def test_the_readers_notices_are_kept_with_the_files_own(file: Path, script: Script) -> None:
    skipped = CaptureNotice(kind=NoticeKind.SKIPPED, sentence="1 frame was skipped.")
    script(6, text="", notices=(skipped,))
    *_, last = progressive(file)
    assert last.analysis is not None
    assert [notice.kind for notice in last.analysis.notices] == [NoticeKind.SKIPPED, NoticeKind.NO_TCP]
    assert not last.analysis.is_incomplete


def test_a_file_that_was_cut_short_ends_where_it_was_cut(file: Path, script: Script) -> None:
    cut = CaptureNotice(kind=NoticeKind.INCOMPLETE, sentence="The file was cut short.")
    script(6, notices=(cut,))
    *_, last = progressive(file)
    assert last.analysis is not None
    assert last.analysis.is_incomplete
    assert (last.position, last.size) == (600, 1000)


def test_a_capture_without_tcp_says_so(file: Path, script: Script) -> None:
    script(0)
    *_, last = progressive(file)
    assert last.analysis is not None
    assert len(last.analysis.connections) == 0
    assert [notice.kind for notice in last.analysis.notices] == [NoticeKind.NO_TCP]
    with pytest.raises(UsageError, match="Its TCP connections are none"):
        last.analysis.segments_of(1)


def test_a_compressed_file_has_no_known_size(tmp_path: Path, script: Script) -> None:
    path = tmp_path / "capture.pcap.gz"
    path.write_bytes(b"\x1f\x8b" + bytes(50))
    script(6)
    told = list(progressive(path))
    assert {progress.size for progress in told} == {None}
    assert told[-1].position == 600


def test_what_cannot_be_opened_raises_before_anything_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="There is no file"):
        next(progressive(tmp_path / "absent.pcap"))


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_connection_that_is_not_there(file: Path, script: Script, number: int) -> None:
    script(6)
    with pytest.raises(UsageError, match=f"has no connection {number}. Its TCP connections are numbered 1 to 1"):
        analyse(file).timeline(number)


def test_an_analysis_of_nothing_is_empty_and_whole(file: Path, script: Script) -> None:
    script()
    found = analyse(file)
    assert found.connections.segments.schema.keys() >= empty_segments().schema.keys()
    assert not found.is_incomplete


def test_reading_a_real_capture_in_steps_ends_with_what_reading_it_at_once_gives() -> None:
    path = samples.path_of("showcase")
    at_once = samples.analysis_of(path)
    told = list(progressive(path))
    assert told[-1].analysis is not None
    assert told[-1].analysis.connections.table.equals(at_once.connections.table)
    assert told[-1].position == told[-1].size == path.stat().st_size
    positions = [progress.position for progress in told]
    assert positions == sorted(positions)


def test_frames_that_were_swapped_in_the_file_are_noticed(tmp_path: Path) -> None:
    editcap = shutil.which("editcap")
    assert editcap, "editcap comes with tshark"
    late, whole = tmp_path / "late.pcap", tmp_path / "whole.pcap"
    path = samples.path_of("refused.client")
    subprocess.run([editcap, "-t", "-5", "-r", str(path), str(late), "2"], check=True)
    mergecap = shutil.which("mergecap")
    assert mergecap
    first = tmp_path / "first.pcap"
    subprocess.run([editcap, "-r", str(path), str(first), "1"], check=True)
    subprocess.run([mergecap, "-a", "-w", str(whole), str(first), str(late)], check=True)
    (note,) = analyse(whole).judgement.health
    assert note.kind is HealthKind.TIMES
    assert "backwards once, first at frame 2" in note.sentence
