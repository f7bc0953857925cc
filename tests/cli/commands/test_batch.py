"""`tcpladder batch`: a report a capture, names that don't clash, a summary, and what remains of an interrupted run."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tcpladder.cli.main import run
from tests.cli.running import SAMPLES, environment
from tests.many.test_crew import is_running, is_soon
from tests.samples import path_of

REFUSED, GRAVE = path_of("refused.client"), path_of("old-timestamp.client")
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Give a directory with two captures of one name, one that is cut short, and a file that is no capture."""
    for name, source in {"a/one.pcap": REFUSED, "b/one.pcap": GRAVE}.items():
        (tmp_path / "in" / name).parent.mkdir(parents=True)
        shutil.copy(source, tmp_path / "in" / name)
    (tmp_path / "in" / "cut.pcap").write_bytes(GRAVE.read_bytes()[:600])
    (tmp_path / "in" / "notes.txt").write_text("nothing")
    return tmp_path


def batch(capsys: Captured, *arguments: str | Path) -> tuple[int, str, str]:
    code = run(["batch", "--jobs", "1", *map(str, arguments)])
    told = capsys.readouterr()
    return code, told.out, told.err


def files_in(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


def test_each_capture_has_its_reports_and_all_a_summary(capsys: Captured, tree: Path) -> None:
    out = tree / "out"
    code, told, err = batch(capsys, tree / "in", "-o", out, "--format", "text,csv", "--ladders", "none")
    assert code == 0
    assert files_in(out) == [
        *("a/one.pcap.csv", "a/one.pcap.txt", "b/one.pcap.csv", "b/one.pcap.txt", "cut.pcap.csv", "cut.pcap.txt"),
        *("summary.json", "summary.txt"),
    ]
    assert "one.pcap" in (out / "a/one.pcap.txt").read_text()
    assert told == (out / "summary.txt").read_text()
    assert told.startswith("3 captures, 3 connections: 1 violation, ")
    assert f"  {tree}/in/cut.pcap: '{tree}/in/cut.pcap' is cut" in told
    assert err.splitlines() == [
        f"tcpladder: 1/3 {tree}/in/cut.pcap",
        f"tcpladder: 2/3 {tree}/in/a/one.pcap",
        f"tcpladder: 3/3 {tree}/in/b/one.pcap",
        f"tcpladder: the reports are in '{out}'.",
    ]
    captures = json.loads((out / "summary.json").read_text())["captures"]
    assert captures[1]["reports"] == ["a/one.pcap.txt", "a/one.pcap.csv"]
    assert captures[1]["rules"] == {"hs-refused": 1}


def test_what_is_there_stays_unless_it_is_to_be_replaced_or_is_out_of_date(capsys: Captured, tree: Path) -> None:
    out, options = tree / "in" / "out", ("--format", "json", "--ladders", "none")
    assert batch(capsys, tree / "in", "-o", out, *options)[0] == 0
    report = out / "a" / "one.pcap.json"
    report.write_text("mine")
    code, told, err = batch(capsys, tree / "in", "-o", out, *options)
    assert (code, told, report.read_text()) == (2, "", "mine")
    assert err.startswith(
        f"tcpladder: '{out}/summary.txt' is there already, and 4 more. --force replaces them, --update"
    )
    code, told, err = batch(capsys, tree / "in", "-o", out, *options, "--update")
    assert (code, report.read_text()) == (0, "mine")
    assert "3 captures not read again: the reports are up to date\n" in told
    os.utime(report, ns=(0, 0))
    code, told, err = batch(capsys, tree / "in", "-o", out, *options, "--update")
    assert told.startswith("1 capture, 1 connection: ")
    assert json.loads(report.read_text())
    elsewhere = tree / "elsewhere"
    elsewhere.write_text("mine")
    for link in (report, out / "summary.txt"):
        link.unlink()
        link.symlink_to(elsewhere)
    assert batch(capsys, tree / "in", "-o", out, *options, "--force")[0] == 0
    assert elsewhere.read_text() == "mine"
    assert json.loads(report.read_text())


def test_a_capture_without_a_report_is_told_and_the_others_have_theirs(capsys: Captured, tree: Path) -> None:
    bad = tree / "bad.pcap"
    bad.write_bytes(b"\xa1\xb2\xc3\xd4")
    code, told, err = batch(capsys, bad, REFUSED, "-o", tree / "out", "--format", "json", "--only", "findings")
    assert code == 2
    assert files_in(tree / "out") == ["refused.client.pcap.json", "summary.json", "summary.txt"]
    assert "Captures without a report\n" in told
    assert str(bad) in err.splitlines()[0]


def test_reports_in_disguise_have_one_disguise(capsys: Captured, tree: Path) -> None:
    code, _, _ = batch(capsys, REFUSED, GRAVE, "-o", tree / "out", "--format", "csv", "--anonymise")
    assert code == 0
    ends = {(tree / "out" / f"{path.name}.csv").read_text().splitlines()[1].split(",")[3] for path in (REFUSED, GRAVE)}
    assert len(ends) == 1
    assert ends != {"198.51.100.20"}


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--format", "html,nothing"], "There is no format 'nothing'"),
        (["--format", "svg"], "shows one connection"),
        (["--only", "nothing"], "There is no rule 'nothing'"),
        (["--key", "x"], "Say --anonymise as well"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_read(
    capsys: Captured, tree: Path, options: list[str], sentence: str
) -> None:
    code, told, err = batch(capsys, tree / "absent.pcap", "-o", tree / "out", *options)
    assert (code, told) == (2, "")
    assert sentence in err
    assert not (tree / "out").exists()


def test_an_interrupted_run_leaves_whole_reports_and_no_process(tmp_path: Path) -> None:
    out, options = tmp_path / "out", ("--format", "json", "--ladders", "none", "--jobs", "2")
    command = [sys.executable, "-m", "tcpladder", "batch", str(SAMPLES), "-o", str(out), *options]
    with subprocess.Popen(command, env=environment(), stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith("tcpladder: 1/")
        threads = Path(f"/proc/{process.pid}/task").glob("*/children")
        workers = [int(worker) for thread in threads for worker in thread.read_text().split()]
        process.send_signal(signal.SIGINT)
        *_, last = process.stderr
    assert process.returncode == 128 + signal.SIGINT
    assert last.startswith("tcpladder: ended early, after ")
    assert len(workers) == 2
    assert is_soon(lambda: not any(map(is_running, workers)))
    reports = [path for path in out.rglob("*") if path.is_file()]
    assert reports
    for report in reports:
        assert json.loads(report.read_text())["format"]
    assert [path for path in out.iterdir() if path.name.startswith(".")] == []
