"""The reports of one capture among many: written by one process, put in their places by another.

They are written into a hidden directory beside the others first, so that there are none but whole ones, and those of a
capture come together, whatever ends the run.
"""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from tcpladder.capture.name_records import names_known
from tcpladder.capture.reader import AUTO, NoticeKind
from tcpladder.capture.tshark_binary import Tshark
from tcpladder.errors import CaptureError, quoted
from tcpladder.library import open as open_capture
from tcpladder.many.gathering import Gathered
from tcpladder.printable import printable
from tcpladder.report.asking import Asked
from tcpladder.report.format import format_named
from tcpladder.report.writing import write_report
from tcpladder.rulebook.levels import Level
from tcpladder.saving import ExistsError, SavingError

STAGE = ".tcpladder-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A capture, what is wanted of it, and the names of formats with the files that its reports are to become."""

    path: Path
    reports: tuple[tuple[str, Path], ...]
    stage: Path
    asked: Asked
    names: Mapping[str, str] = field(default_factory=dict)
    is_resolving: bool = False
    tshark: Tshark = None
    reader: str = AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What the reports of a capture have; `staged` are those files, in the order of the job's.

    `found` counts findings by rule and level.
    """

    connections: int
    segments: int
    found: Counter[tuple[str, Level]]
    staged: tuple[Path, ...]
    remarks: tuple[str, ...] = ()
    incomplete: tuple[str, ...] = ()

    @property
    def levels(self) -> Counter[Level]:
        """How many findings there are of each level."""
        counts: Counter[Level] = Counter()
        for (_, level), count in self.found.items():
            counts[level] += count
        return counts


def written(job: Job) -> Written:
    """Read a capture and write its reports on the stage. Raises TcpladderError where that can't be done."""
    capture = open_capture(job.path, tshark=job.tshark, reader=job.reader)
    analysis = capture.analysis
    names = names_known(job.names, analysis.named, is_resolving=job.is_resolving)
    annotations = capture.annotations if job.asked.needs_annotations else None
    report = job.asked.report(analysis, annotations, names, job.tshark)
    stage = Path(mkdtemp(dir=job.stage))
    staged = []
    for number, (name, target) in enumerate(job.reports):
        staged.append(stage / str(number))
        with called(staged[-1], target):
            write_report(report, format_named(name), staged[-1])
    return Written(
        connections=len(report),
        segments=len(analysis.connections.segments),
        found=Counter((finding.rule, finding.level) for finding in report.findings),
        staged=tuple(staged),
        remarks=tuple(dict.fromkeys(report.remarks)),
        incomplete=tuple(each.sentence for each in analysis.notices if each.kind is NoticeKind.INCOMPLETE),
    )


@contextmanager
def called(staged: Path, target: Path) -> Iterator[None]:
    """Have what goes wrong with a file on the stage told of the file that it was to become."""
    try:
        yield
    except SavingError as error:
        raise SavingError(error.sentence.replace(quoted(staged), quoted(target)), error.hint) from error


@contextmanager
def stage_in(directory: Path) -> Iterator[Path]:
    """Make a directory, if need be, and a hidden one in it that goes at the end. Raises SavingError."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        stage = Path(mkdtemp(prefix=STAGE, dir=directory))
    except (OSError, ValueError) as error:
        reason = printable((error.strerror if isinstance(error, OSError) else None) or str(error))
        raise SavingError(f"Nothing can be written into {quoted(directory)}: {reason}.", "Write elsewhere.") from error
    try:
        yield stage
    finally:
        rmtree(stage, ignore_errors=True)


def check_targets(targets: Iterable[Path], sources: Iterable[Path]) -> None:
    """Raise ExistsError where any of the files is there already, SavingError where one is a capture that is read."""
    check_no_capture(found := list(targets), sources)
    there = [target for target in found if os.path.lexists(target)]
    if there:
        more = f", and {len(there) - 1} more" if len(there) > 1 else ""
        raise ExistsError(
            f"{quoted(there[0])} is there already{more}.",
            "--force replaces them, --update those that are older than their captures.",
        )


def check_no_capture(targets: Iterable[Path], sources: Iterable[Path]) -> None:
    """Raise SavingError where a file that is to be written is one of the captures."""
    identities = {(status.st_dev, status.st_ino): source for source in sources if (status := _status(source))}
    for target in targets:
        status = _status(target)
        if status and (status.st_dev, status.st_ino) in identities:
            raise SavingError(f"{quoted(target)} is a capture that is to be read.", "Choose another directory.")


def _status(path: Path) -> os.stat_result | None:
    with suppress(OSError, ValueError):
        return path.stat()
    return None


def outside(directory: Path, captures: Iterable[Gathered], names: Iterable[Path]) -> list[Gathered]:
    """Leave out what an earlier run has put into its directory where that lies in one that was named.

    Raises CaptureError where there is no other capture.
    """
    root = directory.resolve()
    is_within = any(name.is_dir() and name.resolve() in root.parents for name in names)
    kept = [each for each in captures if not is_within or not each.path.resolve().is_relative_to(root)]
    if not kept:
        raise CaptureError(f"There are no captures but those in {quoted(directory)}, where the reports go.")
    return kept


def is_up_to_date(capture: Path, targets: Iterable[Path]) -> bool:
    """Tell whether all reports of a capture are there, and no older than it is."""
    own = _status(capture)
    if own is None:
        return False
    found = [_status(target) for target in targets]
    return all(status is not None and status.st_mtime_ns >= own.st_mtime_ns for status in found)


def put_in_place(staged: Iterable[Path], targets: Iterable[Path], directory: Path, *, replace: bool) -> None:
    """Put whole reports in their places below a directory. Raises SavingError where one can't be."""
    root = directory.resolve()
    for file, target in zip(staged, targets, strict=True):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.parent.resolve().is_relative_to(root):
                raise SavingError(f"{quoted(target)} would be outside of {quoted(directory)}, by a link.")
            if os.path.lexists(target) and not replace:
                raise ExistsError(f"{quoted(target)} is there already.", "--force replaces it.")
            file.replace(target)
        except OSError as error:
            reason = printable(error.strerror or str(error))
            raise SavingError(f"{quoted(target)} can't be written: {reason}.") from error
