"""Two connections beside one another."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpladder.ladder.alignment import MOST_PHASES, MOST_ROWS, Difference, align, aligned, is_other_time
from tests.building import ladder
from tests.ladder.test_phases import CLOSE, EXCHANGE, HANDSHAKE

GOOD = HANDSHAKE + EXCHANGE + CLOSE


def told(one: str, other: str) -> list[tuple[int | None, int | None]]:
    """Give the rows that stand beside one another."""
    return [entry.rows for entry in aligned(ladder(one), ladder(other)) if not entry.title]


def differences(one: str, other: str) -> list[tuple[Difference, str]]:
    return [found for entry in aligned(ladder(one), ladder(other)) for found in entry.differences]


def titles(one: str, other: str) -> list[str]:
    return [entry.title for entry in aligned(ladder(one), ladder(other)) if entry.title]


def test_a_connection_differs_in_nothing_from_itself() -> None:
    assert differences(GOOD, GOOD) == []
    assert told(GOOD, GOOD) == [(row, row) for row in range(11)]
    assert [title.partition(":")[0] for title in titles(GOOD, GOOD)] == [
        "handshake",
        "initiator's data",
        "responder's data",
        "teardown",
    ]


def test_lengths_and_numbers_may_differ() -> None:
    assert differences(GOOD, GOOD.replace("len=1000", "len=900").replace("len=100\n", "len=80\n")) == []


def test_a_syn_that_had_to_be_repeated_is_only_in_one() -> None:
    late = "    initiator > responder  SYN\n    initiator > responder  SYN +1s\n" + HANDSHAKE.partition("SYN\n")[2]
    assert told(late, HANDSHAKE)[:4] == [(0, 0), (1, None), (2, 1), (3, 2)]
    found = dict(differences(late, HANDSHAKE))
    assert found[Difference.MISSING] == "only in the first"
    assert found[Difference.TIME] == "1.020000 s | 0.020000 s"


def test_a_refusal_stands_beside_the_answer_that_was_wanted() -> None:
    refused = "initiator > responder  SYN\ninitiator < responder  RST,ACK"
    assert told(HANDSHAKE, refused) == [(0, 0), (1, 1), (2, None)]
    found = differences(HANDSHAKE, refused)
    assert (Difference.FLAGS, "SYN,ACK | RST,ACK") in found
    assert (Difference.STATE, "initiator ESTABLISHED | CLOSED") in found


def test_other_options_are_told() -> None:
    rich = HANDSHAKE.replace("SYN\n", "SYN mss=1460 wscale=7 sackok tsval=1 tsecr=0\n")
    assert differences(HANDSHAKE, rich) == [
        (Difference.OPTIONS, "none | mss 1460, SACK permitted, time stamps, window scale 7")
    ]


def test_more_data_and_acknowledgments_are_no_difference() -> None:
    longer = (
        HANDSHAKE + EXCHANGE + 4 * "    initiator < responder  ACK len=1000\n    initiator > responder  ACK\n" + CLOSE
    )
    assert differences(GOOD, longer) == []
    assert told(GOOD, longer).count((None, 9)) == 1


def test_a_phase_that_takes_longer_is_told_unless_it_carries_more() -> None:
    slow = HANDSHAKE + EXCHANGE.replace("ACK len=1000\n", "ACK len=1000 +80ms\n") + CLOSE
    assert (Difference.TIME, "0.020000 s | 0.090000 s") in differences(GOOD, slow)


def test_a_turn_that_did_not_come_is_told_once() -> None:
    silent = HANDSHAKE + "    initiator > responder  ACK len=100\n    initiator < responder  ACK\n" + CLOSE
    assert differences(GOOD, silent) == [(Difference.MISSING, "responder's data only in the first")]


def test_in_a_teardown_who_closed_first_stands_beside_who_closed_first() -> None:
    mirrored = CLOSE.replace(">", "?").replace("<", ">").replace("?", "<")
    assert told(GOOD, HANDSHAKE + EXCHANGE + mirrored)[-3:] == [(8, 8), (9, 9), (10, 10)]
    assert differences(GOOD, HANDSHAKE + EXCHANGE + mirrored) == [
        (Difference.SENDER, "sent by the initiator | sent by the responder")
    ]


def test_a_slow_answer_is_told_with_both_times() -> None:
    slow = GOOD.replace("initiator < responder  ACK len=1000", "initiator < responder  ACK len=1000 +400ms", 1)
    assert (
        differences(GOOD, slow) == []
    )  # between turns; that is what the durations of phases are beside one another for
    slow = GOOD.replace("initiator < responder  ACK\n", "initiator < responder  ACK +400ms\n", 1)
    assert differences(GOOD, slow) == [
        (Difference.TIME, "0.010000 s | 0.400000 s"),
        (Difference.TIME, "0.010000 s | 0.400000 s"),
    ]


@pytest.mark.parametrize(
    ("one", "other", "is_other"),
    [(0, 40, False), (0, 60, True), (100, 140, False), (100, 299, False), (100, 300, True), (-300, 100, True)],
)
def test_a_time_is_another_when_it_is_thrice_as_long_and_far_apart(one: int, other: int, *, is_other: bool) -> None:
    assert is_other_time(one * 1_000_000, other * 1_000_000) is is_other
    assert is_other_time(other * 1_000_000, one * 1_000_000) is is_other


def test_what_is_too_much_is_left_out_and_said() -> None:
    run = HANDSHAKE + (MOST_ROWS + 10) * "    initiator > responder  ACK len=1000\n"
    assert titles(run, HANDSHAKE)[-1] == "10 | 0 more segments of this phase, not compared one by one"
    assert len(told(run, run)) == 3 + MOST_ROWS
    chatter = HANDSHAKE + MOST_PHASES * EXCHANGE + CLOSE
    found = titles(chatter, chatter)
    assert len(found) == MOST_PHASES + 1
    assert found[-2] == f"{MOST_PHASES + 2} and {MOST_PHASES + 2} more phases, not compared"
    assert found[-1].startswith("teardown")


def test_of_equally_cheap_pairs_the_early_ones_are_taken() -> None:
    assert told(GOOD, HANDSHAKE + "    initiator > responder  RST")[-3:] == [(8, 3), (9, None), (10, None)]


@given(st.text("abc", max_size=12), st.text("abc", max_size=12))
@settings(max_examples=60)
def test_an_alignment_has_everything_once_and_in_order(one: str, other: str) -> None:
    pairs = align(list(one), list(other), lambda left, right: 0 if left == right else 3)
    assert [left for left, _ in pairs if left is not None] == list(range(len(one)))
    assert [right for _, right in pairs if right is not None] == list(range(len(other)))
