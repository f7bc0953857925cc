"""Runs the rules over a capture: screens pick candidate connections by column, examinations decide on each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.connections.shards import predecessors
from tcpladder.connections.table import Connections
from tcpladder.rulebook.findings import Finding, by_gravity
from tcpladder.rulebook.levels import Confidence, Level, Missing
from tcpladder.rulebook.lingering import lingering
from tcpladder.rulebook.resets import Reset, resets
from tcpladder.rulebook.rule import Match, Rule, SurveyMatch
from tcpladder.rulebook.screening import candidates, ending_codes
from tcpladder.rulebook.shard import Shard
from tcpladder.rulebook.subject import SHORTEST_ANSWER, Subject, as_subjects_see
from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.health import HealthNote, health
from tcpladder.tcp.labels import labels
from tcpladder.tcp.states import Endpoint
from tcpladder.tcp.teardown import UNFINISHED, Ending, Teardown, teardowns
from tcpladder.tcp.timeline import Histories
from tcpladder.tcp.timestamps import measures
from tcpladder.tcp.tracking import tracked
from tcpladder.tcp.zeek import zeek

Int64Array = npt.NDArray[np.int64]

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
    """What was judged about a capture.

    `segments`: the segment table sorted by connection, then frame, with the columns of `tcp.tracking.TRACKED`, `code`
    and `labels`. `verdicts`: one row a connection: `connection`, `ending`, `closed_first`, `reset_by` (0 initiator, 1
    responder, null), `tags` (list), `conn_state`, `history`, and the columns of `tcp.timestamps.measures`. `findings`:
    the gravest first. `health`: what is to be known about the capture itself before anything is believed.
    """

    segments: pl.DataFrame
    offsets: Int64Array  # connections.table.Connections.offsets
    verdicts: pl.DataFrame
    findings: tuple[Finding, ...]
    health: tuple[HealthNote, ...]
    subject: Callable[[int], Subject]  # a connection, by its number, as the rules saw it

    def reset_of(self, connection: int) -> Reset | None:
        """Give the RST that ended a connection, with what it answers and why it was probably sent; None without one."""
        if self.verdicts["reset_by"][connection - 1] is None:
            return None
        subject = self.subject(connection)
        row = subject.reset_row
        return next((reset for reset in resets(subject) if reset.segment.row == row), None)

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

    def labels_of(self, connection: int) -> npt.NDArray[np.uint32]:
        """Give the labels of a connection's segments (`tcp.labels.Label`), in frame order."""
        labels: npt.NDArray[np.uint32] = self.segments["labels"][
            int(self.offsets[connection - 1]) : int(self.offsets[connection])
        ].to_numpy()
        return labels


def judge(
    connections: Connections,
    histories: Histories,
    rules: Sequence[Rule],
    address: Callable[[int], str],
    capture_end: int | None = None,
) -> Judgement:
    """Judge all connections by all rules. `capture_end` (ns) is when the capture ended, if after the last segment."""
    return _Court(connections, histories, address, capture_end or 0).judgement(rules)


