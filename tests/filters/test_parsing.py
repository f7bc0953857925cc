"""A line is a filter, or it is said in one sentence where and why not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.filters.parsing import DEEPEST, LONGEST, display_filter, parse
from tcpladder.filters.tokens import TOKENS
from tcpladder.filters.tree import (
    EVERYTHING,
    All,
    Any,
    Comparison,
    Criterion,
    Not,
    Number,
    Pattern,
    Problem,
    Text,
    written,
)
from tcpladder.printable import printable

PIECES = [token.opening for token in TOKENS] + [
    '"',
    "(",
    ")",
    "-",
    " OR ",
    " ",
    ",",
    "*",
    "10.0.0.1",
    "50ms",
    "é",
    "\x1b",
]


def test_an_empty_line_keeps_everything() -> None:
    assert parse("") == parse("  ") == EVERYTHING


def test_tokens_side_by_side_all_have_to_hold() -> None:
    assert parse("port:443 abc") == All(
        nodes=(
            Criterion(token="port", comparison=Comparison.IS, values=(Number(text="443", low=443, high=443),)),
            Text(text="abc"),
        )
    )


def test_another_name_of_a_token_is_that_token() -> None:
    assert parse("ended:refused") == Criterion(
        token="class", comparison=Comparison.IS, values=(Pattern(text="refused"),)
    )


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("a OR b c", "a OR (b c)"),
        ("a and b", "a b"),
        ("not (a or b)", "-(a OR b)"),
        ("!a", "-a"),
        ("- a", '"-" a'),
        ("(((a)))", "a"),
        ("rtt > 50ms", "rtt>50ms"),
        ("port = 443", "port:443"),
        ("findings>0 close != refused", "findings>0 class!=refused"),
    ],
)
def test_the_same_written_in_another_way(line: str, same: str) -> None:
    tree = parse(line)
    assert not isinstance(tree, Problem)
    assert tree == parse(same)
    assert parse(written(tree)) == tree


def test_or_binds_least_and_negation_most() -> None:
    a, b, c = (Text(text=letter) for letter in "abc")
    assert parse("-a b OR c") == Any(nodes=(All(nodes=(Not(node=a), b)), c))


@pytest.mark.parametrize(
    ("line", "position", "sentence"),
    [
        ("port:443 prot:3", 9, "There is no token 'prot': perhaps port?"),
        ("xyzzy:3", 0, "There is no token 'xyzzy'; known are host, port, class, level, rule, state, …."),
        ("port:", 5, "A value is missing: port:80,8000-8999."),
        ("port:80,", 8, "A value is missing: port:80,8000-8999."),
        ("port:80,http", 8, "'http' is not a port."),
        ("rtt>50", 4, "'50' needs a unit: us, ms, s, m or h."),
        ("rtt>1-2s", 4, "A range goes with : only, as in rtt:1-2s."),
        ("segments>1,2", 11, "After > stands one value."),
        ("class>refused", 5, "class is compared by : or !=, as in class:refused,abort-*."),
        ("class:refsed", 6, "There is no class 'refsed': perhaps refused?"),
        ("rule:td-nothing*", 5, "There is no rule 'td-nothing*'; known are hs-backoff, hs-client-reset, "),
        ("a OR", 4, "Something has to follow."),
        ("OR a", 0, "Something has to stand before this."),
        ("()", 1, "Something has to stand before this."),
        ("a (b", 2, "The parenthesis that begins here is not closed: add )."),
        ("a)", 1, "This ) closes nothing."),
        ('a "b', 2, 'The quote that begins here is not closed: add ".'),
        ('""', 0, "There is nothing between these quotes."),
        ("== 3", 0, "A token has to stand before =, as in port:443 or rtt>50ms."),
        ("tcp.port == 80", 0, "Begin with = for a Wireshark display filter."),
        ("tcp.analysis.flags", 0, "Begin with = for a Wireshark display filter."),
        ("x" * (LONGEST + 1), LONGEST, "A filter has 1000 characters at most."),
        ("-" * 60 + "a", DEEPEST, "Parentheses and negations go 50 deep at most."),
        ("(" * LONGEST, DEEPEST, "Parentheses and negations go 50 deep at most."),
    ],
)
def test_what_is_wrong_and_where(line: str, position: int, sentence: str) -> None:
    problem = parse(line)
    assert isinstance(problem, Problem)
    assert problem.position == position
    assert problem.sentence.startswith(sentence)


@given(st.text() | st.lists(st.sampled_from(PIECES)).map("".join))
def test_any_line_is_parsed_or_refused_at_a_place_in_it(line: str) -> None:
    parsed = parse(line)
    if isinstance(parsed, Problem):
        assert 0 <= parsed.position <= len(line)
        assert parsed.sentence.endswith((".", "?"))
        assert printable(parsed.sentence) == parsed.sentence
    else:
        assert parse(written(parsed)) == parsed


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("= tcp.port == 80 ", "tcp.port == 80"),
        (" =tcp", "tcp"),
        ("=", ""),
        ("port:80", None),
        ("", None),
        ("a = b", None),
    ],
)
def test_a_display_filter_begins_with_an_equals_sign(line: str, wanted: str | None) -> None:
    assert display_filter(line) == wanted


@pytest.mark.parametrize("text", [":", "=x", "<1", "tcp.port"])
def test_what_stands_in_quotes_is_text_whatever_it_begins_with(text: str) -> None:
    assert parse(f'"{text}"') == Text(text=text)
    assert isinstance(parse(text), Problem)
