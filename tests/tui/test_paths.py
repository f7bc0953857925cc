"""What a typed path may go on with."""

from pathlib import Path

import pytest

from tcpladder.tui.paths import candidates, completed


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    for name in ("trace-a.pcap", "trace-b.pcap", ".hidden", "evil\x1b[2J"):
        (tmp_path / name).touch()
    (tmp_path / "traces").mkdir()
    (tmp_path / "traces" / "one").touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))


def shown(typed: str) -> list[str]:
    return [one.shown for one in candidates(typed)]


def test_directories_come_first_and_hidden_ones_when_a_dot_was_typed():
    assert shown("tr") == ["traces/", "trace-a.pcap", "trace-b.pcap"]
    assert shown(".") == [".hidden"]
    assert shown("traces/") == ["traces/one"]
    assert shown("~/traces/o") == ["~/traces/one"]


def test_what_a_terminal_would_obey_is_shown():
    assert shown("evil") == ["evil\\x1b[2J"]
    assert candidates("evil")[0].path.name == "evil\x1b[2J"


@pytest.mark.parametrize("typed", ["none/", "~nobody-of-that-name/", "trace-a.pcap/", "\0/"])
def test_where_there_is_no_directory_there_is_nothing(typed: str):
    assert candidates(typed) == []


def test_a_path_is_completed_as_far_as_is_plain():
    assert completed("t", candidates("t")) == "trace"
    assert completed("trace-a", candidates("trace-a")) == "trace-a.pcap"
    assert completed("x", candidates("x")) == "x"
