"""Runs the rules over a capture: screens pick candidate connections by column, examinations decide on each.

The capture is judged in shards, one by one or several at once. What a rule has to know of the whole capture it gathers
from each shard, and surveys at the end.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.shards import shards
from tcpladder.connections.table import Connections
from tcpladder.rulebook.decided import Matches
from tcpladder.rulebook.docket import Brief, Capture, Docket, capture_of, docket
from tcpladder.rulebook.findings import Finding, by_gravity
from tcpladder.rulebook.levels import Confidence, Level, Missing
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch
from tcpladder.rulebook.screening import candidates
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.survey import Survey
from tcpladder.rulebook.verdicts import VERDICTS, plain_resets, verdicts
from tcpladder.tcp.health import HealthNote, health
from tcpladder.tcp.health_tally import HealthTally, backwards, tally
from tcpladder.tcp.timeline import Histories, joined
from tcpladder.tcp.zeek import SourceIds, spoilt_sources

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


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What was judged about a capture, or about some of its connections while the others are being judged.

    `verdicts`: one row a connection, with the columns of VERDICTS, ZEEK and MEASURES, null for those not judged yet.
    `findings`: the gravest first.
    `health`: what is to be known about the capture itself before anything is believed. `histories`: both endpoints'
    states, of all connections; `judged` tells how many of them were judged. `labels` (uint16): those of each segment,
    connection by connection, in frame order.
    """

    verdicts: pl.DataFrame
    histories: Histories
    labels: Labels
    findings: tuple[Finding, ...]
    health: tuple[HealthNote, ...]
    capture: Capture
    judged: int

    @property
    def is_whole(self) -> bool:
        """Whether all connections were judged."""
        return self.judged == len(self.verdicts)

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

    @cached_property
    def counts(self) -> Mapping[Level, int]:
        """How many findings there are of each level."""
        return Counter(finding.level for finding in self.findings)

    def make_ready(self) -> None:
        """Work out what takes longest where there are very many findings, before anybody waits for it."""
        self.findings_of(0)
        self.counts.get(Level.NOTE)

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
    health: HealthTally
    gathered: Mapping[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Hearing:
    """Judges shards by some rules, one at a time. `spoilt` is what `tcp.zeek.spoilt_sources` gives of the capture."""

    rules: Sequence[Rule]
    spoilt: SourceIds

    def __call__(self, brief: Brief) -> Heard:
        """Judge a shard. It has all connections between the same addresses and ports, or none."""
        return _heard(docket(brief, _nowhere), self.rules, self.spoilt)


def _nowhere(number: int) -> Subject:
    raise AssertionError(f"connection {number} is in this shard")


class Run(Protocol):
    """Hears shards, in any order."""

    def __call__(self, hear: Hearing, briefs: Iterable[Brief], /) -> Iterator[Heard]:
        """Give what is heard of each brief."""
        ...


def judge(
    connections: Connections,
    rules: Sequence[Rule],
    address: Callable[[int], str],
    capture_end: int | None = None,
    run: Run = map,
) -> Judgement:
    """Judge all connections by all rules.

    `capture_end` (ns) is when the capture ended, if after the last segment. A `run` that hears several shards at once
    saves time.
    """
    *_, whole = judgements(connections, rules, address, capture_end, run, grows=False)
    return whole


def judgements(  # noqa: PLR0913 - few give all of them
    connections: Connections,
    rules: Sequence[Rule],
    address: Callable[[int], str],
    capture_end: int | None = None,
    run: Run = map,
    *,
    grows: bool = True,
) -> Iterator[Judgement]:
    """Judge all connections by all rules, as `judge` does, and with `grows` give also what is judged so far.

    That is given each time when twice as many connections were judged as last time. The last judgement is the whole.
    """
    capture = capture_of(connections, address, capture_end)
    hear = Hearing(rules, spoilt_sources(connections.segments))
    parts = shards(connections, capture.before) or [np.empty(0, np.int64)]
    heard: list[Heard] = []
    judged = given = 0
    for part in run(hear, map(capture.brief, parts)):
        heard.append(part)
        judged += len(part.numbers)
        if grows and judged >= 2 * given and len(heard) < len(parts):
            given = judged
            yield _judgement(capture, (), heard)
    yield _judgement(capture, rules, heard)


def _heard(shard: Docket, rules: Sequence[Rule], spoilt: SourceIds) -> Heard:
    found: list[Finding] = []
    tags: dict[int, list[tuple[int, tuple[str, ...]]]] = {}
    masks = candidates(shard.shard, rules)
    for at, matches in _decided(shard.shard, rules, masks):
        found += _findings(rules[at], matches, shard.brief.numbers[matches.places].tolist())
        for place in matches.places.tolist() if matches.tags else ():
            tags.setdefault(place, []).append((at, matches.tags))
    told = plain_resets(shard)
    is_reset = (shard.reset_rows >= 0) & (told.frame == 0)
    for place, subject in shard.subjects(np.flatnonzero(masks.any(axis=0) | is_reset)):
        for at in np.flatnonzero(masks[:, place]).tolist():
            for match, finding in _examined(rules[at], subject):
                found.append(finding)
                if match.tags:
                    tags.setdefault(place, []).append((at, match.tags))
        if is_reset[place]:
            told.tell(place, subject)
    segments = shard.shard.segments
    return Heard(
        numbers=shard.brief.numbers,
        verdicts=verdicts(shard, tags, told, spoilt),
        histories=replace(shard.histories, codes=np.empty(0, np.uint32)),
        labels=segments["labels"].to_numpy().astype(np.uint16),
        findings=found,
        health=tally(segments),
        gathered={rule.id: rule.gather(segments) for rule in rules if rule.gather},
    )


def _decided(shard: Shard, rules: Sequence[Rule], masks: BoolArray) -> Iterator[tuple[int, Matches]]:
    """Give what rules, by their places, decide by column, and take those connections out of `masks`."""
    for at, rule in enumerate(rules):
        if rule.decide is not None and masks[at].any():
            decided = rule.decide(shard)
            for matches in decided.matches:
                if len(matches):
                    yield at, matches.only(masks[at])
            masks[at] &= ~decided.connections


def _findings(rule: Rule, matches: Matches, numbers: Iterable[int]) -> Iterator[Finding]:
    level = rule.level if matches.level is None else matches.level
    for number, frames, message in zip(numbers, matches.frames, matches.messages, strict=True):
        yield Finding(
            rule=rule.id,
            level=level,
            confidence=matches.confidence,
            frames=frames,
            message=message,
            endpoint=matches.endpoint,
            connection=number,
        )


def _examined(rule: Rule, subject: Subject) -> Iterator[tuple[Match, Finding]]:
    examine: Callable[[Subject], Iterable[Match]] | None = rule.examine
    for match in examine(subject) if examine else ():
        if rule.silent_without and subject.missing & rule.silent_without:
            return
        missing = rule.weaker_without and subject.missing & rule.weaker_without
        lacking = [words for flag, words in LACKS.items() if flag in missing] if missing else []
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


def _judgement(capture: Capture, surveying: Sequence[Rule], heard: Sequence[Heard]) -> Judgement:
    """Put the shards together, and let rules look over the whole."""
    heard = sorted(heard, key=lambda part: part.numbers[:1].tolist())  # in whatever order they came
    connections = capture.connections
    verdicts = _verdicts_of(connections, heard, is_taken=bool(surveying))
    found = [finding for part in heard for finding in part.findings]
    survey = Survey(
        connections=connections.table.hstack(verdicts.select(*VERDICTS, "conn_state").drop("connection", "tags")),
        gathered={rule.id: pl.concat([part.gathered[rule.id] for part in heard]) for rule in surveying if rule.gather},
        findings=tuple(found),
        capture_end=capture.capture_end,
        subject=capture.subject,
        address=capture.address,
    )
    for rule in surveying:
        if rule.survey:
            found += [_survey_finding(rule, match) for match in rule.survey(survey)]
    tallies = [part.health for part in heard]
    if surveying:
        tallies.append(backwards(connections.segments))
    return Judgement(
        verdicts=verdicts,
        histories=joined([part.histories for part in heard], [part.numbers for part in heard], len(connections)),
        labels=_labels(connections, heard),
        findings=tuple(sorted(found, key=by_gravity)),
        health=health(tallies, capture.address),
        capture=capture,
        judged=sum(len(part.numbers) for part in heard),
    )


def _verdicts_of(connections: Connections, heard: Sequence[Heard], *, is_taken: bool) -> pl.DataFrame:
    """Give the verdicts in order of the connections; null where nothing was heard.

    They may be taken away from what was heard, column by column: for millions of connections they are large.
    """
    numbers = np.concatenate([part.numbers for part in heard])
    place = np.full(len(connections), len(numbers), np.uint32)
    place[numbers - 1] = np.arange(len(numbers))
    places = pl.Series(place).set(pl.Series(place == len(numbers)), None)
    columns = []
    for name in heard[0].verdicts.columns:
        parts = [part.verdicts.drop_in_place(name) if is_taken else part.verdicts[name] for part in heard]
        columns.append(pl.concat(parts).gather(places))
    columns[0] = connections.table["connection"]
    return pl.DataFrame(columns)


def _labels(connections: Connections, heard: Iterable[Heard]) -> Labels:
    labels = np.zeros(len(connections.order), np.uint16)
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
