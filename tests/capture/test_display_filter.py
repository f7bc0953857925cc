"""tshark says whether a display filter is one, and which frames match; no process outlives the question."""

import threading
from pathlib import Path

import pytest

from tcpladder.capture.display_filter import DisplayFilterError, DisplayFilters
from tcpladder.capture.tshark_binary import find_tshark
from tcpladder.capture.tshark_job import CancelledError
from tcpladder.errors import TsharkError
from tests.capture.stand_ins import footprint, has_ended, stand_in
from tests.samples import path_of

SHOWCASE = path_of("showcase")


def real(path: Path = SHOWCASE) -> DisplayFilters:
    return DisplayFilters(path, find_tshark().path)


def frames(filters: DisplayFilters, display_filter: str) -> list[int]:
    return [int(frame) for found in filters.matching_frames(display_filter) for frame in found]


@pytest.mark.parametrize("display_filter", ["tcp", "tcp.port == 443 || ip.addr == 10.0.0.0/8", "tcp.analysis.flags"])
def test_a_filter_is_accepted(display_filter: str) -> None:
    assert real().check(display_filter) is None


@pytest.mark.parametrize(
    ("display_filter", "position", "words"),
    [
        ("tcp.prot", None, "tcp.prot"),
        ("tcp foo", 4, "foo"),
        ("tcp.port == abc && ip", 12, "abc"),
        ("tcp.port ==", None, "end of filter"),
        ("-Y", None, ""),
        ("$(touch /tmp/x); `id`", None, ""),
        ("", 0, "missing"),
        ("tcp\x00", 0, "control"),
        ("tcp\x1b[2J", 0, "control"),
        ("\ud800", 0, "control"),
        ("x" * 5000, 4000, "4000 bytes"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_where(display_filter: str, position: int | None, words: str) -> None:
    problem = real().check(display_filter)
    assert problem is not None
    assert words.lower() in problem.sentence.lower()
    assert "\n" not in problem.sentence
    assert position is None or problem.position == position
    assert problem.position is None or 0 <= problem.position <= len(display_filter)


def test_a_filter_is_checked_once(tmp_path: Path) -> None:
    asked = tmp_path / "asked"
    filters = DisplayFilters(SHOWCASE, stand_in(tmp_path, f'echo >> {asked}; real "$@"'))
    for _ in range(3):
        assert filters.check("tcp") is None
        assert filters.check("tcp foo") is not None
    assert asked.read_text() == "\n\n"


def test_a_check_takes_only_so_long(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    filters = DisplayFilters(SHOWCASE, stand_in(tmp_path, f"echo $$ > {pid}; exec sleep 60"), timeout_s=0.3)
    with pytest.raises(TsharkError, match="too long"):
        filters.check("tcp")
    assert has_ended(int(pid.read_text()))


def test_a_check_that_is_not_wanted_any_more_ends(tmp_path: Path) -> None:
    cancelled = threading.Event()
    cancelled.set()
    with pytest.raises(CancelledError):
        DisplayFilters(SHOWCASE, stand_in(tmp_path, "exec sleep 60")).check("tcp", cancelled)


def test_a_tshark_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    filters = DisplayFilters(SHOWCASE, str(tmp_path / "none"))
    with pytest.raises(TsharkError, match="could not be run"):
        filters.check("tcp")
    with pytest.raises(TsharkError, match="could not be run"):
        frames(filters, "tcp")


def test_the_frames_that_match() -> None:
    assert frames(real(), "tcp.flags.reset == 1 && frame.number < 100") == [84, 89, 91]
    assert frames(real(), "udp") == []
    assert len(frames(real(), "tcp")) == 366


def test_a_filter_that_begins_with_a_dash_is_no_option() -> None:
    with pytest.raises(DisplayFilterError):
        frames(real(), "-V")


@pytest.mark.parametrize("display_filter", ["tcp foo", "", "tcp\x00"])
def test_a_wrong_filter_finds_nothing_but_an_error(display_filter: str) -> None:
    with pytest.raises(DisplayFilterError):
        frames(real(), display_filter)


def test_of_a_capture_that_is_cut_short_whole_frames_are_searched(tmp_path: Path) -> None:
    cut = tmp_path / "-cut.pcap"
    cut.write_bytes(SHOWCASE.read_bytes()[:-5])
    assert len(frames(real(cut), "tcp")) == 365


@pytest.mark.parametrize("content", [None, b"no capture"])
def test_a_file_that_can_not_be_searched_is_an_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "file.pcap"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(TsharkError, match="could not search the capture"):
        frames(real(path), "tcp")


def test_searching_ends_when_it_is_cancelled(tmp_path: Path) -> None:
    before = footprint()
    cancelled = threading.Event()
    pid = tmp_path / "pid"
    tshark = stand_in(tmp_path, f"echo $$ > {pid}; echo 7; exec sleep 60")
    found = DisplayFilters(SHOWCASE, tshark).matching_frames("tcp", cancelled)
    while not (first := next(found)).size:
        pass
    assert first.tolist() == [7]
    cancelled.set()
    assert sum(len(more) for more in found) == 0
    assert has_ended(int(pid.read_text()))
    assert footprint() == before


def test_searching_ends_when_nobody_listens(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    tshark = stand_in(tmp_path, f"echo $$ > {pid}; while :; do echo 7; done")
    found = DisplayFilters(SHOWCASE, tshark).matching_frames("tcp")
    while not next(found).size:
        pass
    found.close()
    assert has_ended(int(pid.read_text()))


def test_numbers_are_whole_wherever_the_output_is_cut(tmp_path: Path) -> None:
    tshark = stand_in(tmp_path, "printf '1\\n2'; sleep 0.2; printf '3\\nrubbish\\n4\\n'")
    assert frames(DisplayFilters(SHOWCASE, tshark), "tcp") == [1, 23, 4]


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    before = footprint()
    real().check("tcp foo")
    frames(real(), "tcp")
    assert footprint() == before
    assert list(tmp_path.iterdir()) == []
