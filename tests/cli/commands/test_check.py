"""`tcpladder check`: exit codes, lines and JSON, captures by themselves, baselines, and captures that can't be read."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tcpladder.cli.main import run
from tests.cli.running import ROOT
from tests.samples import path_of

CLEAN, GRAVE, DATED = (
    path_of("graceful-close-by-client.client"),
    path_of("old-timestamp.client"),
    path_of("ipv6.client"),
)
Captured = pytest.CaptureFixture[str]


def check(capsys: Captured, *arguments: str | Path) -> tuple[int, str, str]:
    code = run(["check", "--jobs", "1", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def document(capsys: Captured, *arguments: str | Path) -> dict[str, Any]:
    code, out, _ = check(capsys, "--json", *arguments)
    whole: dict[str, Any] = json.loads(out)
    assert code == whole["exit_code"]
    return whole


def test_clean_captures_are_0_and_say_what_was_looked_for(capsys: Captured) -> None:
    assert check(capsys, CLEAN, DATED) == (0, "2 captures, 2 connections; nothing found of: deviation\n", "")


def test_findings_are_1_and_a_line_each(capsys: Captured) -> None:
    code, out, err = check(capsys, CLEAN, GRAVE)
    assert (code, err) == (1, "")
    line, summary = out.splitlines()
    assert line.startswith(
        f"{GRAVE}:9: violation ts-val-backwards #1 192.0.2.10:44402 > 198.51.100.20:80: The responder"
    )
    assert "(frames 9, 6; confidence high" in line
    assert summary.startswith("2 captures, 2 connections; 1 finding: 1 violation")


def test_what_fails_is_what_is_asked_for(capsys: Captured) -> None:
    assert check(capsys, "--fail-on", "hs-refused", GRAVE)[0] == 0
    assert check(capsys, "--ignore", "ts-val-backwards", GRAVE)[0] == 0
    code, _, err = check(capsys, "--fail-on", "violations", GRAVE)
    assert code == 2
    assert err.startswith("tcpladder: There is no rule 'violations'.")


def test_quiet_says_nothing_where_nothing_fails_so_that_cron_sends_no_mail(capsys: Captured) -> None:
    assert check(capsys, "-q", CLEAN) == (0, "", "")
    assert len(check(capsys, "-q", CLEAN, GRAVE)[1].splitlines()) == 2


def test_each_capture_is_judged_by_itself(capsys: Captured, tmp_path: Path) -> None:
    for name in ("one.pcap", "two/one.pcap"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(GRAVE, tmp_path / name)
    (tmp_path / "notes.txt").write_text("not a capture")
    captures = document(capsys, tmp_path)["captures"]
    assert [capture["capture"] for capture in captures] == [str(tmp_path / "one.pcap"), str(tmp_path / "two/one.pcap")]
    assert captures[0]["findings"] == captures[1]["findings"]
    assert captures[0]["connections"] == 1


def test_what_is_known_from_a_baseline_does_not_fail(capsys: Captured, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text(json.dumps(document(capsys, "--fail-on", "violation", GRAVE)))
    again = shutil.copy(GRAVE, tmp_path / "recorded-anew.pcap")
    code, out, _ = check(capsys, "--baseline", old, again)
    assert code == 0
    assert out.startswith("1 capture, 1 connection; nothing found of: deviation; 1 known from the baseline")
    code, out, _ = check(capsys, "--baseline", old, again, path_of("never-closed.client"))
    assert code == 1
    assert "td-close-wait-stuck" in out
    assert "ts-val-backwards" not in out
    whole = document(capsys, "--baseline", old, again)
    first, *_ = whole["captures"][0]["findings"]
    assert (first["fails"], first["new"]) == (True, False)


def test_a_baseline_that_cannot_be_used_is_told_before_anything_is_read(capsys: Captured, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text('{"format": "tcpladder check", "version": 1, "captures": [')
    code, out, err = check(capsys, "--baseline", old, tmp_path / "absent.pcap")
    assert (code, out) == (2, "")
    assert err.startswith(f"tcpladder: The baseline '{old}' is damaged: it is no whole JSON document. Make it anew")
    assert len(err.splitlines()) == 1


def test_a_capture_that_cannot_be_read_is_2_whatever_was_found_in_others(capsys: Captured, tmp_path: Path) -> None:
    code, out, err = check(capsys, GRAVE, tmp_path / "absent.pcap", CLEAN)
    assert code == 2
    assert err == f"tcpladder: There is no file '{tmp_path}/absent.pcap'. Check the name and the directory.\n"
    assert "ts-val-backwards" in out
    assert out.endswith("; 1 could not be read\n")
    code, out, err = check(capsys, tmp_path / "empty-directory*")
    assert (code, out) == (2, "")
    assert "No file matches" in err


def test_nothing_found_in_a_capture_that_was_cut_short(capsys: Captured, tmp_path: Path) -> None:
    cut = tmp_path / "cut.pcap"
    cut.write_bytes(CLEAN.read_bytes()[:500])
    code, out, _ = check(capsys, cut)
    assert code == 0
    assert f"{cut}: incomplete: " in out
    assert "What came after that was not checked" in out
    assert out.endswith("; nothing found of: deviation; 1 incomplete\n")
    assert check(capsys, "--fail-on", "incomplete", cut)[0] == 1


def test_several_processes_say_the_same_in_the_same_order(capsys: Captured) -> None:
    files = [GRAVE, CLEAN, path_of("never-closed.client"), DATED]
    alone = check(capsys, *files)
    assert run(["check", "--jobs", "2", *map(str, files)]) == alone[0]
    assert capsys.readouterr().out == alone[1]


def test_a_mistyped_option_is_not_taken_for_a_capture(capsys: Captured) -> None:
    code, _, err = check(capsys, "--fail-upon", CLEAN)
    assert code == 2
    assert "There is no option" in err


def test_the_session_in_the_documentation_is_what_it_prints(capsys: Captured, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    page = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
    begin = page.index("$ tcpladder check sample_captures/showcase.pcap\n")
    session = page[begin : page.index("```", begin)]
    command, _, printed = session.partition("\n")
    assert run(command.split()[2:]) == 1
    assert capsys.readouterr().out == printed
