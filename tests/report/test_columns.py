"""The table of the list's columns, and choices among them."""

from tcpladder.report.columns import BY_KEY, COLUMNS, MOST_CHOSEN, OFFERED, ColumnChoice, known


def test_every_column_has_a_key_of_its_own_and_is_explained() -> None:
    assert len(BY_KEY) == len(OFFERED)
    assert OFFERED[: len(COLUMNS)] == COLUMNS
    assert all(column.about for column in OFFERED)


def test_choices_that_mean_nothing_are_left_out_and_widths_brought_into_bounds() -> None:
    chosen = (
        ColumnChoice(key="bytes", width=100_000),
        ColumnChoice(key="no-such-column"),
        ColumnChoice(key="ending", width=-3),
        ColumnChoice(key="bytes"),
        ColumnChoice(key="irtt"),
    )
    assert known(chosen) == (
        ColumnChoice(key="bytes", width=MOST_CHOSEN),
        ColumnChoice(key="ending", width=1),
        ColumnChoice(key="irtt"),
    )
