"""How long processes have been at work: what tells one that is busy and silent from one that hangs."""

import os
import subprocess
from pathlib import Path

PROC = Path("/proc")
GROUP, USER_TICKS, SYSTEM_TICKS = 2, 11, 12  # places behind the name in /proc/PID/stat, see proc(5)
PS_TIMEOUT_S = 5


def seconds_used(group: int) -> float | None:
    """Add up the processor time of a process group's members; None where the system does not tell."""
    if (PROC / "self" / "stat").exists():
        return _from_proc(group)
    return _from_ps(group)


def _from_proc(group: int) -> float:
    ticks = 0
    for status in PROC.glob("[0-9]*/stat"):
        try:
            # The name, in parentheses, may hold anything.
            fields = status.read_bytes().rpartition(b")")[2].split()
        except OSError:  # ended meanwhile
            continue
        if int(fields[GROUP]) == group:
            ticks += int(fields[USER_TICKS]) + int(fields[SYSTEM_TICKS])
    return ticks / os.sysconf("SC_CLK_TCK")


def _from_ps(group: int) -> float | None:
    try:
        listed = subprocess.run(
            ["ps", "-A", "-o", "pgid=,time="],  # noqa: S607 - wherever it is
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=PS_TIMEOUT_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    rows = (line.split() for line in listed.stdout.decode(errors="replace").splitlines())
    return sum(_seconds(row[1]) for row in rows if len(row) == 2 and row[0] == str(group))


def _seconds(text: str) -> float:
    """Read ps' `[[DD-]HH:]MM:SS[.FF]`."""
    days, _, clock = text.rpartition("-")
    total = 0.0
    for part in clock.split(":"):
        total = total * 60 + float(part)
    return total + 86_400 * float(days or 0)
