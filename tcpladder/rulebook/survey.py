"""The whole capture as a rule about hosts looks at it: every connection's ending and findings, on one table."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.subject import Subject


@dataclass(frozen=True, kw_only=True)
class Survey:
    """All connections of a capture.

    `connections` is the connection table (`connections.table.CONNECTIONS`) with `ending` (text), `closed_first` and
    `reset_by` (0 initiator, 1 responder, null), `reset_frame`, `reset_answers`, `reset_reason` and `conn_state`.
    `gathered` has, by a rule's id, what its `gather` took from the segments, in no order. `findings` are those of the
    rules that examine single connections. `address` gives an address id's text.
    """

    connections: pl.DataFrame
    gathered: Mapping[str, pl.DataFrame]
    findings: Sequence[Finding]
    capture_end: int
    subject: Callable[[int], Subject]
    address: Callable[[int], str]

    @cached_property
    def findings_by_rule(self) -> Mapping[str, tuple[Finding, ...]]:
        """The findings, by the rule's id."""
        grouped: defaultdict[str, list[Finding]] = defaultdict(list)
        for finding in self.findings:
            grouped[finding.rule].append(finding)
        return {rule: tuple(found) for rule, found in grouped.items()}

    def found(self, rule: str) -> frozenset[int]:
        """Give the numbers of the connections for which a rule found something."""
        return frozenset(finding.connection for finding in self.findings_by_rule.get(rule, ()) if finding.connection)
