"""What a rule is: its identity, its manual page, its guards, and how it looks at a connection or at a whole capture."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from tcpladder.rulebook.decided import Decided
from tcpladder.rulebook.levels import Category, Confidence, Level, Missing
from tcpladder.rulebook.shard import BoolArray, Shard
from tcpladder.rulebook.subject import Subject
from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import Endpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A place where a rule's condition holds.

    `frames` prove it, the decisive one first; `endpoint` is the one at fault, None where that can't be known. `level`
    replaces the rule's own. `tags` are given to the connection, beside those of its ending.
    """

    frames: tuple[int, ...]
    message: str  # one sentence with the numbers involved
    endpoint: Endpoint | None = None
    level: Level | None = None
    confidence: Confidence = Confidence.HIGH
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyMatch:
    """What a survey found: a match about several connections, or about a host."""

    match: Match
    connections: tuple[int, ...] = ()
    subject: str = ""  # the host or port that it is about, such as `198.51.100.20:443`


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of TCP, or a habit worth knowing.

    `manual` is the docstring of the rule's module (`rulebook.manual` reads it): its first line is the title.

    A connection is examined when a segment of it satisfies `screen` (over `packets.schema`, `tcp.tracking.TRACKED`,
    `code` and `labels`) and it ended in one of `among`; where both are None, always. What no expression can tell
    quickly, `screen` tells as a function that marks the connections of a shard. They only save time: `examine` alone
    decides. So does `decide`, which gives by column what `examine` would find in the connections that it marks: in what
    is usual, and comes by the thousand. It is for rules that nothing silences or weakens.

    `survey` looks at the whole capture, after all connections were examined. What it has to know of segments `gather`
    takes from each shard's, a few rows; `Survey.gathered` has them all, in no order.

    Where the capture lacks any of `silent_without` for a connection, nothing is claimed about it; where it lacks any of
    `weaker_without`, a finding is of low confidence, and a violation only a deviation, a deviation only a note.
    """

    id: str
    level: Level
    category: Category
    sources: tuple[str, ...]  # RFC and section, such as "RFC 9293 §3.5.2"
    manual: str
    screen: pl.Expr | Callable[[Shard], BoolArray] | None = None
    among: frozenset[Ending] | None = None
    examine: Callable[[Subject], Iterable[Match]] | None = None
    decide: Callable[[Shard], Decided] | None = None
    survey: Callable[[Survey], Iterable[SurveyMatch]] | None = None
    gather: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    silent_without: Missing = Missing.NOTHING
    weaker_without: Missing = Missing.NOTHING


def any_of(*flags: int) -> pl.Expr:
    """Give the screen for segments that have at least one of these flags."""
    wanted = 0
    for flag in flags:
        wanted |= flag
    return (pl.col("flags").cast(pl.UInt32) & wanted) != 0


def all_of(*flags: int) -> pl.Expr:
    """Give the screen for segments that have all of these flags."""
    wanted = 0
    for flag in flags:
        wanted |= flag
    return (pl.col("flags").cast(pl.UInt32) & wanted) == wanted
