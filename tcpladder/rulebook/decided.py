"""What a rule decides of many connections at once, by column, so that they need not be examined one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress

import numpy as np

from tcpladder.packets.checksums import BAD
from tcpladder.rulebook.levels import Confidence, Level
from tcpladder.rulebook.shard import BoolArray, Int64Array, Shard
from tcpladder.tcp.states import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """Matches (`rulebook.rule.Match`) that differ in their frames and their messages only.

    `places` are those of the connections in the shard; each has one of `frames` and of `messages`.
    """

    places: Int64Array
    frames: Sequence[tuple[int, ...]]
    messages: Sequence[str]
    endpoint: Endpoint | None = None
    level: Level | None = None
    confidence: Confidence = Confidence.HIGH
    tags: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.places)

    def only(self, connections: BoolArray) -> "Matches":
        """Leave out those of connections that are not marked."""
        kept = connections[self.places]
        if kept.all():
            return self
        return replace(
            self,
            places=self.places[kept],
            frames=list(compress(self.frames, kept.tolist())),
            messages=list(compress(self.messages, kept.tolist())),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The connections that need no examination, and all that an examination of them would find."""

    connections: BoolArray
    matches: Sequence[Matches] = ()


def is_plain(shard: Shard) -> BoolArray:
    """Mark the connections of which nothing was captured twice, or is among `Subject.damaged_frames`."""
    return shard.once(_is_plain)


def _is_plain(shard: Shard) -> BoolArray:
    status = shard.segments["checksum_status"]
    is_bad = (status == BAD).fill_null(value=False).to_numpy()
    plain = ~shard.having(shard.is_duplicate)
    if is_bad.any():
        bad, verified = (
            np.bincount(shard.connection[marked], minlength=len(shard))
            for marked in (is_bad, status.is_not_null().to_numpy())
        )
        plain &= (bad == 0) | (2 * bad >= verified)
    return plain


def some(marked: BoolArray, starts: Int64Array) -> BoolArray:
    """Tell of each run of rows, of which `starts` gives the first, whether one is marked. None is empty."""
    found: BoolArray = np.logical_or.reduceat(marked, starts)
    return found


def first(marked: BoolArray, starts: Int64Array) -> Int64Array:
    """Give the first marked row of each run, or the number of all rows."""
    found: Int64Array = np.minimum.reduceat(np.where(marked, np.arange(len(marked)), len(marked)), starts)
    return found


def last(marked: BoolArray, starts: Int64Array) -> Int64Array:
    """Give the last marked row of each run, or -1."""
    found: Int64Array = np.maximum.reduceat(np.where(marked, np.arange(len(marked)), -1), starts)
    return found
