"""The connection list: columns, sorting and the mouse; its keys are in test_bindings."""

import pytest
from rich.style import Style
from textual.color import Color

from tcpladder.analysis import Analysis
from tcpladder.report.listing import Listing
from tcpladder.tui.messages import ReadingProgressed
from tcpladder.tui.palette import DARK, LIGHT
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.widgets.connection_table import ConnectionTable
from tests.tui.driving import Driver, beginning_of, from_memory, lines, opened, press, progress, settled, table


@pytest.fixture(autouse=True)
def _from_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)


def starts(pilot: Driver) -> list[int]:
    """Find where each column's cells begin."""
    return [place.start for place in table(pilot)._places]


def heading_at(pilot: Driver, at: int) -> int:
    return starts(pilot)[at] + 1 - table(pilot).scroll_offset.x


async def test_sorting_by_any_column(showcase: Analysis) -> None:
    async with opened(size=(160, 48)) as pilot:
        for column in table(pilot).columns:
            assert table(pilot).numbers().to_list() == _sorted(showcase, column.key)
            assert lines(table(pilot))[0].count("▴") == 1
            await press(pilot, "I")
            assert table(pilot).numbers().to_list() == _sorted(showcase, column.key, is_descending=True)
            assert lines(table(pilot))[0].count("▾") == 1
            await press(pilot, "I greater_than_sign")


def _sorted(analysis: Analysis, key: str, *, is_descending: bool = False) -> list[int]:
    return [int(at) + 1 for at in Listing(analysis, analysis.judgement).order(key, is_descending=is_descending)]


@pytest.mark.parametrize("at", [0, 6])
async def test_a_click_on_a_heading_sorts_and_another_inverts(showcase: Analysis, at: int) -> None:
    async with opened(size=(160, 48), keys="greater_than_sign greater_than_sign") as pilot:
        key = table(pilot).columns[at].key
        await pilot.click(ConnectionTable, offset=(heading_at(pilot, at), 0))
        await settled(pilot)
        assert table(pilot).numbers().to_list() == _sorted(showcase, key)
        await pilot.click(ConnectionTable, offset=(heading_at(pilot, at), 0))
        await settled(pilot)
        assert table(pilot).numbers().to_list() == _sorted(showcase, key, is_descending=True)


async def test_sorting_leaves_the_cursor_on_its_connection() -> None:
    async with opened(keys="7 G greater_than_sign I greater_than_sign") as pilot:
        assert table(pilot).connection == 7


async def test_a_click_moves_and_a_double_click_opens() -> None:
    async with opened() as pilot:
        await pilot.click(ConnectionTable, offset=(20, 5))
        await settled(pilot)
        assert table(pilot).connection == table(pilot).numbers()[4]
        assert isinstance(pilot.app.screen, ConnectionsScreen)
        await pilot.click(ConnectionTable, offset=(20, 6), times=2)
        await settled(pilot)
        shown = pilot.app.screen
        assert isinstance(shown, LadderScreen)
        assert shown.connection == table(pilot).numbers()[5]


async def test_a_double_click_on_a_heading_opens_nothing() -> None:
    async with opened() as pilot:
        await pilot.click(ConnectionTable, offset=(20, 0), times=2)
        await settled(pilot)
        assert isinstance(pilot.app.screen, ConnectionsScreen)


@pytest.mark.parametrize(("keys", "connection"), [("1 2 G", 12), ("9 9 G", 24), ("0 G", 1), ("I 1 2 G", 12)])
async def test_a_count_goes_to_its_connection(keys: str, connection: int) -> None:
    async with opened(keys=keys) as pilot:
        assert table(pilot).connection == connection


async def test_going_to_the_connection_of_a_packet() -> None:
    async with opened(keys="ctrl+g 1 5 0 enter") as pilot:
        assert table(pilot).connection == 16
        await press(pilot, "ctrl+g 9 9 9 enter ctrl+g enter ctrl+g escape")
        assert table(pilot).connection == 16
        told = [notification.message for notification in pilot.app._notifications]
        assert told == ["Packet 999 is not one of the TCP segments that were read."]


@pytest.mark.parametrize("width", [80, 100, 120, 160])
async def test_numbers_end_where_their_heading_ends(width: int) -> None:
    async with opened(size=(width, 24), keys="less_than_sign") as pilot:
        heading, *rows = lines(table(pilot))[:20]
        at = starts(pilot)
        ends = [place.end for place in table(pilot)._places]
        for column, start, end in zip(table(pilot).columns, at, ends, strict=True):
            named = heading[start:end]
            assert column.heading in named
            for row in rows:
                cell = row[start:end]
                text = cell.strip()
                assert cell == " " + (
                    f"{text:>{end - start - 2}} " if column.is_number else f"{text:<{end - start - 1}}"
                )
            if column.is_number:
                assert named.endswith((f"{column.heading} ", f"{column.heading}▴ "))


@pytest.mark.parametrize("width", [80, 100, 120, 160])
async def test_nothing_is_cut_off_at_the_side(width: int) -> None:
    async with opened(size=(width, 24)) as pilot:
        assert table(pilot).virtual_size.width <= table(pilot).scrollable_content_region.width


