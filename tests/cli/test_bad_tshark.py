"""A tshark that is missing, too old, dies or hangs; and a reader of our output that goes away."""

import shlex
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.capture.stand_ins import has_ended
from tests.cli.running import ROOT, SAMPLES, SHOWCASE, environment, script, tcpladder, tcpladder_apart

ONE = SAMPLES / "graceful-close-by-client.client.pcap"
REAL = shutil.which("tshark") or "tshark"
TELLS_ITS_VERSION = f'case "$*" in *--version*) exec {REAL} --version;; esac'


def test_no_tshark_and_none_is_needed(tmp_path: Path) -> None:
    ran = tcpladder_apart("list", ONE, "--json", env=environment(PATH=str(tmp_path)))
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == tcpladder("list", ONE, "--json").out


def test_no_tshark(tmp_path: Path) -> None:
    ran = tcpladder_apart("list", ONE, "--reader", "tshark", env=environment(PATH=str(tmp_path)))
    assert (ran.code, ran.out) == (2, "")
    assert "tshark" in ran.err
    assert "apt install tshark" in ran.err
    assert len(ran.sentences) == 1


def test_a_tshark_that_is_too_old(tmp_path: Path) -> None:
    old = script(tmp_path / "tshark", "echo 'TShark (Wireshark) 3.4.16 (Git v3.4.16)'")
    ran = tcpladder("list", ONE, "--reader", "tshark", "--tshark", old)
    assert ran.code == 2
    assert "is tshark 3.4.16; tcpladder needs 3.6 or newer" in ran.err


@pytest.mark.parametrize("body", ["echo hello", "exit 1", "kill -9 $$"])
def test_a_program_that_is_no_tshark(body: str, tmp_path: Path) -> None:
    ran = tcpladder("list", ONE, "--reader", "tshark", "--tshark", script(tmp_path / "tshark", body))
    assert ran.code == 2
    assert "does not say which version" in ran.err


def test_a_tshark_that_is_killed_while_reading_leaves_what_it_gave(tmp_path: Path) -> None:
    killed = script(tmp_path / "tshark", f'{TELLS_ITS_VERSION}\n{REAL} "$@" 2>/dev/null | head -n 40\nkill -9 $$')
    ran = tcpladder("list", SHOWCASE, "--reader", "tshark", "--tshark", killed)
    assert ran.code == 0
    assert "ended by signal 9" in ran.err
    assert "up to frame 40" in ran.err
    assert 2 < len(ran.out.splitlines()) < 24


def test_a_tshark_that_is_killed_at_once_is_an_error(tmp_path: Path) -> None:
    ran = tcpladder(
        "list", ONE, "--reader", "tshark", "--tshark", script(tmp_path / "tshark", f"{TELLS_ITS_VERSION}\nkill -9 $$")
    )
    assert (ran.code, ran.out) == (2, "")
    assert "ended by signal 9" in ran.err


def test_a_tshark_that_fails_is_quoted_harmlessly(tmp_path: Path) -> None:
    body = f"{TELLS_ITS_VERSION}\nprintf 'tshark: out of \\033[31mluck\\n' >&2\nexit 9"
    ran = tcpladder("list", ONE, "--reader", "tshark", "--tshark", script(tmp_path / "tshark", body))
    assert ran.code == 2
    assert "status 9" in ran.err
    assert r"out of \x1b[31mluck" in ran.err
    assert "\x1b" not in ran.err


def test_a_config_ini_in_the_working_directory_is_none_of_our_business(tmp_path: Path) -> None:
    (tmp_path / "config.ini").write_text("[unrelated]\nanswer = 42\n")
    assert tcpladder("list", ONE, cwd=tmp_path).code == 0


def interrupted(arguments: list[str], until: Path) -> tuple[int, str]:
    """Start the command, press Ctrl-C as soon as the stand-in for tshark has made a file, and wait for the end."""
    with subprocess.Popen(
        [sys.executable, "-m", "tcpladder", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as running:
        deadline = time.monotonic() + 30
        while not until.exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=30)
        return running.returncode, told.decode()


def test_ctrl_c_ends_a_tshark_that_hangs(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    hangs = script(
        tmp_path / "tshark",
        f"{TELLS_ITS_VERSION}\necho $$ > {pid_file}.new\nmv {pid_file}.new {pid_file}\nexec sleep 600",
    )
    code, told = interrupted(["list", str(ONE), "--reader", "tshark", "--tshark", str(hangs)], until=pid_file)
    assert code == 130
    assert told.strip() == ""
    assert has_ended(int(pid_file.read_text()))


def test_a_reader_that_has_enough_is_not_told_of() -> None:
    command = (
        f"{shlex.quote(sys.executable)} -m tcpladder ladder {shlex.quote(str(SHOWCASE))} 16 --json | head -n 1; echo $?"
    )
    done = subprocess.run(["sh", "-c", command], capture_output=True, cwd=ROOT, check=False, timeout=60)
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == 2


def test_an_output_that_is_not_unicode_gets_ascii() -> None:
    ran = tcpladder_apart("ladder", ONE, "1", env=environment(PYTHONIOENCODING="ascii", LC_ALL="C"))
    assert ran.code == 0
    assert ran.out.isascii()
    assert "----" in ran.out
