"""Connections found by what users wrote about them and their packets."""

import numpy as np
import pytest

from tcpladder.annotations.document import Annotation
from tcpladder.filters.completion import complete
from tcpladder.filters.evaluation import kept
from tcpladder.filters.facts import Facts
from tcpladder.filters.parsing import parse
from tcpladder.filters.tree import Problem
from tests.annotating import annotations
from tests.building import analysed
from tests.samples import sample

WRITTEN = annotations(
    packets={61: Annotation(mark="b", note="the last FIN"), 999_999: Annotation(note="not captured")},
    connections={1: Annotation(mark="a", note="The balancer\nclosed"), 12: Annotation(note="slow")},
)


def numbers(facts: Facts, line: str) -> list[int]:
    node = parse(line)
    assert not isinstance(node, Problem)
    return (np.flatnonzero(kept(node, facts)) + 1).tolist()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("note:balancer", [1]),
        ('note:"balancer closed"', [1]),
        ("note:the*fin", [5]),
        ("note:THE", [1, 5]),
        ("note:missing", []),
        ("noted", [1, 2, 5]),
        ("note:*", [1, 2, 5]),
        ("marked", [1, 5]),
        ("marked:a", [1]),
        ("marked:a,b", [1, 5]),
        ("marked:c", []),
        ("marked !noted", []),
        ("noted -marked", [2]),
        ('"noted"', []),  # in quotes it is a text like others
    ],
)
def test_what_is_written_finds_its_connection(line: str, found: list[int]) -> None:
    facts = Facts(sample("showcase"))
    facts.annotate(WRITTEN)
    assert numbers(facts, line) == found


def test_what_is_written_later_is_found_too() -> None:
    facts = Facts(sample("showcase"))
    assert numbers(facts, "noted") == []
    facts.annotate(WRITTEN)
    assert len(numbers(facts, "noted")) == 3
    facts.annotate(annotations())
    assert numbers(facts, "marked") == []


def test_nothing_is_found_in_an_empty_capture() -> None:
    facts = Facts(analysed(""))
    facts.annotate(WRITTEN)
    assert numbers(facts, "noted") == []


@pytest.mark.parametrize("line", ["marked:1", "marked:ab", "marked:", "note:"])
def test_other_marks_than_letters_and_empty_notes_are_refused(line: str) -> None:
    assert isinstance(parse(line), Problem)


def test_completion_knows_marks_and_notes_of_one_word() -> None:
    facts = Facts(sample("showcase"))
    facts.annotate(WRITTEN)
    assert set(complete("marked:", 7, facts).texts) == {"a", "b"}
    assert complete("note:", 5, facts).texts == ("slow",)
    assert "note:" in complete("no", 2, facts).texts
