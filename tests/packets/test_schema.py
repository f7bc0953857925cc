"""The segment table's columns are wide enough for what TCP and IP put into them."""

import polars as pl
import pytest

from tcpladder.packets.schema import CAPTURED, GROUPED, empty_segments


def test_an_empty_table_has_every_captured_column_with_its_type() -> None:
    assert dict(empty_segments().schema) == CAPTURED
    assert len(empty_segments()) == 0


def test_grouping_adds_columns_and_replaces_none() -> None:
    assert not set(GROUPED) & set(CAPTURED)


@pytest.mark.parametrize(
    ("column", "largest"),
    [
        ("seq", 2**32 - 1),
        ("ack", 2**32 - 1),
        ("tsval", 2**32 - 1),
        ("tsecr", 2**32 - 1),
        ("sack_left", 2**32 - 1),
        ("sack_right", 2**32 - 1),
        ("window", 2**16 - 1),
        ("mss", 2**16 - 1),
        ("source_port", 2**16 - 1),
        ("destination_port", 2**16 - 1),
        ("ip_id", 2**16 - 1),
        ("ttl", 2**8 - 1),
        ("wscale", 2**8 - 1),
        ("flags", 0xFFF),
        ("payload_length", 2**17),  # a segment that TCP segmentation offload joined may be longer than any packet
        ("time", 9_000_000_000 * 10**9),  # the year 2255
        ("position", 2**40),
    ],
)
def test_a_column_holds_the_largest_value_that_can_come(column: str, largest: int) -> None:
    assert pl.Series([largest], dtype=CAPTURED[column]).to_list() == [largest]


@pytest.mark.parametrize("column", ["ip_id", "tsval", "mss", "wscale", "sack_permitted", "sack_left", "position"])
def test_what_a_segment_does_not_carry_is_null(column: str) -> None:
    assert pl.Series([None], dtype=CAPTURED[column]).null_count() == 1
