"""`tcpladder open`: what can be told without a screen is told without one; with a terminal there is the app."""

import fcntl
import os
import pty
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


def in_a_terminal(arguments: list[str], answer: bytes, wait_for: bytes) -> tuple[int, bytes]:
    """Run the command in a terminal of 80x24, type `answer` once it shows `wait_for`."""
    controller, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    with subprocess.Popen(
        [sys.executable, "-m", "tcpladder", *arguments],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env=environment(TERM="xterm-256color", LANG="C.UTF-8"),
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
