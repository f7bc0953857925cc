"""Several captures as one, by time: mergecap writes them into a temporary file, which everything then reads.

So frame numbers, display filters and dissections agree. The file is removed at the end, after errors and signals too.
What mergecap can't read to its end is told, and taken as far as it is whole.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tcpladder.capture.opening import check_openable, compression
from tcpladder.capture.reader import CaptureNotice, NoticeKind
from tcpladder.capture.tshark_binary import Tshark, find_mergecap
from tcpladder.errors import CaptureError, TsharkError, quoted
from tcpladder.printable import printable
from tcpladder.unwinding import unwinding

PREFIX = "tcpladder-merged-"  # of the folder
LONGEST_NAME = 120  # characters of the first capture's name that the merged file's begins with
GROWTH, COMPRESSED_GROWTH = 1.4, 8.0
"""How many times its size a capture may take when it is merged: small packets have larger headers in pcapng."""
WORTH_TELLING = 100_000_000  # bytes: to merge so many takes a while

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Captures:
    """Captures that are looked at as one: `path` is what is to be read, `files` are those that it is made of."""

    path: Path
    files: tuple[Path, ...]
    notices: tuple[CaptureNotice, ...] = ()

    @property
    def is_merged(self) -> bool:
        """Whether `path` is a temporary file."""
        return len(self.files) > 1

    @property
    def name(self) -> str:
        """What it is called in sentences."""
        return quoted(self.path.name if self.is_merged else self.path)


@contextlib.contextmanager
def as_one(files: tuple[Path, ...], tshark: Tshark = None, say: Say = lambda _: None) -> Iterator[Captures]:
    """Give captures as one; while it is used there may be a temporary file. `say` is told what takes a while.

    Raises CaptureError where one is not there or nothing can be read, or where there is no room; TsharkError where
    there is no mergecap, or where it fails otherwise.
    """
    if len(files) == 1:
        yield Captures(path=files[0], files=files)
        return
    kept, notices = _to_be_read(files)
    if len(kept) == 1:
        yield _only(kept, notices)
        return
    mergecap = find_mergecap(tshark)
    needed = sum(_expected(file) for file in kept)
    with unwinding(), tempfile.TemporaryDirectory(prefix=PREFIX, dir=_room(needed)) as folder:
        merging = _Merging(mergecap=mergecap, folder=Path(folder), needed=needed, say=say)
        yield merging.merged(kept, notices)


def _to_be_read(files: tuple[Path, ...]) -> tuple[tuple[Path, ...], list[CaptureNotice]]:
    """Give the files without those that are empty, and each once, however it is named."""
    kept: dict[tuple[int, int], Path] = {}
    notices = []
    error: CaptureError | None = None
    for file in files:
        try:
            check_openable(file)
        except CaptureError as problem:
            if not (file.is_file() and file.stat().st_size == 0):
                raise
            error = error or problem
            notices.append(_notice(f"{quoted(file)} is empty, and left out."))
            continue
        status = file.stat()
        if (status.st_dev, status.st_ino) in kept:
            sentence = f"{quoted(file)} was named more than once, and is taken once."
            notices.append(CaptureNotice(kind=NoticeKind.MERGED, sentence=sentence))
        kept.setdefault((status.st_dev, status.st_ino), file)
    if not kept and error:
        raise error
    return tuple(kept.values()), notices


def _notice(sentence: str) -> CaptureNotice:
    return CaptureNotice(kind=NoticeKind.INCOMPLETE, sentence=sentence)


def _expected(file: Path) -> int:
    """Guess how many bytes a capture takes when it is merged."""
    return round(file.stat().st_size * (COMPRESSED_GROWTH if compression(file) else GROWTH))


def _room(needed: int) -> Path:
    """Give a folder for temporary files that has so much room. Raises CaptureError."""
    usual = Path(tempfile.gettempdir())
    for folder in (usual, Path("/var/tmp")):  # noqa: S108 - only asked for its room; the file gets a folder of its own
        with contextlib.suppress(OSError):
            if shutil.disk_usage(folder).free > needed and os.access(folder, os.W_OK):
                return folder
    free = shutil.disk_usage(usual).free
    raise CaptureError(
        f"Merging these captures takes about {_size(needed)}, and {quoted(usual)} has {_size(free)} left.",
        "Make room, or name a folder that has some: TMPDIR=/folder tcpladder ...",
    )


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(count // 1_000_000, 1)} MB"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merging:
    """One merge, with what it needs."""

    mergecap: str
    folder: Path
    needed: int
    say: Say

    def merged(self, files: tuple[Path, ...], notices: list[CaptureNotice]) -> Captures:
        """Merge files; one that mergecap can't read to its end is replaced by as much of it as is whole."""
        inputs = {file: file.absolute() for file in files}  # can't be mistaken for an option
        name = f"{files[0].name[:LONGEST_NAME]} + {len(files) - 1} more"
        path = self.folder / name
        if self.needed >= WORTH_TELLING:
            self.say(f"merging {len(files)} captures, which takes about {_size(self.needed)} of disk ...")
        while (trouble := self._run(list(inputs.values()), path)) is not None:
            bad = next((file for file, read in inputs.items() if f'"{read}"' in trouble), None)
            if bad is None or inputs[bad].parent == self.folder:
                raise TsharkError(f"The captures can't be merged: {_in_a_line(trouble)}.")
            whole = self.folder / f"whole-{len(notices)}"
            self._run([inputs[bad]], whole)
            if whole.exists():
                inputs[bad] = whole
                notices.append(_notice(f"{quoted(bad)} can't be read to its end; what is whole before that is merged."))
            else:
                del inputs[bad]
                notices.append(_notice(f"{quoted(bad)} is left out: it is not a capture that mergecap can read."))
            if len(inputs) == 1:  # which its reader knows best
                return _only(tuple(inputs), notices)
        for file, read in inputs.items():
            if read != file.absolute():
                read.unlink()
        return Captures(path=path, files=tuple(inputs), notices=tuple(notices))

    def _run(self, inputs: list[Path], output: Path) -> str | None:
        """Merge, each input with interfaces of its own; give what mergecap complains of, None if of nothing."""
        command = [self.mergecap, "-I", "none", "-w", str(output), *map(str, inputs)]
        try:
            with subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, process_group=0
            ) as process:
                try:
                    _, told = process.communicate()
                finally:
                    if process.poll() is None:
                        os.killpg(process.pid, signal.SIGKILL)
        except OSError as error:
            raise TsharkError(f"{quoted(self.mergecap)} could not be run: {error.strerror}.") from error
        if process.returncode == 0:
            return None
        return told.decode(errors="surrogateescape") or f"mergecap ended with {process.returncode}"


def _only(files: tuple[Path, ...], notices: list[CaptureNotice]) -> Captures:
    return Captures(path=files[0], files=files, notices=tuple(notices))


def _in_a_line(trouble: str) -> str:
    return printable(" ".join(trouble.split())).rstrip(".")
