"""What a check finds in one capture: everything that the rules say of it, and what it lacks, as plain records."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tcpladder.analysis import Analysis
from tcpladder.capture.reader import AUTO, NoticeKind
from tcpladder.capture.tshark_binary import Tshark
from tcpladder.library import Capture
from tcpladder.library import open as open_capture
from tcpladder.report.kinds import Kind, kind_of
from tcpladder.report.limits import lacking, limits
from tcpladder.report.text_findings import where
from tcpladder.rulebook.levels import Confidence, Level
from tcpladder.tcp.endings import UNFINISHED
from tcpladder.tcp.health_tally import HealthKind

OF_CAPTURE = "capture-"
"""How names begin that stand for rules where something is about a capture as a whole."""
CAPTURE_RULES = tuple(f"{OF_CAPTURE}{kind.value}" for kind in (*NoticeKind, *HealthKind))
INCOMPLETE = f"{OF_CAPTURE}{NoticeKind.INCOMPLETE.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A capture that is to be checked, and how it is read."""

    path: Path
    tshark: Tshark = None
    reader: str = AUTO


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFinding:
    """A finding, or something to know about the capture as a whole.

    `place` names the connection or the host that it is about; `evidence`, `missing` (what the capture lacks for it),
    `weaker_because` and `would_change` are as in `report.limits.Limits`.
    """

    kind: Kind
    level: Level
    confidence: Confidence
    message: str
    place: str = ""
    connection: int | None = None
    connections: tuple[int, ...] = ()
    frames: tuple[int, ...] = ()
    evidence: str = ""
    missing: tuple[str, ...] = ()
    weaker_because: tuple[str, ...] = ()
    would_change: tuple[str, ...] = ()

    @property
    def rule(self) -> str:
        """The rule that it comes from."""
        return self.kind.rule

    @property
    def is_of_capture(self) -> bool:
        """Whether it is about the capture, and not about what TCP did."""
        return self.rule.startswith(OF_CAPTURE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What there is in a capture: `findings`, the gravest first, and `notices`, what is to be known before those."""

    capture: Path
    connections: int
    segments: int
    findings: tuple[CheckedFinding, ...]
    notices: tuple[CheckedFinding, ...]

    @property
    def is_incomplete(self) -> bool:
        """Whether the file holds, or held, more than what was read."""
        return any(notice.rule == INCOMPLETE for notice in self.notices)


def checked(job: Job) -> Checked:
    """Read and judge a capture. Raises TcpladderError when nothing can be read."""
    capture = open_capture(job.path, tshark=job.tshark, reader=job.reader)
    return check_of(capture, job.path)


def check_of(capture: Capture, path: Path) -> Checked:
    """Give what there is in a capture that was read from `path`."""
    analysis = capture.analysis
    return Checked(
        capture=path,
        connections=len(capture),
        segments=len(analysis.connections.segments),
        findings=tuple(_findings(analysis)),
        notices=tuple(_notices(analysis)),
    )


def _findings(analysis: Analysis) -> Iterator[CheckedFinding]:
    findings = analysis.judgement.findings
    missing = lacking(analysis.judgement, findings)
    for finding in findings:
        far = limits(finding, missing)
        yield CheckedFinding(
            kind=kind_of(analysis, finding),
            level=finding.level,
            confidence=finding.confidence,
            message=finding.message,
            place=where(analysis, finding),
            connection=finding.connection,
            connections=finding.connections,
            frames=finding.frames,
            evidence=far.evidence,
            missing=far.missing,
            weaker_because=far.rests_on_missing,
            would_change=far.would_change,
        )


def _notices(analysis: Analysis) -> Iterator[CheckedFinding]:
    for notice in analysis.notices:
        unknown = _unknown(analysis) if notice.kind is NoticeKind.INCOMPLETE else ""
        yield _notice(notice.kind.value, f"{notice.sentence}{unknown}")
    for note in analysis.judgement.health:
        yield _notice(note.kind.value, note.sentence, note.frames, note.connections)


def _notice(kind: str, message: str, frames: tuple[int, ...] = (), connections: tuple[int, ...] = ()) -> CheckedFinding:
    return CheckedFinding(
        kind=Kind(rule=f"{OF_CAPTURE}{kind}", endpoint="", initiator="", responder=""),
        level=Level.NOTE,
        confidence=Confidence.HIGH,
        message=message,
        frames=frames,
        connections=connections,
    )


def _unknown(analysis: Analysis) -> str:
    """Say what can't be told of a capture that goes on after what was read of it."""
    endings = analysis.judgement.verdicts["ending"]
    count = int(endings.is_in([ending.value for ending in UNFINISHED]).sum())
    later = " What came after that was not checked"
    if not count:
        return f"{later}."
    return f"{later}, nor how {count} connection{'s' * (count > 1)} went on that {'were' if count > 1 else 'was'} open."
