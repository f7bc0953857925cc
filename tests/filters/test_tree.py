"""A tree is written as a line that is parsed into the same tree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.filters.parsing import parse
from tcpladder.filters.tree import (
    EVERYTHING,
    All,
    Any,
    Comparison,
    Criterion,
    Node,
    Not,
    Number,
    Pattern,
    Problem,
    Text,
    all_of,
    any_of,
    written,
)

A, B, C = (Text(text=letter) for letter in "abc")
PORT = Criterion(token="port", comparison=Comparison.IS, values=(Number(text="80-81", low=80, high=81),))
TEXTS = st.text(min_size=1).map(lambda text: Text(text=text))
TAGS = st.builds(
    lambda texts, comparison: Criterion(
        token="tag", comparison=comparison, values=tuple(Pattern(text=text) for text in texts)
    ),
    st.lists(st.text(min_size=1), min_size=1, max_size=3),
    st.sampled_from([Comparison.IS, Comparison.IS_NOT]),
)


def _joined(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=3)
    return several.map(all_of) | several.map(any_of) | inner.map(lambda node: Not(node=node))


TREES: st.SearchStrategy[Node] = st.recursive(TEXTS | TAGS | st.just(PORT), _joined, max_leaves=6)


@given(TREES)
def test_what_is_written_is_parsed_into_the_same(tree: Node) -> None:
    line = written(tree)
    parsed = parse(line)
    begins_like_a_display_filter = isinstance(parsed, Problem) and "Wireshark" in parsed.sentence
    is_too_long = len(line) > 1000
    assert parsed == tree or begins_like_a_display_filter or is_too_long


@pytest.mark.parametrize(
    ("tree", "line"),
    [
        (EVERYTHING, ""),
        (A, "a"),
        (Text(text="a b"), '"a b"'),
        (Text(text='say "x"\\'), '"say \\"x\\"\\\\"'),
        (Text(text="or"), '"or"'),
        (Text(text="-a"), '"-a"'),
        (PORT, "port:80-81"),
        (Not(node=A), "-a"),
        (Not(node=Any(nodes=(A, B))), "-(a OR b)"),
        (All(nodes=(A, Any(nodes=(B, C)))), "a (b OR c)"),
        (Any(nodes=(All(nodes=(A, B)), C)), "a b OR c"),
    ],
)
def test_how_a_tree_is_written(tree: Node, line: str) -> None:
    assert written(tree) == line


def test_what_is_joined_is_flat() -> None:
    assert all_of([A, all_of([B, C])]) == All(nodes=(A, B, C))
    assert any_of([any_of([A, B]), C]) == Any(nodes=(A, B, C))
    assert all_of([A]) == any_of([A]) == A
    assert all_of([]) == EVERYTHING


def test_a_pattern_stands_for_whole_words_only() -> None:
    assert Pattern(text="td-*").expression() == r"^(?:td\-.*)$"
    assert Pattern(text="a.b").expression() == r"^(?:a\.b)$"
    assert not Pattern(text="a.b").is_glob
