"""Values are read with their units, or refused in a sentence that says what would be right."""

import ipaddress

import pytest

from tcpladder.filters import values
from tcpladder.filters.tree import Network, Number, Pattern
from tcpladder.filters.values import ValueProblem

DURATION = values.amount(values.DURATIONS, "a time")
SIZE = values.amount(values.SIZES, "a size")
PORT = values.amount(values.PORTS, "a port", most=65535)
COUNT = values.amount(values.COUNTS, "a number")


def ends(value: object) -> tuple[int, int]:
    assert isinstance(value, Number)
    return value.low, value.high


@pytest.mark.parametrize(
    ("text", "ns"),
    [
        ("50ms", 50_000_000),
        ("1.5s", 1_500_000_000),
        ("7us", 7000),
        ("7µs", 7000),
        ("2m", 120 * 10**9),
        ("1H", 3600 * 10**9),
        ("3ns", 3),
        ("0", 0),
        ("99999999999999h", values.LARGEST),
    ],
)
def test_times(text: str, ns: int) -> None:
    assert ends(DURATION(text)) == (ns, ns)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("500", 500),
        ("10k", 10_000),
        ("10kB", 10_000),
        ("1.5MiB", 1_572_864),
        ("2G", 2 * 10**9),
        ("1kib", 1024),
        ("7B", 7),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert ends(SIZE(text)) == (size, size)


@pytest.mark.parametrize(
    ("reader", "text", "low", "high"),
    [
        (PORT, "8000-8999", 8000, 8999),
        (DURATION, "1-2s", 10**9, 2 * 10**9),
        (DURATION, "500ms-2s", 5 * 10**8, 2 * 10**9),
        (SIZE, "1k-1M", 1000, 10**6),
        (COUNT, "3-3", 3, 3),
    ],
)
def test_a_range_has_both_its_ends_and_the_unit_of_the_upper(
    reader: values.Reader, text: str, low: int, high: int
) -> None:
    assert ends(reader(text)) == (low, high)


@pytest.mark.parametrize(
    ("reader", "text", "sentence"),
    [
        (DURATION, "50", "'50' needs a unit: us, ms, s, m or h."),
        (DURATION, "5kg", "'5kg' is not a time."),
        (DURATION, "soon", "'soon' is not a time."),
        (SIZE, "-5", "'-5' is not a size."),
        (SIZE, "1e9", "'1e9' is not a size."),
        (PORT, "70000", "'70000' is not a port: 65535 is the largest."),
        (PORT, "90-80", "The range '90-80' ends before it begins."),
        (PORT, "1-2-3", "'1-2-3' is not a port."),
        (PORT, "x" * 99, f"'{'x' * 24}…' is not a port."),
        (PORT, "\x1b[2J", r"'\x1b[2J' is not a port."),
        (values.level, "grave", "There is no level 'grave'; known are none, note, deviation, violation."),
        (values.level, "dev", "There is no level 'dev': perhaps deviation?"),
        (
            values.address,
            "10.0.0.300",
            "'10.0.0.300' is not an address: 10.0.0.1, 10.0.0.0/8, 2001:db8::/32 and 10.0.* are.",
        ),
    ],
)
def test_what_is_no_value_is_refused_in_a_sentence(reader: values.Reader, text: str, sentence: str) -> None:
    with pytest.raises(ValueProblem) as raised:
        reader(text)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("10.0.0.1", "10.0.0.1", "10.0.0.1"),
        ("10.1.2.3/8", "10.0.0.0", "10.255.255.255"),
        ("::1", "::1", "::1"),
        ("[::1]", "::1", "::1"),
        ("2001:db8::/127", "2001:db8::", "2001:db8::1"),
    ],
)
def test_addresses_and_networks(text: str, first: str, last: str) -> None:
    network = values.address(text)
    assert isinstance(network, Network)
    assert network.first == int(ipaddress.ip_address(first))
    assert network.last == int(ipaddress.ip_address(last))


def test_an_address_may_be_a_pattern() -> None:
    assert values.address("10.0.*") == Pattern(text="10.0.*")


def test_levels() -> None:
    assert [ends(values.level(name))[0] for name in ("none", "NOTE", "deviation", "violation")] == [0, 1, 2, 3]


WORDS = ["TIME_WAIT", "CLOSE_WAIT", "CLOSED"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [("TIME_WAIT", [0]), ("time-wait", [0]), ("close*", [1, 2]), ("*WAIT", [0, 1]), ("?LOSED", [2]), ("CLOSE", [])],
)
def test_words_are_found_whatever_their_case(pattern: str, found: list[int]) -> None:
    assert values.matching(Pattern(text=pattern), WORDS) == found


def test_exact_words_are_found_in_their_case_only() -> None:
    assert values.matching(Pattern(text="Sh*"), ["ShADad", "shad"], is_exact=True) == [0]


def test_a_word_that_is_not_known_is_refused() -> None:
    reads = values.word("state", lambda: WORDS)
    assert reads("close*") == Pattern(text="close*")
    with pytest.raises(ValueProblem, match="There is no state 'CLOSE': perhaps CLOSE_WAIT, CLOSED\\?"):
        reads("CLOSE")


def test_where_no_words_are_known_any_is_accepted() -> None:
    assert values.word("tag", tuple)("whatever") == Pattern(text="whatever")
