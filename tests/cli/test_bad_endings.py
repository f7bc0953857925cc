"""An output that takes no more, a Ctrl-C at any moment, a tshark killed from outside; and control bytes from a file."""

import os
import random
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from tcpladder.cli import main
from tests.capture import wrapping
from tests.capture.stand_ins import has_ended
from tests.cli.running import ROOT, SAMPLES, SHOWCASE, environment, tcpladder, tcpladder_apart

ONE = SAMPLES / "graceful-close-by-client.client.pcap"
FILE_HEADER = 24
COMMANDS = [["list", str(SHOWCASE)], ["list", str(SHOWCASE), "--json"], ["ladder", str(SHOWCASE), "16"]]
PATIENCE_S = 30


def ran_into(output: int | str, arguments: list[str]) -> tuple[int, str]:
    """Run the command with a standard output of choice; give its exit code and what it said on standard error."""
    descriptor = os.open(output, os.O_WRONLY) if isinstance(output, str) else output
    try:
        done = subprocess.run(
            [sys.executable, "-m", "tcpladder", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=descriptor,
            stderr=subprocess.PIPE,
            env=environment(),
            text=True,
            check=False,
        )
    finally:
        os.close(descriptor)
    return done.returncode, done.stderr


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_reader_that_is_gone_is_not_told_of(arguments: list[str]) -> None:
    readable, writable = os.pipe()
    os.close(readable)
    assert ran_into(writable, arguments) == (0, "")


@pytest.mark.parametrize("arguments", COMMANDS)
def test_a_full_disk_is_told(arguments: list[str]) -> None:
    code, told = ran_into("/dev/full", arguments)
    assert code == 2
    assert told == "tcpladder: The output can't be written: No space left on device. Make room, or write elsewhere.\n"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_outputs_are_no_error(closed: str) -> None:
    command = f'"{sys.executable}" -m tcpladder list "{ONE}" {closed}'
    done = subprocess.run(["sh", "-c", command], env=environment(), capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


# Wrong usage


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["list"], "Missing argument 'FILE...'. See tcpladder list --help."),
        (["ladder", "a.pcap", "x\x1b[31m"], r"'x\x1b[31m' is not a valid integer. See tcpladder ladder --help."),
        (["completion", "bash", "b\x1b]0;t\x07"], r"extra argument (b\x1b]0;t\x07). See tcpladder completion --help."),
        (["list", "--jsn", str(ONE)], "There is no option and no file '--jsn'. See tcpladder list --help."),
        (
            ["list", "--json", "--wide=9", str(ONE)],
            "There is no option and no file '--wide=9'. See tcpladder list --help.",
        ),
        (["completion", "tc\nsh"], "is not one of 'bash', 'zsh', 'fish'. See tcpladder completion --help."),
    ],
)
def test_wrong_usage_is_one_sentence(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(arguments) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert sentence in told.err
    assert told.err.startswith("tcpladder: ")
    assert told.err.count("\n") == 1


def test_without_arguments_there_is_help() -> None:
    ran = tcpladder_apart()
    assert ran.code == 2
    assert "Usage: tcpladder" in ran.err


# Control bytes


def test_no_control_byte_of_a_capture_reaches_the_terminal(tmp_path: Path) -> None:
    evil = "\x1b]0;owned\x07[red]x[/] \x9b31m \u202e"
    encoded = evil.encode()
    names = wrapping.padded(bytes([192, 0, 2, 10]) + encoded + b"\0")
    resolution = wrapping.block(
        4, (1).to_bytes(2, "little") + (5 + len(encoded)).to_bytes(2, "little") + names + bytes(4)
    )
    described = wrapping.option(2, encoded) + wrapping.option(3, encoded) + wrapping.option(1, encoded)
    frames = wrapping.frames_of(ONE)
    (tmp_path / "evil.pcapng").write_bytes(
        wrapping.section(options=wrapping.option(1, encoded) + wrapping.option(4, encoded))
        + wrapping.interface(options=described)
        + resolution
        + b"".join(wrapping.enhanced(frame, comment=evil) for frame in frames)
    )
    for arguments in (["list"], ["list", "--json"], ["ladder", "1"], ["ladder", "1", "--json"]):
        ran = tcpladder(arguments[0], "evil.pcapng", *arguments[1:], cwd=tmp_path)
        assert ran.code == 0
        assert ran.out
        assert ran.err == ""
        control = [letter for letter in ran.out if unicodedata.category(letter).startswith("C") and letter != "\n"]
        assert control == []


@pytest.mark.parametrize(
    "content",
    [
        b'{"a": 1}\n',
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"hello\n",
        b"\x7fELF" + bytes(100),
        b"<?xml version='1.0'?><a/>",
    ],
    ids=["json", "png", "text", "program", "xml"],
)
def test_a_file_of_another_kind_is_no_capture(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(content)
    ran = tcpladder("list", "file", cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.sentences == [
        "tcpladder: 'file' is not a capture file in any format that tshark knows. Save it as pcap or pcapng."
    ]


def test_a_device_is_no_file() -> None:
    ran = tcpladder("list", "/dev/null")
    assert (ran.code, ran.out) == (2, "")
    assert "is not a regular file" in ran.err


# Interrupted


@pytest.fixture(scope="module")
def long_capture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a capture that takes tshark a second or two."""
    content = SHOWCASE.read_bytes()
    path = tmp_path_factory.mktemp("long") / "long.pcap"
    path.write_bytes(content[:FILE_HEADER] + content[FILE_HEADER:] * 60)
    return path


def readers_of(path: Path) -> Iterator[Path]:
    """Find the processes of any tshark that reads this file."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith(b"tshark") and os.fsencode(path) in words:
            yield process


# What the console script does, saying when it begins.
BEGUN = """
import signal, sys, typing
print("begun", flush=True)
from tcpladder.__main__ import main
main()
"""


@pytest.mark.parametrize("seed", range(8))
def test_ctrl_c_at_any_moment_ends_all_in_silence(seed: int, long_capture: Path) -> None:
    moment = random.Random(seed).uniform(0, 0.15 * (seed + 1))  # noqa: S311 - no secret
    with subprocess.Popen(
        [sys.executable, "-c", BEGUN, "list", "--json", "--reader", "tshark", str(long_capture)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=environment(),
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"begun\n"
        time.sleep(moment)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=PATIENCE_S)
    assert told.strip() == b""
    assert running.returncode == 130
    assert all(has_ended(int(process.name)) for process in readers_of(long_capture))


def has_written(process: Path, size: int) -> bool:
    """Tell whether a process has written so many bytes."""
    try:
        counts = dict(line.split(": ") for line in (process / "io").read_text().splitlines())
    except OSError:
        return False
    return int(counts["wchar"]) >= size


def test_a_tshark_killed_from_outside_leaves_what_it_gave(long_capture: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tcpladder", "list", "--reader", "tshark", str(long_capture)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env=environment(),
        cwd=ROOT,
    ) as running:
        deadline = time.monotonic() + PATIENCE_S
        victims: list[Path] = []
        while not victims and time.monotonic() < deadline:
            victims = [process for process in readers_of(long_capture) if has_written(process, 100_000)]
        os.kill(int(victims[0].name), signal.SIGKILL)
        out, told = running.communicate(timeout=PATIENCE_S)
    assert running.returncode == 0
    assert b"tshark was ended by signal 9" in told
    assert b"What was read, up to frame" in told
    assert told.count(b"\n") <= 3  # times run backwards in it, and its packets come again
    assert len(out.splitlines()) > 20
