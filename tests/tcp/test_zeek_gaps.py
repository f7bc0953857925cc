"""Bytes that were acknowledged and never captured, counted where they are acknowledged."""

import pytest

from tcpladder.tcp.tracking import tracked
from tcpladder.tcp.zeek_gaps import gap_counts
from tests.building import Segment, one_connection, segments, without

LIFE = """
    initiator > responder  SYN
    initiator < responder  SYN,ACK
    initiator > responder  ACK
    initiator > responder  ACK len=100
    initiator > responder  ACK len=100
    initiator > responder  ACK len=100
    initiator < responder  ACK
    initiator > responder  FIN,ACK
    initiator < responder  FIN,ACK
    initiator > responder  ACK
    """


def gaps(rows: str | list[Segment]) -> dict[int, int]:
    """Give how many gaps each frame acknowledges, of those that do."""
    table = tracked(one_connection(rows))
    counted = zip(table["frame"].to_list(), gap_counts(table).tolist(), strict=True)
    return {frame: count for frame, count in counted if count}


@pytest.mark.parametrize(
    ("missing", "found"),
    [
        ((), {}),
        ((5,), {6: 1}),  # the acknowledgment is the sixth segment now
        ((4, 6), {5: 2}),
        ((4, 5, 6), {4: 1}),
        ((7,), {}),  # nothing says that data is missing where only an ACK is
    ],
)
def test_a_gap_is_counted_where_it_is_acknowledged(missing: tuple[int, ...], found: dict[int, int]) -> None:
    assert gaps(without(segments(LIFE), *missing)) == found


def test_a_leap_that_is_filled_before_it_is_acknowledged_is_no_gap() -> None:
    rows = segments(LIFE)
    assert gaps([*rows[:4], rows[5], rows[4], *rows[6:]]) == {}


def test_what_only_a_reset_acknowledges_does_not_count() -> None:
    text = """
        initiator > responder  ACK seq=100 ack=50 len=10
        initiator < responder  RST,ACK seq=50 ack=900
        """
    assert gaps(text) == {}
