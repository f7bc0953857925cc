"""What a finding rests on, what the capture lacks for it, and what would change the verdict."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from tcpladder.rulebook.findings import Finding, concerned
from tcpladder.rulebook.judging import DAMAGED, LACKS, Judgement
from tcpladder.rulebook.levels import Missing
from tcpladder.rulebook.manual import Manual, manual
from tcpladder.rulebook.subject import Subject
from tcpladder.rules import catalogue
from tcpladder.tcp.states import Endpoint

WOULD_TELL = {
    Missing.BEGINNING: "a capture that has the handshake",
    Missing.SEGMENTS: "a capture that has the missing segments",
    Missing.DIRECTION: "a capture of both directions",
    Missing.HEADERS: "a capture with a longer snap length",
    Missing.END: "a capture that goes on for longer",
}
"""What would show what a capture lacks."""
MOST_LOOKED_AT = 20
"""Connections that a finding rests on and that are asked for what is missing from them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far a finding goes.

    `evidence` names its proof; `missing` has, in words, what the capture lacks of its connections, of which
    `rests_on_missing` made the finding weaker; `would_tell` has, in sentences, which other capture would change it, and
    `harmless_when`, which is the same for all findings of a rule, when there is nothing to it.
    """

    evidence: str
    missing: tuple[str, ...]
    rests_on_missing: tuple[str, ...]
    would_tell: tuple[str, ...]
    harmless_when: str

    @property
    def would_change(self) -> tuple[str, ...]:
        """Say, in sentences, what would make the finding graver or harmless."""
        return (*self.would_tell, f"Harmless when: {self.harmless_when}")


def lacking(judgement: Judgement, findings: Iterable[Finding]) -> Mapping[int, Missing]:
    """Tell of each connection that findings are about, by its number, what the capture lacks of it."""
    numbers = {number for each in findings for number in concerned(each)[:MOST_LOOKED_AT]}
    ordered = np.array(sorted(numbers), np.int64)
    return {number: _missing(subject) for number, subject in judgement.capture.subjects(ordered)}


def _missing(subject: Subject) -> Missing:
    """Tell what the capture lacks of a connection. An answer that there was none of is not lacking."""
    answers = [segment for segment in subject.by(Endpoint.RESPONDER) if not segment.is_rst]
    was_not_answered = bool(subject.syns(Endpoint.INITIATOR)) and not answers
    return subject.missing & ~Missing.BEGINNING if was_not_answered else subject.missing


def limits(finding: Finding, missing: Mapping[int, Missing]) -> Limits:
    """Say how far a finding goes; `missing` is what `lacking` gives of it."""
    flags = Missing.NOTHING
    for number in concerned(finding)[:MOST_LOOKED_AT]:
        flags |= missing.get(number, Missing.NOTHING)
    absent = [flag for flag in LACKS if flag in flags]
    words = [LACKS[flag] for flag in absent]
    if DAMAGED in finding.rests_on_missing:
        words.append(DAMAGED)
    return Limits(
        evidence=_evidence(finding),
        missing=tuple(words),
        rests_on_missing=finding.rests_on_missing,
        would_tell=tuple(_changes(finding, [WOULD_TELL[flag] for flag in absent])),
        harmless_when=" ".join(_page(finding.rule).sections["Harmless when"].split()),
    )


def frames_named(frames: Sequence[int]) -> str:
    """Name frames, as `frames 7, 9`."""
    return f"frame{'s' * (len(frames) > 1)} {', '.join(map(str, frames))}"


def _evidence(finding: Finding) -> str:
    parts = []
    if finding.frames:
        parts.append(frames_named(finding.frames))
    if finding.connections:
        parts.append(f"{len(finding.connections)} connection{'s' * (len(finding.connections) > 1)}")
    return "; ".join([*parts, f"confidence {finding.confidence.word}"])


def _changes(finding: Finding, would_tell: list[str]) -> Iterable[str]:
    if would_tell:
        effect = "would make it surer, or show that there is nothing" if finding.rests_on_missing else "would tell more"
        yield f"{_listed(would_tell).capitalize()} {effect}."


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


@cache
def _page(rule: str) -> Manual:
    return next(manual(each.manual) for each in catalogue() if each.id == rule)
