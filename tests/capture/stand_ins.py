"""Shell scripts that stand in for a tshark that does not do what it should, and what a reading may leave behind."""

import contextlib
import shlex
import shutil
import threading
import time
from dataclasses import dataclass
from pathlib import Path

REAL = shutil.which("tshark") or "tshark"
PATIENCE_S = 5.0
VERSION = "TShark (Wireshark) 4.0.17 (Git v4.0.17 packaged as 4.0.17-0+deb12u3)."


def stand_in(directory: Path, body: str, *, version: str = VERSION) -> str:
    """Write a script that tells a version, and else runs `body`; there `real` is the real tshark with the arguments."""
    path = directory / "tshark"
    path.write_text(
        f"""#!/bin/sh
if [ "$1" = --version ]; then echo {shlex.quote(version)}; exit; fi
real() {{ {shlex.quote(REAL)} "$@"; }}
{body}
"""
    )
    path.chmod(0o755)
    return str(path)


@dataclass(frozen=True, slots=True)
class Footprint:
    """The children, descriptors and threads that this process has."""

    children: tuple[str, ...]
    descriptors: tuple[str, ...]
    threads: tuple[str, ...]


def footprint() -> Footprint:
    """Look at what this process has now (Linux)."""
    for thread in threading.enumerate():
        if thread.name.startswith(
            ("asyncio-waitpid", "waitpid")
        ):  # it has told a child's end, and is about to end itself
            thread.join(timeout=5)
    children = " ".join(path.read_text() for path in Path("/proc/self/task").glob("*/children")).split()
    descriptors = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):  # the one by which the directory is listed
            descriptors.append(f"{descriptor.name}: {descriptor.readlink()}")
    threads = [thread.name for thread in threading.enumerate()]
    return Footprint(tuple(sorted(children)), tuple(sorted(descriptors)), tuple(sorted(threads)))


def has_ended(process: int) -> bool:
    """Tell whether a process has ended, giving one that was killed a moment for it."""
    deadline = time.monotonic() + PATIENCE_S
    while _is_alive(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def _is_alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
