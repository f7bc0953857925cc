"""`tcpladder open`: what can be told without a screen is told without one; with a terminal there is the app."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

from tests.cli.running import ROOT, SHOWCASE, environment, tcpladder

DEADLINE_S = 30
LEAVE_ALTERNATE_SCREEN = b"\x1b[?1049l"
SHOW_CURSOR = b"\x1b[?25h"


def test_a_missing_file_is_told_before_the_terminal_is_asked_for() -> None:
    ran = tcpladder("open", "--nothing")
    assert ran.code == 2
    assert "no option and no file" in ran.err


def in_a_terminal(arguments: list[str], answer: bytes, wait_for: bytes, **variables: str) -> tuple[int, bytes]:
    """Run the command in a terminal of 80x24, type `answer` once it shows `wait_for`."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "tcpladder", *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment(**{"TERM": "xterm-256color", "LANG": "C.UTF-8", **variables}),
        cwd=ROOT,
        start_new_session=True,
    ) as running:
        os.close(terminal)
        shown = b""
        deadline = time.monotonic() + DEADLINE_S
        answered = False
        while time.monotonic() < deadline:
            readable, _, _ = select.select([controller], [], [], 0.1)
            if readable:
                try:
                    shown += os.read(controller, 65536)
                except OSError:  # the terminal is closed: the command has ended
                    break
            if not answered and wait_for in shown:
                os.write(controller, answer)
                answered = True
            if not readable and running.poll() is not None:
                break
        if running.poll() is None:
            running.terminate()
        os.close(controller)
        return running.wait(), shown


def test_the_app_shows_the_connections_and_leaves_the_terminal_as_it_was() -> None:
    code, shown = in_a_terminal([str(SHOWCASE)], b"q", wait_for=b"24 connections")
    assert code == 0
    assert shown.rstrip().rfind(LEAVE_ALTERNATE_SCREEN) > shown.rfind(b"24 connections")
    assert shown.rfind(SHOW_CURSOR) > shown.rfind(b"24 connections")


def test_a_file_that_turns_out_to_be_no_capture_is_told_after_the_screen_is_gone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a capture\n" * 10)
    code, shown = in_a_terminal([str(tmp_path / "notes.txt")], b"", wait_for=b"never")
    assert code == 2
    assert b"is not a capture file" in shown.rpartition(LEAVE_ALTERNATE_SCREEN)[2]


def test_a_terminal_without_utf8_and_colours_gets_neither(tmp_path: Path) -> None:
    variables = {"LC_ALL": "C", "NO_COLOR": "1", "XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    code, shown = in_a_terminal([str(SHOWCASE)], b"q", wait_for=b"24 connections", **variables)
    assert code == 0
    assert shown.isascii()
    assert not re.search(rb"\x1b\[([0-9;]*;)?(3[0-8]|4[0-8]|9[0-7]|10[0-7])[;m]", shown)


def test_a_dumb_terminal_is_told_of_in_one_sentence() -> None:
    code, shown = in_a_terminal([str(SHOWCASE)], b"", wait_for=b"never", TERM="dumb")
    assert (code, shown.count(b"\n")) == (2, 1)
    assert b"TERM says dumb" in shown


def test_what_is_no_terminal_is_told_of_in_one_sentence() -> None:
    ran = tcpladder(SHOWCASE)
    assert (ran.code, ran.out) == (2, "")
    assert ran.sentences == [
        "tcpladder: The app needs a terminal. tcpladder list and tcpladder ladder print into files and pipes."
    ]
