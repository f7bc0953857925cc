"""Rows of the connection list as cells, made when somebody looks at them."""

import pytest
from rich.style import Style

from tcpladder.report.listing import COLUMNS, Listing
from tcpladder.tui.widgets.listing_backend import ListingBackend
from tests.samples import sample

SHOWN = [column for column in COLUMNS if column.key in {"level", "connection", "initiator", "initiator_state"}]
WIDTHS = [1, 4, 12, 10]
STYLES = {"deviation": Style(bold=True), "closed": Style(dim=True)}


@pytest.fixture
def backend() -> ListingBackend:
    analysis = sample("showcase")
    listing = Listing(analysis, analysis.judgement)
    table = listing.sorted("level", is_descending=False)
    return ListingBackend(listing, table, SHOWN, WIDTHS, lambda name: STYLES.get(name, Style.null()))


def test_a_row_is_put_into_words(backend: ListingBackend) -> None:
    cells = backend.get_row_at(0)
    assert [cell.plain for cell in cells[:2]] == ["▲", "  14"]  # a number stands to the right
    assert cells[2].plain == "192.0…:41000"  # an endpoint is shortened in its middle
    assert backend.get_cell_at(0, 1) is cells[1]


def test_a_level_and_a_state_have_their_colours(backend: ListingBackend) -> None:
    cells = backend.get_row_at(0)
    assert cells[0].style == STYLES["deviation"]
    assert cells[3].plain == "CLOSED"
    assert cells[3].style == STYLES["closed"]


def test_a_row_is_made_once(backend: ListingBackend) -> None:
    assert backend.get_row_at(3) is backend.get_row_at(3)


def test_it_has_the_columns_that_are_shown(backend: ListingBackend) -> None:
    assert backend.column_count == len(SHOWN)
    assert backend.columns == [column.heading for column in SHOWN]
    assert backend.column_content_widths == WIDTHS
    assert len(backend.get_column_at(1)) == 24


def test_it_takes_no_rows(backend: ListingBackend) -> None:
    with pytest.raises(TypeError, match="takes no rows"):
        backend.append_rows([])
