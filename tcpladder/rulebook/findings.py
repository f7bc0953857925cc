"""What rules found, with its proof."""

from dataclasses import dataclass

from tcpladder.rulebook.levels import Confidence, Level
from tcpladder.tcp.states import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule matched here.

    `connection` is None for what belongs to no single one; then `connections` lists those that it rests on, and
    `about` names the host. `frames` prove it, the decisive one first. `rests_on_missing` says in words what the capture
    lacks, where that made the finding weaker than the rule's own level.
    """

    rule: str
    level: Level
    confidence: Confidence
    frames: tuple[int, ...]
    message: str
    endpoint: Endpoint | None = None
    connection: int | None = None
    connections: tuple[int, ...] = ()
    about: str = ""
    rests_on_missing: tuple[str, ...] = ()


def concerned(finding: Finding) -> tuple[int, ...]:
    """Give the connection that a finding is about, or those that it rests on."""
    return finding.connections if finding.connection is None else (finding.connection,)


def by_gravity(finding: Finding) -> tuple[int, int, int, int, str]:
    """Order findings: the gravest first, then by connection and frame."""
    first = finding.frames[0] if finding.frames else 0
    return (-finding.level, -finding.confidence, finding.connection or 0, first, finding.rule)
