"""The columns' page says what the table of the data frames' columns says."""

from docs.make_columns_page import PAGE, page


def test_the_page_is_that_of_the_columns() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "make columns-page"
