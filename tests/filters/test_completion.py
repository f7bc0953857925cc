"""What was typed may go on in ways that are filters."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.filters.completion import complete
from tcpladder.filters.facts import Facts
from tcpladder.filters.parsing import parse
from tcpladder.filters.tokens import TOKENS, Token
from tcpladder.filters.tree import Problem
from tcpladder.settings.names import Names
from tests.samples import sample


@pytest.fixture(scope="module")
def facts() -> Facts:
    analysis = sample("showcase")
    return Facts(analysis, analysis.judgement)


@pytest.mark.parametrize(
    ("line", "start", "first"),
    [
        ("", 0, ("host:", "port:", "class:")),
        ("po", 0, ("port:",)),
        ("port:80 -du", 9, ("duration>",)),
        ("(SE", 1, ("segments>",)),
        ("class:ref", 6, ("refused",)),
        ("class:refused,half_cl", 14, ("half-close", "half-close-then-reset")),
        ("class:", 6, ("graceful-4way",)),
        ("state!=time-w", 7, ("TIME_WAIT",)),
        ("rule:td-r", 5, ("td-rst-reply-to-fin",)),
        ("level>=", 7, ("violation", "deviation", "note", "none")),
        ("host:2", 5, ("2001:db8::10", "2001:db8::20")),
        ("port:8", 5, ("80", "8080")),
        ("tag:", 4, ("client-first", "server-first")),
        ("rtt>", 4, ()),
        ("xyzzy", 0, ()),
        ("xyzzy:", 6, ()),
        ('"po', 3, ()),
        ("= tcp.analysis.retr", 2, ("tcp.analysis.retransmission",)),
        ("= tcp.port == 80 && ipv6.s", 20, ("ipv6.src",)),
        ("=", 1, ()),
    ],
)
def test_how_a_line_may_go_on(facts: Facts, line: str, start: int, first: tuple[str, ...]) -> None:
    completion = complete(line, len(line), facts)
    assert completion.start == start
    assert completion.texts[: len(first)] == first
    assert bool(completion.texts) is bool(first)


def test_values_tell_whose_they_are(facts: Facts) -> None:
    token = complete("class:r", 7, facts).token
    assert token is not None
    assert token.name == "class"
    assert complete("cla", 3, facts).token is None


def test_only_what_is_before_the_cursor_is_completed(facts: Facts) -> None:
    assert complete("class:ref port:80", 9, facts).texts == ("refused",)


def test_what_the_capture_has_comes_first_and_the_rest_after_it(facts: Facts) -> None:
    texts = complete("rule:", 5, facts).texts
    assert texts[:2] == ("diag-path-loss-reorder", "diag-multiple-clocks")  # of 4 connections each
    assert len(set(texts)) == len(texts)
    assert "hs-backoff" in complete("rule:hs-b", 9, facts).texts


def test_names_are_offered_where_they_can_stand_as_they_are() -> None:
    names = Names({"10.0.0.1": "web-1", "10.0.0.2": "web server", "10.0.0.3": "web*", "10.0.0.4": "17"})
    analysis = sample("showcase")
    facts = Facts(analysis, analysis.judgement, names)
    assert complete("host:we", 7, facts).texts == ("web-1",)
    assert "web-1" in complete("src:", 4, facts).texts
    assert complete("class:we", 8, facts).texts == ()
    for text in complete("host:", 5, facts).texts:
        assert not isinstance(parse(f"host:{text}"), Problem)


def test_without_a_capture_there_are_the_words_that_are_always_known() -> None:
    assert complete("class:ref", 9).texts == ("refused",)
    assert complete("host:1", 6).texts == ()


@pytest.mark.parametrize("token", TOKENS, ids=lambda token: token.name)
def test_every_value_that_is_offered_is_accepted(facts: Facts, token: Token) -> None:
    line = f"{token.name}:"
    for text in complete(line, len(line), facts).texts:
        assert not isinstance(parse(line + text), Problem)


@given(st.text(), st.integers(0, 50))
def test_any_line_is_completed_before_the_cursor(line: str, cursor: int) -> None:
    at = min(cursor, len(line))
    assert 0 <= complete(line, at).start <= at
