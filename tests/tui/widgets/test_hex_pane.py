"""The hex pane: rows, lit bytes, clicks."""

from collections.abc import Iterator

import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult

from tcpladder.tui.widgets.hex_pane import HexPane

DATA = bytes(range(0x30, 0x58))  # "0123…W", 40 bytes


class PaneApp(App[None]):
    def __init__(self, data: bytes) -> None:
        super().__init__()
        self._data = data
        self.clicked: list[int] = []

    def compose(self) -> ComposeResult:
        yield HexPane(self._data)

    def on_hex_pane_byte_selected(self, message: HexPane.ByteSelected) -> None:
        self.clicked.append(message.offset)

    @property
    def pane(self) -> HexPane:
        return self.query_one(HexPane)

    def rows(self) -> list[str]:
        pane = self.pane
        return [pane.render_line(y).text.rstrip() for y in range(pane.size.height)]


def lit(pane: HexPane) -> str:
    """Give the text of all lit segments in view, rows apart."""

    def segments(y: int) -> Iterator[Segment]:
        return (segment for segment in pane.render_line(y) if segment.style and segment.style.reverse)

    rows = ("".join(segment.text for segment in segments(y)) for y in range(pane.size.height))
    return "/".join(row for row in rows if row)


async def test_sixteen_bytes_a_row_where_there_is_room() -> None:
    app = PaneApp(DATA + b"\x00\x1b\x7f\xff")
    async with app.run_test(size=(80, 5)):
        assert app.rows() == [
            "0000  30 31 32 33 34 35 36 37  38 39 3a 3b 3c 3d 3e 3f  0123456789:;<=>?",
            "0010  40 41 42 43 44 45 46 47  48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO",
            "0020  50 51 52 53 54 55 56 57  00 1b 7f ff              PQRSTUVW····",
            "",
            "",
        ]


async def test_eight_bytes_a_row_where_it_is_narrow() -> None:
    app = PaneApp(DATA)
    async with app.run_test(size=(60, 3)) as pilot:
        assert app.rows()[1] == "0008  38 39 3a 3b 3c 3d 3e 3f  89:;<=>?"
        assert app.pane.virtual_size.height == 5
        await pilot.resize_terminal(80, 3)
        await pilot.pause()
        assert app.pane.bytes_per_row == 16
        assert app.pane.virtual_size.height == 3


async def test_offsets_have_as_many_digits_as_the_last_one_needs() -> None:
    app = PaneApp(bytes(0x10010))
    async with app.run_test(size=(80, 3)):
        assert app.rows()[0].startswith("00000  00 00 ")


async def test_no_bytes_are_no_rows() -> None:
    app = PaneApp(b"")
    async with app.run_test(size=(80, 3)):
        assert app.rows() == ["", "", ""]


async def test_lit_bytes_are_lit_in_both_columns_and_not_by_colour_alone() -> None:
    app = PaneApp(DATA)
    async with app.run_test(size=(80, 5)):
        app.pane.lit = range(14, 18)
        assert lit(app.pane) == "3e 3f>?/40 41@A"
        app.pane.lit = range(7, 9)
        assert lit(app.pane) == "37  3878"
        app.pane.lit = None
        assert lit(app.pane) == ""


async def test_lit_bytes_come_into_view() -> None:
    app = PaneApp(bytes(4000))
    async with app.run_test(size=(80, 10)) as pilot:
        app.pane.lit = range(3990, 3992)
        await pilot.pause()
        assert app.pane.scroll_offset.y == 240
        assert lit(app.pane) == "00 00··"
        app.pane.lit = range(14)
        await pilot.pause()
        assert app.pane.scroll_offset.y == 0


async def test_lit_bytes_stay_in_view_when_rows_become_shorter() -> None:
    app = PaneApp(bytes(4000))
    async with app.run_test(size=(80, 10)) as pilot:
        app.pane.lit = range(1600, 1602)
        await pilot.pause()
        await pilot.resize_terminal(50, 10)
        await pilot.pause()
        assert app.pane.bytes_per_row == 8
        assert lit(app.pane) == "00 00··"


async def test_other_bytes_begin_at_the_top_with_none_lit() -> None:
    app = PaneApp(bytes(4000))
    async with app.run_test(size=(80, 10)) as pilot:
        app.pane.lit = range(3990, 3992)
        await pilot.pause()
        app.pane.data = DATA
        await pilot.pause()
        assert app.pane.lit is None
        assert app.pane.scroll_offset.y == 0
        assert app.rows()[2].endswith("PQRSTUVW")


@pytest.mark.parametrize(
    ("x", "y", "offset"),
    [
        (6, 0, [0]),
        (7, 0, [0]),
        (8, 0, []),  # between two bytes
        (27, 0, [7]),
        (31, 1, [0x18]),
        (56, 0, [0]),
        (71, 1, [0x1F]),
        (6, 2, [0x20]),
        (31, 2, []),  # beyond the last byte
        (0, 0, []),
        (78, 0, []),
    ],
)
async def test_a_click_tells_the_byte_in_either_column(x: int, y: int, offset: list[int]) -> None:
    app = PaneApp(DATA)
    async with app.run_test(size=(80, 5)) as pilot:
        await pilot.click(HexPane, offset=(x, y))
        assert app.clicked == offset


async def test_a_click_counts_what_is_scrolled_away() -> None:
    app = PaneApp(bytes(4000))
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.pause()
        app.pane.scroll_to(y=20, animate=False, immediate=True)
        await pilot.pause()
        await pilot.click(HexPane, offset=(6, 1))
        assert app.clicked == [21 * 16]


async def test_keys_scroll() -> None:
    app = PaneApp(bytes(4000))
    async with app.run_test(size=(80, 10)) as pilot:
        app.pane.focus()
        await pilot.pause()
        for key, row in (("j", 1), ("j", 2), ("k", 1), ("ctrl+d", 11), ("G", 240), ("ctrl+u", 230), ("g", 0)):
            await pilot.press(key)
            await pilot.wait_for_animation()
            await pilot.pause()
            assert app.pane.scroll_offset.y == row, key
