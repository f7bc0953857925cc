"""Runs the console command: in this process, or, as its users do, in a process of its own."""

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from unittest import mock

from tcpladder.cli.main import run

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "sample_captures"
SHOWCASE = SAMPLES / "showcase.pcap"
TIMEOUT_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a run of the command left behind."""

    code: int
    out: str
    err: str

    @property
    def sentences(self) -> list[str]:
        """The lines on standard error, each of which has to be a sentence of tcpladder's own."""
        return self.err.splitlines()


def environment(**changes: str) -> dict[str, str]:
    """Give this process's environment with changes, and with the package to be found from any directory."""
    return {**os.environ, "PYTHONPATH": str(ROOT), **changes}


def tcpladder(*arguments: str | bytes | Path, cwd: Path | None = None) -> Ran:
    """Run `tcpladder ARGUMENTS` without a terminal, here: to start a process takes longer than what it does."""
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="backslashreplace")
    with (
        contextlib.chdir(cwd or Path.cwd()),
        Path(os.devnull).open() as nothing,
        mock.patch("sys.stdin", nothing),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        code = run([os.fsdecode(argument) for argument in arguments])
    return Ran(code=code, out=_written(out), err=_written(err))


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode()


def tcpladder_apart(
    *arguments: str | bytes | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Ran:
    """Run `tcpladder ARGUMENTS` without a terminal, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tcpladder", *arguments],
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=TIMEOUT_S,
        cwd=cwd,
        env=env or environment(),
        check=False,
    )
    return Ran(code=done.returncode, out=done.stdout.decode(), err=done.stderr.decode())


def script(path: Path, body: str) -> Path:
    """Write a shell script that stands in for tshark."""
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path
