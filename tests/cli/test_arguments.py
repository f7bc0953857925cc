"""What subcommands share: which characters are drawn, and when there are colours."""

import io
import sys
from pathlib import Path

import pytest

from tcpladder.cli.arguments import PASSED_ON, check_is_no_option, glyphs, print_json, print_lines
from tcpladder.errors import CaptureError
from tcpladder.ladder.glyphs import ASCII, UNICODE
from tcpladder.ladder.layout import Span


class Output(io.TextIOWrapper):
    """A standard output with an encoding of choice."""

    def __init__(self, encoding: str) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)


@pytest.mark.parametrize(
    ("encoding", "expected"), [("utf-8", UNICODE), ("UTF8", UNICODE), ("ascii", ASCII), ("latin-1", ASCII)]
)
def test_the_output_s_encoding_chooses_the_characters(
    encoding: str, expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", Output(encoding))
    assert glyphs(is_ascii=False) is expected
    assert glyphs(is_ascii=True) is ASCII


def test_no_colours_go_into_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines([(Span("SYN", "flag.syn"), Span(" [red]", "note"), Span("   "))])
    assert capsys.readouterr().out == "SYN [red]\n"


def test_colours_go_to_a_terminal_that_wants_them(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    print_lines([(Span("RST", "flag.rst"), Span(" [red]", "note"))])
    printed = capsys.readouterr().out
    assert "\x1b[" in printed
    assert "[red]" in printed


@pytest.mark.parametrize("count", [0, 1, PASSED_ON, PASSED_ON + 1])
def test_every_line_for_programs_ends_and_none_is_empty(count: int, capsys: pytest.CaptureFixture[str]) -> None:
    print_json(f"{number}" for number in range(count))
    assert capsys.readouterr().out == "".join(f"{number}\n" for number in range(count))


def test_a_mistyped_option_is_told_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CaptureError, match="no option and no file"):
        check_is_no_option(Path("--wide"))
    (tmp_path / "-w").touch()
    check_is_no_option(Path("-w"))
    check_is_no_option(Path("gone.pcap"))
