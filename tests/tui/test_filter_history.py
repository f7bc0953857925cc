"""Filters are remembered from one session to the next, and nothing in that file or about it does harm."""

import os
import sys
from pathlib import Path

import pytest

from tcpladder.tui.filter_history import KEPT, LARGEST_FILE, FilterHistory, history_file


def test_the_newest_is_the_last_and_none_is_there_twice(tmp_path: Path) -> None:
    path = tmp_path / "new" / "filters.txt"
    history = FilterHistory(path)
    for line in ("a", "b é", "a"):
        history.add(line)
    assert history.lines == ["b é", "a"]
    assert FilterHistory(path).lines == ["b é", "a"]
    assert [entry.name for entry in path.parent.iterdir()] == ["filters.txt"]


def test_only_so_many_are_kept(tmp_path: Path) -> None:
    history = FilterHistory(tmp_path / "filters.txt")
    for number in range(KEPT + 5):
        history.add(f"port:{number}")
    assert len(history.lines) == KEPT
    assert FilterHistory(tmp_path / "filters.txt").lines == history.lines


def test_two_sessions_lose_nothing_of_one_another(tmp_path: Path) -> None:
    first, second = (FilterHistory(tmp_path / "filters.txt") for _ in range(2))
    first.add("a")
    second.add("b")
    assert second.lines == ["b"]
    assert FilterHistory(tmp_path / "filters.txt").lines == ["a", "b"]


@pytest.mark.parametrize("line", ["", "  ", "a\nb", "\x1b[2J"])
def test_what_is_no_line_is_not_kept(tmp_path: Path, line: str) -> None:
    history = FilterHistory(tmp_path / "filters.txt")
    history.add(line)
    assert history.lines == []
    assert not (tmp_path / "filters.txt").exists()


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (b"", []),
        (b"a\nb", ["a", "b"]),
        (b"a\n\n\x1b[2J\nb\n", ["a", "b"]),
        (b"\xff\xfe\na\n", ["\ufffd\ufffd", "a"]),
        (b"x" * 5000 + b"\na\n", ["a"]),
        (b"a\n" * LARGEST_FILE, []),
    ],
)
def test_a_damaged_file_gives_what_can_be_read(tmp_path: Path, content: bytes, lines: list[str]) -> None:
    path = tmp_path / "filters.txt"
    path.write_bytes(content)
    assert FilterHistory(path).lines == lines


def test_a_file_that_can_not_be_read_or_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path in (tmp_path, tmp_path / "file" / "below", Path("/dev/null/filters.txt"), tmp_path / "a\0b"):
        history = FilterHistory(path)
        history.add("a")
        assert history.lines == ["a"]


def test_writing_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "filters.txt"
    FilterHistory(path).add("a")

    def fails(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", fails)
    FilterHistory(path).add("b")
    assert path.read_text() == "a\n"
    assert os.listdir(tmp_path) == ["filters.txt"]  # noqa: PTH208


def test_it_lies_where_the_platform_wants_it(tmp_path: Path) -> None:
    assert history_file() == tmp_path / "state" / "filters.txt"
    assert "platformdirs" in sys.modules
