"""What subcommands share: which characters are drawn, and when there are colours."""

import io
import sys
from pathlib import Path

import pytest

from tcpladder.capture.tshark_binary import TsharkOptions, find_tshark
from tcpladder.cli.arguments import PASSED_ON, check_is_no_option, glyphs, print_json, print_lines, tshark_options
from tcpladder.errors import CaptureError
from tcpladder.ladder.glyphs import ASCII, UNICODE
from tcpladder.ladder.layout import Span
from tcpladder.settings.table import Settings
from tests.cli.running import SHOWCASE, script, tcpladder


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


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, UNICODE),
        ({"LANG": "C.UTF-8"}, UNICODE),
        ({"LANG": "de_DE.utf8@euro"}, UNICODE),
        ({"LANG": "en_US"}, UNICODE),
        ({"LC_ALL": "C", "LANG": "C.UTF-8"}, ASCII),
        ({"LANG": "POSIX"}, ASCII),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, ASCII),  # the second is Python's
        ({"LANG": "de_DE.UTF-8", "LC_CTYPE": "C"}, ASCII),
        ({"LANG": "C", "LC_CTYPE": "de_DE.UTF-8"}, UNICODE),
        ({"LC_ALL": "en_US.ISO-8859-1"}, ASCII),
    ],
)
def test_on_a_terminal_so_does_the_locale(
    variables: dict[str, str], expected: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    output = Output("utf-8")
    monkeypatch.setattr(sys, "stdout", output)
    assert glyphs(is_ascii=False) is UNICODE
    monkeypatch.setattr(output, "isatty", lambda: True)
    assert glyphs(is_ascii=False) is expected


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


def test_what_the_settings_say_of_tshark_is_handed_to_it() -> None:
    settings = Settings(
        tshark="~/tshark",
        tshark_preferences=("tcp.desegment_tcp_streams:false",),
        decode_as=("tcp.port==8443,tls",),
        tls_key_log="~/secrets",
    )
    home = Path.home()
    assert tshark_options(settings) == TsharkOptions(
        path=f"{home}/tshark",
        arguments=(
            *("-o", "tcp.desegment_tcp_streams:false"),
            *("-o", f"tls.keylog_file:{home}/secrets"),
            *("-d", "tcp.port==8443,tls"),
        ),
    )
    assert tshark_options(Settings()) == TsharkOptions()


RECORDED = """[tshark]
preferences = ["tcp.desegment_tcp_streams:false"]
decode_as = ["tcp.port==80,tls"]
"""


def test_every_run_of_tshark_is_told(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(RECORDED)
    tshark = script(tmp_path / "tshark", f'echo "$*" >> {tmp_path}/runs\nexec {find_tshark().path} "$@"')
    capture = str(SHOWCASE)
    for arguments in (["list", capture, "--reader", "tshark"], ["list", capture, "--filter", "= http"]):
        assert tcpladder(*arguments, "--config", settings, "--tshark", tshark).code == 0
    runs = [run for run in (tmp_path / "runs").read_text().splitlines() if "--version" not in run]
    assert len(runs) == 2
    assert all(run.startswith("-o tcp.desegment_tcp_streams:false -d tcp.port==80,tls ") for run in runs)


def test_a_preference_that_tshark_does_not_know_is_told_in_its_words(tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text('[tshark]\npreferences = ["no.such:thing"]\n')
    ran = tcpladder("list", SHOWCASE, "--reader", "tshark", "--config", settings)
    assert ran.code == 2
    assert "no.such" in ran.err
