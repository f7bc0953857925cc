"""The columns of data frames: each is described, and units are told by their names."""

import polars as pl

from tcpladder.report.frame_columns import CONNECTION_COLUMNS, FINDING_COLUMNS, SEGMENT_COLUMNS, STATE_COLUMNS

ALL = {**CONNECTION_COLUMNS, **SEGMENT_COLUMNS, **STATE_COLUMNS, **FINDING_COLUMNS}


def test_each_is_described_by_a_sentence() -> None:
    assert [name for name, column in ALL.items() if not column.about.endswith(".")] == []


def test_numbers_with_fractions_tell_their_unit() -> None:
    fractions = {name for name, column in ALL.items() if column.dtype == pl.Float64()}
    assert {name.rpartition("_")[2] for name in fractions} == {"s", "ms", "hz"}


def test_none_is_a_list_or_a_record() -> None:
    assert [name for name, column in ALL.items() if column.dtype.is_nested()] == []
