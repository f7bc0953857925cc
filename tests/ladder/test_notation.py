"""How states, times and endpoints are written."""

from decimal import ROUND_DOWN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpladder.ladder.notation import (
    STATE_WORDS,
    byte_count,
    clock,
    doubted,
    elided,
    endpoint,
    introduced,
    named,
    seconds,
    state_word,
)
from tcpladder.tcp.states import Basis, State


@pytest.mark.parametrize(
    ("state", "width", "word"),
    [
        (State.SYN_RCVD, 12, "SYN-RECEIVED"),
        (State.SYN_RCVD, 20, "SYN-RECEIVED"),
        (State.SYN_RCVD, 11, "SYN-RECV"),
        (State.SYN_RCVD, 10, "SYN-RECV"),
        (State.SYN_RCVD, 6, "SYNRCV"),
        (State.ESTABLISHED, 12, "ESTABLISHED"),
        (State.ESTABLISHED, 10, "ESTAB"),
        (State.FIN_WAIT_1, 10, "FIN-WAIT-1"),
        (State.TIME_WAIT, 6, "TIMEWT"),
        (State.UNKNOWN, 12, "?"),
    ],
)
def test_a_state_is_written_as_wide_as_there_is_room(state: State, width: int, word: str) -> None:
    assert state_word(state, width) == word


@pytest.mark.parametrize("width", [6, 10, 12])
def test_states_fit_and_no_two_look_alike(width: int) -> None:
    words = [state_word(state, width) for state in State]
    assert max(map(len, words)) <= width
    assert len(set(words)) == len(State) == len(STATE_WORDS)


@pytest.mark.parametrize(
    ("basis", "is_partial", "shown"),
    [
        (Basis.INFERRED, True, "CLOSED?"),
        (Basis.INFERRED, False, "CLOSED"),
        (Basis.SEEN, True, "CLOSED"),
        (Basis.SEEN, False, "CLOSED"),
    ],
)
def test_a_question_mark_is_for_inferences_about_partial_connections(
    basis: Basis, *, is_partial: bool, shown: str
) -> None:
    assert doubted("CLOSED", basis, is_partial=is_partial) == shown


@pytest.mark.parametrize(
    ("address", "port", "written"),
    [("192.0.2.1", 80, "192.0.2.1:80"), ("2001:db8::1", 443, "[2001:db8::1]:443"), ("::1", 0, "[::1]:0")],
)
def test_an_endpoint_has_ipv6_in_brackets(address: str, port: int, written: str) -> None:
    assert endpoint(address, port) == written


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("192.0.2.1:80", 12, "192.0.2.1:80"),
        ("192.0.2.1:80", 11, "192.0….1:80"),
        ("[2001:db8:1:2:3:4:5:6]:40000", 15, "[2001:d…]:40000"),
        ("abcdef", 2, "…f"),
        ("abcdef", 1, "a"),
        ("abcdef", 0, ""),
        ("abcdef", -3, ""),
        ("", 5, ""),
    ],
)
def test_a_long_text_loses_its_middle(text: str, width: int, shown: str) -> None:
    assert elided(text, width, "…") == shown


@given(st.text(), st.integers(-5, 60), st.sampled_from(["…", "~"]))
def test_an_elided_text_fits_and_keeps_both_ends(text: str, width: int, ellipsis: str) -> None:
    shown = elided(text, width, ellipsis)
    assert len(shown) == min(len(text), max(width, 0))
    if 3 <= width < len(text):
        assert text.startswith(shown.split(ellipsis)[0] or text[0])
        assert shown[0] == text[0]
        assert shown[-1] == text[-1]


@pytest.mark.parametrize(
    ("nanoseconds", "width", "written"),
    [
        (0, 8, "0.000000"),
        (1_234_567_899, 8, "1.234567"),
        (1_234_567_899, 6, "1.2345"),
        (1_234_567_899, 2, "1"),
        (12_345_678_901_234, 8, "12345.67"),
        (12_345_678_901_234, 6, "12345"),
        (12_345_678_901_234, 3, "12345"),
        (999_999_999, 8, "0.999999"),
        (-1_500_000_000, 9, "-1.500000"),
        (-1, 9, "-0.000000"),
    ],
)
def test_a_time_is_cut_and_never_rounded(nanoseconds: int, width: int, written: str) -> None:
    assert seconds(nanoseconds, width) == written


def test_a_time_between_segments_has_a_sign() -> None:
    assert seconds(1_000_000, 9, sign=True) == "+0.001000"
    assert seconds(-1_000_000, 9, sign=True) == "-0.001000"


@given(st.integers(-(10**18), 10**18), st.integers(1, 24), st.booleans())
def test_a_time_fits_or_is_whole_seconds_and_is_exact_as_far_as_it_goes(
    nanoseconds: int,
    width: int,
    sign: bool,  # noqa: FBT001 - drawn by Hypothesis
) -> None:
    written = seconds(nanoseconds, width, sign=sign)
    assert len(written) <= width or "." not in written
    exact = Decimal(nanoseconds).scaleb(-9)
    decimals = len(written.partition(".")[2])
    assert Decimal(written) == exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_DOWN)


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1500, "1.5 kB"),
        (999_999, "1000.0 kB"),
        (1_000_000, "1.0 MB"),
        (2_500_000_000, "2.5 GB"),
        (7_000_000_000_000, "7.0 TB"),
        (7_000_000_000_000_000, "7000.0 TB"),
    ],
)
def test_byte_counts(count: int, written: str) -> None:
    assert byte_count(count) == written


@pytest.mark.parametrize(
    ("name", "width", "written"),
    [
        ("web", None, "web:80"),
        ("web", 6, "web:80"),
        ("web", 5, "10.0.0.9:80"),
        ("网络", 7, "网络:80"),
        ("网络", 6, "10.0.0.9:80"),
        ("", None, "10.0.0.9:80"),
    ],
)
def test_a_name_stands_for_an_endpoint_where_it_fits(name: str, width: int | None, written: str) -> None:
    assert named(name, "10.0.0.9:80", 80, width) == written


@pytest.mark.parametrize(
    ("name", "host", "width", "written"),
    [
        ("web", "web", 15, "web 10.0.0.9:80"),
        ("web", "web", 14, "web:80"),
        ("office", "", 18, "office 10.0.0.9:80"),
        ("office", "", 17, "10.0.0.9:80"),
        ("a web server", "a web server", 12, "10.0.0.9:80"),
        ("", "", 5, "10.0.0.9:80"),
    ],
)
def test_a_name_stands_before_an_endpoint_where_there_is_room_for_both(
    name: str, host: str, width: int, written: str
) -> None:
    assert introduced(name, host, "10.0.0.9", 80, width) == written


@pytest.mark.parametrize(
    ("nanoseconds", "decimals", "written"),
    [
        (0, 6, "00:00:00.000000"),
        (1_700_000_000_123_456_789, 6, "22:13:20.123456"),
        (1_700_000_000_123_456_789, 3, "22:13:20.123"),
        (86_399_999_999_999, 3, "23:59:59.999"),
        (-1, 3, "23:59:59.999"),
    ],
)
def test_a_time_of_day(nanoseconds: int, decimals: int, written: str) -> None:
    assert clock(nanoseconds, decimals) == written
