"""How far commands are that work on many captures: a live line on a terminal, else lines or nothing."""

import io
import signal
import sys
from pathlib import Path

import click
import pytest

from tcpladder.cli import many
from tcpladder.cli.many import Meter, interruptible, processes_for


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def shown_on(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Have standard error be a terminal of 30 columns."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "30")
    return shown


def test_on_a_terminal_one_line_changes_and_makes_room_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = shown_on(monkeypatch)
    meter = Meter(2, is_logged=True)
    meter.step("a\x1b[2J" + "x" * 60)
    meter.clear()
    meter.step("b")
    first, *others = terminal.getvalue().split(many.ERASE_LINE)[1:]
    assert first == "0 of 2 captures ..."
    assert others == [r"1 of 2 captures ... a\x1b[2Jx", ""]
    assert len(others[0]) == 29


def test_a_terminal_without_a_cursor_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = shown_on(monkeypatch)
    monkeypatch.setenv("TERM", "dumb")
    Meter(2).step("a")
    assert terminal.getvalue() == ""


def test_elsewhere_there_is_a_line_a_capture_where_that_is_wanted(capsys: pytest.CaptureFixture[str]) -> None:
    Meter(2).step("a.pcap")
    assert capsys.readouterr().err == ""
    meter = Meter(12, is_logged=True)
    meter.step("a.pcap")
    meter.step("b\n.pcap")
    assert capsys.readouterr().err == "tcpladder: 1/12 a.pcap\ntcpladder: 2/12 b\\n.pcap\n"


@pytest.mark.parametrize(
    ("number", "raised"),
    [(signal.SIGINT, click.exceptions.Exit), (signal.SIGTERM, SystemExit), (signal.SIGHUP, SystemExit)],
)
def test_an_early_end_says_how_far_it_was(
    number: signal.Signals, raised: type[BaseException], capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(number)
    meter = Meter(3)
    meter.step("a.pcap")
    with pytest.raises(raised), interruptible(meter):
        signal.raise_signal(number)
    assert capsys.readouterr().err == "tcpladder: ended early, after 1 of 3 captures.\n"
    assert signal.getsignal(number) is before


def test_one_process_a_processor_unless_starting_them_takes_longer(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tcpladder.processors.processors", lambda: 4)
    small, large = tmp_path / "small.pcap", tmp_path / "large.pcap"
    small.touch()
    with large.open("wb") as file:
        file.truncate(100_000_000)
    assert [processes_for([small] * captures, None) for captures in (1, 14, 15, 45, 900)] == [1, 1, 2, 4, 4]
    assert [processes_for([large] * captures, None) for captures in (1, 2, 3, 9)] == [1, 2, 3, 4]
    assert [processes_for([small] * 9, jobs) for jobs in (1, 2, 40)] == [1, 2, 9]
    assert processes_for([], None) == 0
    assert processes_for([tmp_path / "absent"], None) == 1


def test_a_directory_stands_for_its_captures(tmp_path: Path) -> None:
    (tmp_path / "a.pcap").write_bytes(b"\xa1\xb2\xc3\xd4")
    assert [each.path for each in many.captures_of((tmp_path,))] == [tmp_path / "a.pcap"]
