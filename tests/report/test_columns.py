"""The table of the list's columns."""

from tcpladder.report.columns import COLUMNS


def test_every_column_has_a_key_of_its_own() -> None:
    assert len({column.key for column in COLUMNS}) == len(COLUMNS)
