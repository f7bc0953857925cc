"""`tcpladder report`: which connections, which format, and what becomes of the file."""

import io
import json
import signal
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from tcpladder.cli.main import run
from tcpladder.report.format import format_named
from tcpladder.report.model import Report
from tests.cli.running import SHOWCASE


def reported(capsys: pytest.CaptureFixture[str], *options: str | Path) -> tuple[int, str, str]:
    """Run the command in this process; give its exit code and what it printed."""
    code = run(["report", str(SHOWCASE), *map(str, options)])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_format_follows_the_file_s_ending(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = reported(capsys, "-o", tmp_path / "out.txt", "--only", "deviating", "--ladders", "none")
    assert code == 0
    assert "has 1 connection and 5 findings" in err
    assert "connections with findings: deviating" in (tmp_path / "out.txt").read_text().splitlines()[0]


def test_a_report_may_go_to_standard_output(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    arguments = ["-o", "-", "--format", "text", "--connection", "3", "--connection", "14", "--ladders", "none"]
    assert run(["report", str(SHOWCASE), *arguments]) == 0
    heading = capsysbinary.readouterr().out.decode().splitlines()[0]
    assert heading == "TCP connections of showcase.pcap: connections number 3, 14"


def test_what_is_there_is_replaced_only_by_force(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    code, _, err = reported(capsys, "-o", path, "--connection", "1")
    assert (code, path.read_text()) == (2, "old")
    assert err.splitlines() == [f"tcpladder: '{path}' is there already. --force replaces it."]
    assert reported(capsys, "-o", path, "--connection", "1", "--force")[0] == 0
    assert path.read_text() != "old"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("answer", "code"), [("y", 0), ("n", 2), ("", 2)])
def test_who_sits_at_a_terminal_is_asked_before_a_file_is_replaced(
    answer: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, told = tmp_path / "out.txt", Terminal()
    path.write_text("old")
    monkeypatch.setattr("sys.stdin", Terminal(f"{answer}\n"))
    monkeypatch.setattr("sys.stderr", told)
    assert run(["report", str(SHOWCASE), "-o", str(path), "--connection", "1"]) == code
    assert f"'{path}' is there already. Replace it? [y/N]: " in told.getvalue()
    assert (path.read_text() == "old") == (code != 0)
    assert ("Nothing was written." in told.getvalue()) == (code != 0)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("-o", "out.doc"), "The ending of 'out.doc' is that of no format."),
        (("-o", "-"), "Standard output has no ending that tells the format."),
        (("-o", "out.txt", "--format", "doc"), "There is no format 'doc'."),
        (("-o", "out.txt", "--only", "td-fin"), "There is no rule 'td-fin'."),
        (("-o", "out.txt", "--key", "words"), "nothing is to be disguised. Say --anonymise as well."),
        (("-o", "out.txt", "--anonymise", "--key", ""), "The key is empty."),
        (("-o", "out.txt", "--connection", "99"), "has no connection 99."),
        (("-o", "out.svg"), "The format svg shows one connection, and there are 24 to be shown."),
        (("-o", "no/out.txt"), "'no/out.txt' can't be written: No such file or directory. Make its directory first."),
    ],
)
def test_what_can_not_be_had_is_one_sentence(
    options: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = reported(capsys, *options)
    assert (code, out) == (2, "")
    assert sentence in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_key_disguises_alike_each_time_and_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("-o", "-", "--format", "csv", "--only", "deviating")
    written = [reported(capsys, *options, flag, "--key", "mill wheel")[1] for flag in ("--anonymise", "--anonymize")]
    assert written[0] == written[1] != reported(capsys, *options, "--anonymise")[1]
    assert written[0].count("\n") == reported(capsys, *options)[1].count("\n")
    assert "mill wheel" not in written[0]


def test_the_schema_of_reports_in_json_needs_no_capture(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "--json-schema"]) == 0
    assert json.loads(capsys.readouterr().out)["properties"]["format"] == {"const": "tcpladder report"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_end_leaves_what_was_there_and_no_half_a_file(
    number: signal.Signals, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")

    def write(_: Report, out: BinaryIO) -> None:
        out.write(b"new")
        assert signal.getsignal(number) is not signal.SIG_DFL  # it would end the tests
        signal.raise_signal(number)

    monkeypatch.setattr("tcpladder.report.format.format_of", lambda _: replace(format_named("text"), write=write))
    with pytest.raises(SystemExit) as leaving:
        run(["report", str(SHOWCASE), "-o", str(path), "--force"])
    assert leaving.value.code == 128 + number
    assert [each.name for each in tmp_path.iterdir()] == ["out.txt"]
    assert path.read_text() == "old"
