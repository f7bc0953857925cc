"""Gives connections as rules are given them."""

from collections.abc import Iterable, Iterator

from tcpladder.rulebook.judging import judge
from tcpladder.rulebook.levels import Category, Level
from tcpladder.rulebook.rule import Match, Rule
from tcpladder.rulebook.subject import Subject
from tests.building import Segment, analysed


def subject_of(rows: str | Iterable[Segment]) -> Subject:
    """Give the first connection of a text as the rules see it."""
    return subjects_of(rows)[0]


def subjects_of(rows: str | Iterable[Segment]) -> list[Subject]:
    """Give all connections of a text as the rules see them."""
    seen: list[Subject] = []

    def examine(subject: Subject) -> Iterator[Match]:
        seen.append(subject)
        yield from ()

    analysis = analysed(rows)
    watching = Rule(
        id="watching", level=Level.NOTE, category=Category.DIAGNOSIS, sources=(), manual="", examine=examine
    )
    judge(analysis.connections, [watching], analysis.addresses.__getitem__, analysis.capture_end)
    return seen
