"""Runs the rules over a capture: screens pick candidate connections by column, examinations decide on each.

The capture is judged in shards, one by one or several at once. What a rule has to know of the whole capture it gathers
from each shard, and surveys at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.shards import shards
from tcpladder.connections.table import Connections
from tcpladder.rulebook.docket import Capture, Docket, capture_of, docket
from tcpladder.rulebook.findings import Finding, by_gravity
from tcpladder.rulebook.levels import Confidence, Level, Missing
from tcpladder.rulebook.resets import Reset, resets
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch
from tcpladder.rulebook.screening import candidates
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.health import HealthNote, health
from tcpladder.tcp.states import Endpoint
from tcpladder.tcp.timeline import Histories, joined
from tcpladder.tcp.timestamps import measures
from tcpladder.tcp.zeek import zeek

Int64Array = npt.NDArray[np.int64]
Labels = npt.NDArray[np.uint16]

LACKS = {
    Missing.BEGINNING: "the beginning of the connection was not captured",
    Missing.SEGMENTS: "segments of the connection are missing from the capture",
    Missing.DIRECTION: "only one direction was captured",
    Missing.HEADERS: "the snap length cut TCP options off",
    Missing.END: "the capture ends too soon after it",
}
"""What a capture lacks, in words that follow `because`."""
DAMAGED = "a checksum in its proof is wrong"

VERDICTS: dict[str, pl.DataType] = {
    "connection": pl.UInt32(),
    "ending": pl.String(),  # tcp.teardown.Ending
    "closed_first": pl.UInt8(),  # 0 initiator, 1 responder, null
    "reset_by": pl.UInt8(),  # likewise, of the RST that ended it
    "reset_frame": pl.UInt32(),
    "reset_answers": pl.UInt32(),  # the frame that this RST replies to; null where it answers none
    "reset_reason": pl.String(),  # rulebook.resets.Reason: why it was probably sent
    "tags": pl.List(pl.String()),
}
"""What is judged of each connection, beside the columns of `tcp.zeek.ZEEK` and `tcp.timestamps.MEASURES`."""


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What was judged about a capture.

    `verdicts`: one row a connection, with the columns of VERDICTS, ZEEK and MEASURES. `findings`: the gravest first.
    `health`: what is to be known about the capture itself before anything is believed. `histories`: both endpoints'
    states, of all connections. `labels` (uint16): those of each segment, connection by connection, in frame order.
    """

    verdicts: pl.DataFrame
    histories: Histories
    labels: Labels
    findings: tuple[Finding, ...]
    health: tuple[HealthNote, ...]
    capture: Capture

    def subject(self, connection: int) -> Subject:
        """Give a connection as the rules saw it."""
        return self.capture.subject(connection)

    @cached_property
    def _by_connection(self) -> dict[int, tuple[Finding, ...]]:
        found: dict[int, list[Finding]] = {}
        for finding in self.findings:
            if finding.connection is not None:
                found.setdefault(finding.connection, []).append(finding)
        return {number: tuple(findings) for number, findings in found.items()}

    def findings_of(self, connection: int) -> tuple[Finding, ...]:
        """Give a connection's findings, the gravest first."""
        return self._by_connection.get(connection, ())

    def labels_of(self, connection: int) -> Labels:
        """Give the labels of a connection's segments (`tcp.labels.Label`), in frame order."""
        offsets = self.capture.connections.offsets
        return self.labels[offsets[connection - 1] : offsets[connection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was judged of one shard."""

    numbers: Int64Array
    verdicts: pl.DataFrame
    histories: Histories
    labels: Labels
    findings: list[Finding]
    health: pl.DataFrame
    gathered: Mapping[str, pl.DataFrame]


class Run(Protocol):
    """Maps a function over the shards, in their order."""

    def __call__(self, hear: Callable[[Int64Array], Heard], parts: Iterable[Int64Array], /) -> Iterator[Heard]:
        """Give what `hear` gives of each part."""
        ...


def judge(
    connections: Connections,
    rules: Sequence[Rule],
    address: Callable[[int], str],
    capture_end: int | None = None,
    run: Run = map,
) -> Judgement:
    """Judge all connections by all rules.

    `capture_end` (ns) is when the capture ended, if after the last segment. A `run` that works in several threads saves
    time.
    """
    capture = capture_of(connections, address, capture_end)
    parts = shards(connections, capture.before) or [np.empty(0, np.int64)]
    return _judgement(capture, rules, list(run(lambda numbers: _heard(docket(capture, numbers), rules), parts)))


def _heard(shard: Docket, rules: Sequence[Rule]) -> Heard:
    found: list[Finding] = []
    tags: dict[int, list[str]] = {}
    masks = candidates(shard.shard, rules)
    for place in np.flatnonzero(masks.any(axis=0)).tolist():
        subject = shard.subject(place)
        for at in np.flatnonzero(masks[:, place]).tolist():
            for match, finding in _examined(rules[at], subject):
                found.append(finding)
                tags.setdefault(place, []).extend(match.tags)
    segments = shard.shard.segments
    return Heard(
        numbers=shard.numbers,
        verdicts=_verdicts(shard, tags),
        histories=shard.histories,
        labels=segments["labels"].to_numpy().astype(np.uint16),
        findings=found,
        health=segments,
        gathered={rule.id: rule.gather(segments) for rule in rules if rule.gather},
    )


def _examined(rule: Rule, subject: Subject) -> Iterator[tuple[Match, Finding]]:
    examine: Callable[[Subject], Iterable[Match]] | None = rule.examine
    for match in examine(subject) if examine else ():
        if subject.missing & rule.silent_without:
            return
        missing = subject.missing & rule.weaker_without
        lacking = [words for flag, words in LACKS.items() if flag in missing]
        if not subject.damaged_frames.isdisjoint(match.frames):
            lacking.append(DAMAGED)
        level = rule.level if match.level is None else match.level
        yield (
            match,
            Finding(
                rule=rule.id,
                level=Level(max(level - 1, Level.NOTE)) if lacking else level,
                confidence=Confidence.LOW if lacking else match.confidence,
                frames=match.frames,
                message=match.message,
                endpoint=match.endpoint,
                connection=subject.number,
                rests_on_missing=tuple(lacking),
            ),
        )


def _verdicts(shard: Docket, tags: Mapping[int, list[str]]) -> pl.DataFrame:
    teardowns = shard.teardowns
    all_tags = [list(teardown.tags) for teardown in teardowns]
    for place, added in tags.items():
        all_tags[place] = list(dict.fromkeys((*all_tags[place], *added)))
    columns: dict[str, Int64Array | Sequence[Any]] = {
        "connection": shard.numbers,
        "ending": [teardown.ending.value for teardown in teardowns],
        "closed_first": [_number(teardown.closed_first) for teardown in teardowns],
        "reset_by": [_number(teardown.reset_by) for teardown in teardowns],
        "tags": all_tags,
        **_resets(shard),
    }
    verdicts = pl.DataFrame([pl.Series(name, columns[name], dtype) for name, dtype in VERDICTS.items()])
    segments = shard.shard.segments
    for others in (zeek(segments), measures(segments)):
        verdicts = verdicts.hstack(others.drop("connection"))
    return verdicts


def _number(endpoint: Endpoint | None) -> int | None:
    return None if endpoint is None else int(endpoint)


def _resets(shard: Docket) -> dict[str, Sequence[int | str | None]]:
    """Tell of the RSTs that ended connections."""
    nothing: tuple[int | None, int | None, str | None] = (None, None, None)
    told = [
        nothing if teardown.reset_by is None else _told(_reset(shard.subject(place)))
        for place, teardown in enumerate(shard.teardowns)
    ]
    frames, answers, reasons = zip(*told, strict=True) if told else ((), (), ())
    return {"reset_frame": frames, "reset_answers": answers, "reset_reason": reasons}


def _told(reset: Reset | None) -> tuple[int | None, int | None, str | None]:
    if reset is None:
        return None, None, None
    return reset.segment.frame, reset.answers and reset.answers.frame, reset.reason.value


def _reset(subject: Subject) -> Reset | None:
    row = subject.reset_row
    return next((reset for reset in resets(subject) if reset.segment.row == row), None)


def _judgement(capture: Capture, rules: Sequence[Rule], heard: Sequence[Heard]) -> Judgement:
    """Put the shards together, and let the rules look over the whole."""
    numbers = [part.numbers for part in heard]
    verdicts = pl.concat([part.verdicts for part in heard]).sort("connection")
    found = [finding for part in heard for finding in part.findings]
    survey = Survey(
        connections=capture.connections.table.with_columns(verdicts.drop("connection", "tags", "history")),
        gathered={rule.id: pl.concat([part.gathered[rule.id] for part in heard]) for rule in rules if rule.gather},
        findings=found,
        capture_end=capture.capture_end,
        subject=capture.subject,
        address=capture.address,
    )
    for rule in rules:
        if rule.survey:
            found += [_survey_finding(rule, match) for match in rule.survey(survey)]
    return Judgement(
        verdicts=verdicts,
        histories=joined([part.histories for part in heard], numbers),
        labels=_labels(capture.connections, heard),
        findings=tuple(sorted(found, key=by_gravity)),
        health=health(pl.concat([part.health for part in heard]).sort("connection", "frame"), capture.address),
        capture=capture,
    )


def _labels(connections: Connections, heard: Iterable[Heard]) -> Labels:
    labels = np.empty(len(connections.order), np.uint16)
    for part in heard:
        labels[connections.places_of(part.numbers)] = part.labels
    return labels


def _survey_finding(rule: Rule, found: SurveyMatch) -> Finding:
    match = found.match
    return Finding(
        rule=rule.id,
        level=rule.level if match.level is None else match.level,
        confidence=match.confidence,
        frames=match.frames,
        message=match.message,
        endpoint=match.endpoint,
        connections=found.connections,
        about=found.subject,
    )
