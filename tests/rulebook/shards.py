"""Gives connections as screens are given them."""

from collections.abc import Iterable

import numpy as np

from tcpladder.rulebook.docket import docket
from tcpladder.rulebook.shard import Shard
from tests.building import Segment, analysed


def shard_of(rows: str | Iterable[Segment]) -> Shard:
    """Give all connections of a text."""
    analysis = analysed(rows)
    capture = analysis.judgement.capture
    return docket(capture.brief(np.arange(1, len(analysis.connections) + 1)), capture.subject).shard
