"""The table of tokens is whole: names are unique, examples are filters, columns are there."""

import pytest

from tcpladder.analysis import Analysis
from tcpladder.filters.evaluation import kept
from tcpladder.filters.facts import Facts
from tcpladder.filters.parsing import parse
from tcpladder.filters.tokens import TOKENS, About, Token, names, token_named
from tcpladder.filters.tree import Criterion
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import State
from tests.samples import sample

each = pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.name)


@pytest.fixture(scope="module")
def showcase() -> Analysis:
    return sample("showcase")


def test_no_name_means_two_things() -> None:
    every = [name for token in TOKENS for name in (token.name, *token.aliases)]
    assert len(every) == len(set(every))
    assert names() == tuple(token.name for token in TOKENS)


@each
def test_a_token_is_found_by_each_of_its_names(token: Token) -> None:
    assert all(token_named(name.upper()) is token for name in (token.name, *token.aliases))


@each
@pytest.mark.parametrize("is_judged", [True, False], ids=["judged", "not judged"])
def test_its_example_is_a_filter_about_it(showcase: Analysis, token: Token, *, is_judged: bool) -> None:
    tree = parse(token.example)
    assert isinstance(tree, Criterion)
    assert tree.token == token.name
    facts = Facts(showcase, showcase.judgement if is_judged else None)
    assert kept(tree, facts).shape == (24,)


@each
def test_it_is_explained_in_a_line(token: Token) -> None:
    assert 0 < len(token.help) <= 45
    assert token.help[-1] != "."


@each
def test_numbers_have_columns_and_words_have_sources(token: Token) -> None:
    assert bool(token.columns) is (token.about in (About.NUMBER, About.LEVEL))
    assert bool(token.sources) is (token.about in (About.WORD, About.ADDRESS))


def test_completion_writes_what_most_often_follows() -> None:
    openings = [token.opening for token in TOKENS if token.name in ("port", "rtt", "class", "bytes", "connection")]
    assert openings == ["port:", "class:", "rtt>", "bytes>", "connection:"]


def test_states_and_classes_are_all_there() -> None:
    state, ending = token_named("state"), token_named("class")
    assert state is not None
    assert ending is not None
    assert set(state.suggested) == {state.name for state in State}
    assert set(ending.suggested) == {ending.value for ending in Ending}