async def test_states_have_the_colours_of_their_phases_in_every_theme() -> None:
    async with opened(size=(200, 24)) as pilot:
        assert _state_colours(pilot) == {"CLOSED": DARK["ladder-quiet"], "TIME-WAIT": DARK["ladder-closing"]}
        pilot.app.theme = "light"
        await settled(pilot)
        assert _state_colours(pilot) == {"CLOSED": LIGHT["ladder-quiet"], "TIME-WAIT": LIGHT["ladder-closing"]}


def _state_colours(pilot: Driver) -> dict[str, str]:
    view = table(pilot)
    (strip,) = view.render_lines(view.size.region)[2:3]
    found = {}
    for segment in strip:
        word, style = segment.text.strip(), segment.style
        if word in ("CLOSED", "TIME-WAIT") and isinstance(style, Style) and style.color is not None:
            found[word] = Color.from_rich_color(style.color).hex.lower()
    return found


async def test_rows_that_nobody_looks_at_are_not_put_into_words(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[int] = []
    texts = Listing.texts

    def counted(listing: Listing, row: dict[str, int], *arguments: object) -> list[str]:
        told.append(row["connection"])
        return texts(listing, row, *arguments)  # type: ignore[arg-type]

    async with opened(size=(80, 12)) as pilot:
        monkeypatch.setattr(Listing, "texts", counted)
        await press(pilot, "I")
        assert len(set(told)) <= 12
        told.clear()
        await press(pilot, "j k")
        assert told == []


async def test_a_connection_that_is_asked_for_too_early_is_gone_to_when_it_is_read(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 100), is_final=False)
    async with opened(keys="2 0 G") as pilot:
        assert table(pilot).connection == 12  # the last so far
        pilot.app.post_message(ReadingProgressed(progress(showcase)))
        await settled(pilot)
        assert table(pilot).connection == 20


async def test_who_moves_on_does_not_want_the_connection_any_more(
    monkeypatch: pytest.MonkeyPatch, showcase: Analysis
) -> None:
    from_memory(monkeypatch, beginning_of(showcase, 100), is_final=False)
    async with opened(keys="2 0 G k") as pilot:
        pilot.app.post_message(ReadingProgressed(progress(showcase)))
        await settled(pilot)
        assert table(pilot).connection == 11


async def test_a_count_before_anything_is_read_is_kept(monkeypatch: pytest.MonkeyPatch, showcase: Analysis) -> None:
    async with opened() as pilot:
        empty = ConnectionTable()
        await pilot.app.screen.mount(empty)
        empty.press("5")
        empty.press("G")
        empty.action_last()
        empty.show(Listing(showcase))
        assert empty.connection == 5
        empty.show(Listing(showcase, showcase.judgement))
        assert empty.connection == 5


async def test_the_way_from_finding_to_finding_ends_where_there_are_no_more(showcase: Analysis) -> None:
    async with opened() as pilot:
        found = [number for number in table(pilot).numbers() if showcase.judgement.findings_of(number)]
        passed = [table(pilot).connection]
        for _ in found:
            await press(pilot, "right_square_bracket")
            passed.append(table(pilot).connection)
        assert passed == [*found, found[-1]]


@pytest.mark.parametrize("width", [110, 120, 150, 160, 200])
async def test_a_rule_is_shown_whole_where_there_is_a_column_for_it(width: int) -> None:
    async with opened(size=(width, 40)) as pilot:
        shown = lines(table(pilot))
        row = next(line for line in shown if "  192.0.2.10:5000 " in line)
        assert " hs-simultaneous-open " in row


async def test_findings_have_the_colours_of_their_levels() -> None:
    async with opened(size=(120, 24)) as pilot:
        view = table(pilot)
        found = {
            segment.text.strip(): segment.style.color
            for strip in view.render_lines(view.size.region)
            for segment in strip
            if segment.style and segment.text.strip() in ("▲", "●")
        }
        colours = {sign: Color.from_rich_color(colour).hex.lower() for sign, colour in found.items() if colour}
        assert colours == {"▲": DARK["level-deviation"], "●": DARK["level-note"]}


async def test_what_a_click_would_take_is_lit_until_a_key_is_pressed() -> None:
    async with opened(size=(160, 24)) as pilot:
        await pilot.hover(ConnectionTable, offset=(20, 5))
        assert _lit(pilot) == [1, 5]  # the row under the cursor, and the one under the mouse
        await press(pilot, "j")
        assert _lit(pilot) == [2]
        await pilot.hover(ConnectionTable, offset=(heading_at(pilot, 1), 0))
        assert _lit(pilot) == [2]


def _lit(pilot: Driver) -> list[int]:
    view = table(pilot)
    grounds = [
        {segment.style.bgcolor for segment in strip if segment.style} for strip in view.render_lines(view.size.region)
    ]
    plain = grounds[-1]
    return [at for at, ground in enumerate(grounds) if at and ground != plain]