class _Court:
    """The capture before its judges: everything that is computed once for all rules."""

    def __init__(
        self, connections: Connections, histories: Histories, address: Callable[[int], str], capture_end: int
    ) -> None:
        self.table = connections.table
        self.histories = histories
        self.address = address
        self.offsets = connections.offsets
        segments = tracked(connections.segments[connections.order])
        self.segments = segments.with_columns(code=pl.Series(histories.codes, dtype=pl.UInt32), labels=labels(segments))
        self._plain = as_subjects_see(self.segments)
        self.capture_end = max(
            [capture_end, *self.table.select(pl.col("end").max()).drop_nulls().to_series().to_list()]
        )
        self.teardowns = [self._in_time(teardown, row) for row, teardown in enumerate(teardowns(histories))]
        self.subjects: dict[int, Subject] = {}
        names = ("initiator", "initiator_port", "responder", "responder_port")
        self._ends = [((row[0], row[1]), (row[2], row[3])) for row in self.table.select(names).iter_rows()]

    def judgement(self, rules: Sequence[Rule]) -> Judgement:
        found: list[Finding] = []
        tags: dict[int, list[str]] = {}
        for number, chosen in self._candidates(rules):
            subject = self.subject(number)
            for rule in chosen:
                for match, finding in self._examined(rule, subject):
                    found.append(finding)
                    tags.setdefault(number, []).extend(match.tags)
        verdicts = self._verdicts(tags)
        survey = Survey(
            connections=self.table.join(verdicts.drop("tags", "history"), on="connection"),
            gathered={rule.id: rule.gather(self.segments) for rule in rules if rule.gather},
            teardowns=self.teardowns,
            findings=found,
            capture_end=self.capture_end,
            subject=self.subject,
            address=self.address,
        )
        for rule in rules:
            if rule.survey:
                found += [_survey_finding(rule, match) for match in rule.survey(survey)]
        return Judgement(
            segments=self.segments,
            offsets=self.offsets,
            verdicts=verdicts,
            findings=tuple(sorted(found, key=by_gravity)),
            health=health(self.segments, self.address),
            subject=self.subject,
        )

    def subject(self, number: int) -> Subject:
        """Give a connection as rules see it; only the last few are kept."""
        if number not in self.subjects:
            if len(self.subjects) > KEPT_SUBJECTS:
                self.subjects.clear()
            start, end = int(self.offsets[number - 1]), int(self.offsets[number])
            self.subjects[number] = Subject(
                number=number,
                ends=self._ends[number - 1],
                table=self._plain[start:end],
                timeline=self.histories.timeline(number, end - start),
                teardown=self.teardowns[number - 1],
                control_rows=self.histories.control_rows(number),
                capture_end=self.capture_end,
                find_previous=self._previous,
            )
        return self.subjects[number]

    def _previous(self, number: int) -> Subject | None:
        earlier = self._predecessors.get(number)
        return None if earlier is None else self.subject(earlier)

    @cached_property
    def _predecessors(self) -> dict[int, int]:
        """For each connection, the number of the one before it between the same addresses and ports."""
        last: dict[frozenset[tuple[int, int]], int] = {}
        found = {}
        for number, ends in enumerate(self._ends, start=1):
            key = frozenset(ends)
            if key in last:
                found[number] = last[key]
            last[key] = number
        return found

    def _in_time(self, teardown: Teardown, row: int) -> Teardown:
        """Say where the capture ended too soon to tell how the connection did."""
        if teardown.ending not in UNFINISHED:
            return teardown
        is_cut = self.capture_end - int(self.table["end"][row]) < SHORTEST_ANSWER
        if not is_cut:
            return teardown
        ending = Ending.HANDSHAKE_TRUNCATED if teardown.ending is Ending.HANDSHAKE_TIMEOUT else teardown.ending
        return replace(teardown, ending=ending, tags=(*teardown.tags, "truncated"))

    def _candidates(self, rules: Sequence[Rule]) -> Iterator[tuple[int, list[Rule]]]:
        shard = Shard(
            segments=self.segments,
            offsets=self.offsets,
            endings=ending_codes(teardown.ending for teardown in self.teardowns),
            lingering=lingering(self.table, predecessors(self.table) - 1, self.histories.last_states()),
        )
        masks = candidates(shard, rules)
        for column in np.flatnonzero(masks.any(axis=0)).tolist():
            yield column + 1, [rules[place] for place in np.flatnonzero(masks[:, column]).tolist()]

    def _examined(self, rule: Rule, subject: Subject) -> Iterator[tuple[Match, Finding]]:
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

    def _verdicts(self, tags: dict[int, list[str]]) -> pl.DataFrame:
        numbers = self.table["connection"].to_list()
        frame = pl.DataFrame(
            {
                "connection": pl.Series(numbers, dtype=pl.UInt32),
                "ending": pl.Series([teardown.ending.value for teardown in self.teardowns], dtype=pl.String),
                "closed_first": pl.Series([_number(t.closed_first) for t in self.teardowns], dtype=pl.UInt8),
                "reset_by": pl.Series([_number(t.reset_by) for t in self.teardowns], dtype=pl.UInt8),
                "tags": pl.Series(
                    [
                        list(dict.fromkeys((*teardown.tags, *tags.get(number, ()))))
                        for number, teardown in zip(numbers, self.teardowns, strict=True)
                    ],
                    dtype=pl.List(pl.String),
                ),
            }
        )
        return frame.join(zeek(self.segments), on="connection").join(measures(self.segments), on="connection")


KEPT_SUBJECTS = 64


def _number(endpoint: Endpoint | None) -> int | None:
    return None if endpoint is None else int(endpoint)


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
