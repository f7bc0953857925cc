"""The captures that were opened last are kept: for their owner, not too many, and only what is still there."""

from pathlib import Path

import pytest

from tcpladder.tui.recent_files import recent_files, remember


@pytest.fixture
def captures(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.pcap" for number in range(4)]
    for path in paths:
        path.touch()
    return paths


def test_the_last_comes_first_and_each_once(captures: list[Path]):
    for path in (*captures, captures[1]):
        remember(path, 20)
    assert recent_files(20) == [captures[1], captures[3], captures[2], captures[0]]


def test_no_more_are_kept_than_wanted(captures: list[Path]):
    for path in captures:
        remember(path, 2)
    assert recent_files(20) == [captures[3], captures[2]]
    assert recent_files(1) == [captures[3]]
    remember(captures[0], 0)
    assert recent_files(20) == []


def test_what_is_gone_is_not_offered(captures: list[Path]):
    remember(captures[0], 20)
    captures[0].unlink()
    assert recent_files(20) == []


def test_the_file_is_for_its_owner_alone(captures: list[Path], tmp_path: Path):
    remember(captures[0], 20)
    (file,) = (tmp_path / "state").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfe\x00", b"relative.pcap\n\n/\x1b[2J\n", b"/" * ((1 << 20) + 1)],
    ids=["binary", "others", "large"],
)
def test_a_damaged_file_offers_nothing(content: bytes, tmp_path: Path, captures: list[Path]):
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "recent.txt").write_bytes(content)
    assert recent_files(20) == []
    remember(captures[0], 20)
    assert recent_files(20) == [captures[0]]


def test_a_name_that_is_no_line_is_not_kept(tmp_path: Path):
    path = tmp_path / "two\nlines"
    path.touch()
    remember(path, 20)
    assert recent_files(20) == []


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path, captures: list[Path]):
    (tmp_path / "state").touch()
    remember(captures[0], 20)
    assert recent_files(20) == []
