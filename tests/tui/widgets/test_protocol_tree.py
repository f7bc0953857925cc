"""The protocol tree: what is open, where the cursor is, what it tells."""

from collections.abc import Sequence

from rich.text import Text
from textual.app import App, ComposeResult

from tcpladder.capture.pdml_tree import ProtocolNode
from tcpladder.tui.widgets.protocol_tree import ProtocolTree


def node(name: str, start: int, length: int, *children: ProtocolNode, label: str = "") -> ProtocolNode:
    return ProtocolNode(label=label or name, name=name, start=start, length=length, children=children)


def option(kind: int, start: int) -> ProtocolNode:
    return node("tcp.option", start, 2, node("tcp.option_kind", start, 1, label=f"Kind: {kind}"))


def packet(*, options: bool = True) -> tuple[ProtocolNode, ...]:
    last = (node("tcp.options", 54, 4, option(1, 54), option(2, 56)),) if options else ()
    return (
        node("frame", 0, 58, ProtocolNode(label="Number: 1", name="frame.number")),
        node("eth", 0, 14, node("eth.dst", 0, 6)),
        node("tcp", 34, 20, node("tcp.seq", 38, 4), node("tcp.flags", 46, 2, node("tcp.flags.syn", 47, 1)), *last),
        ProtocolNode(label="[bold]text[/] [oops", name=""),
    )


class TreeApp(App[None]):
    def __init__(self, layers: Sequence[ProtocolNode]) -> None:
        super().__init__()
        self._layers = layers
        self.selected: list[str] = []

    def compose(self) -> ComposeResult:
        yield ProtocolTree()

    def on_mount(self) -> None:
        self.fields.focus()
        self.fields.show(self._layers)

    def on_protocol_tree_field_selected(self, message: ProtocolTree.FieldSelected) -> None:
        self.selected.append(message.field.name)

    @property
    def fields(self) -> ProtocolTree:
        return self.query_one(ProtocolTree)

    def lines(self) -> list[str]:
        shown = []
        for line in range(self.fields.last_line + 1):
            found = self.fields.get_node_at_line(line)
            assert found is not None
            assert isinstance(found.label, Text)
            shown.append(("  " * len(_ancestors(found.parent))) + found.label.plain)
        return shown

    @property
    def cursor(self) -> str:
        cursor = self.fields.cursor_node
        return "" if cursor is None or cursor.data is None else cursor.data.name


def _ancestors(parent: object) -> list[object]:
    found = []
    while (parent := getattr(parent, "parent", None)) is not None:
        found.append(parent)
    return found


OPEN_AT_TCP = [
    "frame",
    "eth",
    "tcp",
    "  tcp.seq",
    "  tcp.flags",
    "  tcp.options",
    "    tcp.option",
    "    tcp.option",
    "[bold]text[/] [oops",
]


async def test_tcp_and_its_options_are_open_and_markup_is_text() -> None:
    app = TreeApp(packet())
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.lines() == OPEN_AT_TCP
        assert app.cursor == "tcp"
        assert set(app.selected) == {"tcp"}
        assert "[bold]text[/] [oops" in app.export_screenshot().replace("&#160;", " ")


async def test_a_level_is_added_when_it_is_opened() -> None:
    app = TreeApp(packet())
    async with app.run_test() as pilot:
        eth = app.fields.root.children[1]
        assert len(eth.children) == 0
        await pilot.press("k", "right")
        await pilot.pause()
        assert [child.data.name for child in eth.children if child.data] == ["eth.dst"]


async def test_keys_move_open_and_shut() -> None:
    app = TreeApp(packet())
    async with app.run_test() as pilot:
        for key, where, lines in (
            ("j", "tcp.seq", 9),
            ("right", "tcp.seq", 9),
            ("left", "tcp", 9),
            ("down", "tcp.seq", 9),
            ("down", "tcp.flags", 9),
            ("l", "tcp.flags", 10),
            ("l", "tcp.flags.syn", 10),
            ("h", "tcp.flags", 10),
            ("h", "tcp.flags", 9),
            ("h", "tcp", 9),
            ("h", "tcp", 4),
            ("h", "tcp", 4),
            ("enter", "tcp", 9),
            ("space", "tcp", 4),
            ("space", "tcp", 9),
            ("up", "eth", 9),
            ("g", "frame", 9),
            ("G", "", 9),
        ):
            await pilot.press(key)
            await pilot.pause()
            assert (app.cursor, len(app.lines())) == (where, lines), key


async def test_the_field_under_the_cursor_is_told_with_its_bytes() -> None:
    app = TreeApp(packet())
    async with app.run_test() as pilot:
        await pilot.pause()
        app.selected.clear()
        await pilot.press("j", "j", "k")
        await pilot.pause()
        assert app.selected == ["tcp.seq", "tcp.flags", "tcp.seq"]
        message = ProtocolTree.FieldSelected(packet()[2].children[0])
        assert (message.start, message.length) == (38, 4)


async def test_the_next_packet_has_the_same_open_and_the_cursor_on_the_same_field() -> None:
    app = TreeApp(packet())
    async with app.run_test() as pilot:
        await pilot.press("k", "right", "G", "k", "right", "right")  # into the second option
        await pilot.pause()
        assert app.cursor == "tcp.option_kind"
        before = app.lines()
        app.fields.show(packet())
        await pilot.pause()
        assert app.lines() == before
        assert app.cursor == "tcp.option_kind"
        assert app.fields.cursor_line == before.index("      Kind: 2")


async def test_a_field_that_the_next_packet_lacks_is_come_back_to_later() -> None:
    app = TreeApp(packet())
    async with app.run_test() as pilot:
        await pilot.press("G", "k")
        await pilot.pause()
        assert app.cursor == "tcp.option"
        app.fields.show(packet(options=False))
        await pilot.pause()
        assert app.cursor == "tcp"
        app.fields.show(packet())
        await pilot.pause()
        assert app.cursor == "tcp.option"


async def test_what_was_shut_stays_shut() -> None:
    app = TreeApp(packet())
    async with app.run_test() as pilot:
        await pilot.press("left")
        await pilot.pause()
        app.fields.show(packet())
        await pilot.pause()
        assert app.lines() == ["frame", "eth", "tcp", "[bold]text[/] [oops"]


async def test_a_packet_without_tcp_begins_at_its_first_layer() -> None:
    app = TreeApp(packet()[:2])
    async with app.run_test() as pilot:
        await pilot.pause()
        assert app.cursor == "frame"
        app.fields.show(())
        await pilot.pause()
        assert app.lines() == []


async def test_tcp_is_at_the_top_of_a_low_pane_and_the_cursor_keeps_its_row() -> None:
    app = TreeApp(packet())
    async with app.run_test(size=(60, 4)) as pilot:
        await pilot.pause()
        assert app.fields.scroll_offset.y == 2
        await pilot.press("j", "j")
        await pilot.pause()
        app.fields.show(packet())
        await pilot.pause()
        assert app.fields.scroll_offset.y == 2
        assert app.cursor == "tcp.flags"


async def test_a_byte_selects_the_smallest_field_that_has_it() -> None:
    app = TreeApp(packet())
    async with app.run_test() as pilot:
        for offset, name in ((3, "eth.dst"), (47, "tcp.flags.syn"), (56, "tcp.option_kind"), (35, "tcp")):
            app.fields.select_byte(offset)
            await pilot.pause()
            assert app.cursor == name
            assert app.selected[-1] == name
        app.fields.select_byte(30)  # only the frame as a whole has it
        await pilot.pause()
        assert app.cursor == "tcp"
