"""Gives connections as screens are given them."""

from collections.abc import Iterable

from tcpladder.connections.shards import predecessors
from tcpladder.rulebook.lingering import lingering
from tcpladder.rulebook.screening import ending_codes
from tcpladder.rulebook.shard import Shard
from tcpladder.tcp.teardown import teardowns
from tests.building import Segment, analysed


def shard_of(rows: str | Iterable[Segment]) -> Shard:
    """Give all connections of a text."""
    analysis = analysed(rows)
    table = analysis.connections.table
    return Shard(
        segments=analysis.judgement.segments,
        offsets=analysis.connections.offsets,
        endings=ending_codes(teardown.ending for teardown in teardowns(analysis.histories)),
        lingering=lingering(table, predecessors(table) - 1, analysis.histories.last_states()),
    )
