"""Finding tshark and its version; one clear error where it is absent, too old or does not run."""

import functools
import os
import re
import shutil
import signal
import subprocess
from dataclasses import dataclass, replace

from tcpladder.errors import TsharkError, quoted

OLDEST_VERSION = (3, 6)
VERSION_TIMEOUT_S = 20
MACOS_BUNDLE = "/Applications/Wireshark.app/Contents/MacOS/tshark"
INSTALL_HINT = (
    "Install it (Debian, Ubuntu: apt install tshark; Fedora: dnf install wireshark-cli; "
    "Arch: pacman -S wireshark-cli; macOS: brew install wireshark), or name it by --tshark."
)
MERGECAP_HINT = (
    "It comes with tshark (Debian, Ubuntu: apt install tshark; Fedora: dnf install wireshark-cli; "
    "Arch: pacman -S wireshark-cli; macOS: brew install wireshark)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TsharkOptions:
    """Which tshark the user wants, None for the one that is found, and arguments for each of its runs."""

    path: str | None = None
    arguments: tuple[str, ...] = ()


Tshark = TsharkOptions | str | None
"""What the user says of tshark; a text is its path."""


@dataclass(frozen=True, slots=True)
class TsharkBinary:
    """A tshark that works: its absolute path, its version, such as (4, 0, 17), and arguments for each of its runs."""

    path: str
    version: tuple[int, ...]
    arguments: tuple[str, ...] = ()


def find_tshark(wanted: Tshark = None) -> TsharkBinary:
    """Give the tshark that the user named, else the one on the PATH, else the one in macOS' Wireshark bundle.

    Raises TsharkError when there is none, when it can't say its version, and when that is below 3.6, the first
    whose fields mean what the readers take them to mean.
    """
    if isinstance(wanted, TsharkOptions):
        return replace(find_tshark(wanted.path), arguments=wanted.arguments)
    path = shutil.which(wanted or "tshark")
    if path is None and wanted is None:
        path = shutil.which(MACOS_BUNDLE)
    if path is None:
        searched = (
            f"There is no program {quoted(wanted)}." if wanted else "tshark, which reads the captures, was not found."
        )
        raise TsharkError(searched, INSTALL_HINT)
    # The time of change is part of the question, so that an upgrade under a running program is seen.
    return _examine(os.path.realpath(path), path, os.stat(path).st_mtime_ns)  # noqa: PTH116


def find_mergecap(wanted: Tshark = None) -> str:
    """Give the mergecap that came with the tshark that is named or found, else the one on the PATH.

    Raises TsharkError when there is none.
    """
    name = wanted.path if isinstance(wanted, TsharkOptions) else wanted
    tshark = shutil.which(name or "tshark") or (None if name else shutil.which(MACOS_BUNDLE))
    beside = os.path.join(os.path.dirname(tshark), "mergecap") if tshark else "mergecap"  # noqa: PTH118, PTH120
    path = shutil.which(beside) or shutil.which("mergecap")
    if path is None:
        raise TsharkError("mergecap, which makes one of several captures, was not found.", MERGECAP_HINT)
    return path


@functools.lru_cache(maxsize=8)
def _examine(_real_path: str, path: str, _changed: int) -> TsharkBinary:
    shown = quoted(path)
    try:
        first_line = _first_line([path, "--version"])
    except subprocess.TimeoutExpired:
        raise TsharkError(
            f"{shown} did not answer within {VERSION_TIMEOUT_S} seconds.", "Does it run by itself?"
        ) from None
    except OSError as error:
        raise TsharkError(f"{shown} could not be run: {error.strerror}.", INSTALL_HINT) from error
    match = re.match(r"tshark\b.*?(\d+)\.(\d+)(?:\.(\d+))?", first_line, re.IGNORECASE)
    if match is None:
        raise TsharkError(f"{shown} does not say which version of tshark it is.", INSTALL_HINT)
    version = tuple(int(part) for part in match.groups() if part is not None)
    if version < OLDEST_VERSION:
        oldest = ".".join(map(str, OLDEST_VERSION))
        found = ".".join(map(str, version))
        raise TsharkError(f"{shown} is tshark {found}; tcpladder needs {oldest} or newer.", INSTALL_HINT)
    return TsharkBinary(path, version)


def _first_line(command: list[str]) -> str:
    """Give the first line that a program writes; it is ended, with its children, when it takes too long."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        process_group=0,
    ) as process:
        try:
            output, _ = process.communicate(timeout=VERSION_TIMEOUT_S)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
    return output.decode(errors="replace").partition("\n")[0]
