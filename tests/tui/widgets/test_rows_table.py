"""A small table: where its columns stand, how it is sorted, and the mouse; its keys are in test_bindings."""

import pytest
from textual.app import App, ComposeResult

from tcpladder.ladder.glyphs import UNICODE
from tcpladder.report.host_list import HostListing
from tcpladder.report.hosts import hosts_of
from tcpladder.report.table_rows import TableColumn
from tcpladder.tui.palette import ladder_colours
from tcpladder.tui.widgets.rows_table import LEAST, RowsTable, Sorting, placed
from tests.samples import sample
from tests.tui.driving import lines

COLUMNS = (
    TableColumn(key="name", heading="name", is_number=False, is_elastic=True),
    TableColumn(key="size", heading="size"),
    TableColumn(key="rest", heading="rest", from_width=100, is_number=False, is_elastic=True),
)


@pytest.fixture(scope="module")
def listing() -> HostListing:
    return HostListing(hosts_of(sample("showcase"), sample("showcase").judgement), UNICODE.levels)


class _Rows:
    columns = COLUMNS

    def __init__(self, longest: int) -> None:
        self._longest = longest

    def longest(self, key: str) -> int:
        return {"name": self._longest, "size": 6, "rest": 500}[key]


@pytest.mark.parametrize(
    ("width", "longest", "widths"),
    [
        (80, 20, [20, 6]),
        (80, 200, [69, 6]),  # elastic: all that is left
        (30, 200, [19, 6]),
        (22, 200, [11, 6]),  # two columns stay
        (160, 20, [20, 6, 127]),
        (160, 200, [132, 6, LEAST]),
    ],
)
def test_elastic_columns_share_what_the_others_leave(width: int, longest: int, widths: list[int]) -> None:
    spots = placed(_Rows(longest), width)  # type: ignore[arg-type] # no row is asked for
    assert [spot.width for spot in spots] == widths
    assert spots[-1].start + spots[-1].width + 2 < width


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 160])
def test_columns_never_go_over_the_edge(listing: HostListing, width: int) -> None:
    spots = placed(listing, width)
    assert spots[-1].start + spots[-1].width + 2 <= width
    assert [spot.column.key for spot in spots][:2] == ["level", "host"]


class _Shown(App[None]):
    def __init__(self, rows: HostListing) -> None:
        super().__init__()
        self.rows = rows
        self.chosen: list[int] = []

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return {**super().get_theme_variable_defaults(), **ladder_colours(self.current_theme)}

    def compose(self) -> ComposeResult:
        yield RowsTable()

    def on_mount(self) -> None:
        self.query_one(RowsTable).show(self.rows, Sorting(key="connections", row=3))

    def on_rows_table_chosen(self, message: RowsTable.Chosen) -> None:
        self.chosen.append(message.at)


async def test_the_cursor_stays_on_its_row_and_clicks_do_what_keys_do(listing: HostListing) -> None:
    app = _Shown(listing)
    async with app.run_test(size=(80, 8)) as pilot:
        rows = app.query_one(RowsTable)
        assert rows.at == 3
        rows.action_sort(1)
        rows.action_invert()
        await pilot.pause()
        assert (rows.at, rows.sorting.key, rows.sorting.is_descending) == (3, "peak", False)
        assert "in 1 s▴" in lines(rows)[0]
        await pilot.click(RowsTable, offset=(22, 0))  # a heading
        assert (rows.at, rows.sorting.key, rows.sorting.is_descending) == (3, "connections", True)
        await pilot.click(RowsTable, offset=(5, 2), times=2)
        assert rows.cursor_row == rows.scroll_offset.y + 1
        assert app.chosen == [rows.at]
        rows.action_page(1)
        rows.action_last()
        await pilot.pause()
        assert rows.cursor_row == len(listing) - 1
        assert rows.scroll_offset.y == len(listing) - 7
