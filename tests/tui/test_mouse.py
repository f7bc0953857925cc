"""The wheel scrolls wherever there is more than fits; a click moves, and a double click opens."""

import pytest
from textual.events import MouseScrollDown, MouseScrollUp
from textual.widget import Widget

from tcpladder.tui.screens.compare import CompareScreen
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.findings import FindingsScreen, FindingTree
from tcpladder.tui.screens.help import HelpPane
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.screens.summary import BarList
from tcpladder.tui.widgets.compare_view import CompareView
from tcpladder.tui.widgets.connection_table import ConnectionTable
from tcpladder.tui.widgets.hex_pane import HexPane
from tcpladder.tui.widgets.ladder_view import LadderView
from tcpladder.tui.widgets.protocol_tree import ProtocolTree
from tcpladder.tui.widgets.rows_table import RowsTable
from tcpladder.tui.widgets.stream_view import StreamView
from tests.tui.driving import from_memory, opened, press, settled

TO_16 = "greater_than_sign 1 6 G"


@pytest.mark.parametrize(
    ("keys", "widget"),
    [
        ("", ConnectionTable),
        (f"{TO_16} enter", LadderView),
        ("i g space", FindingTree),
        ("question_mark", HelpPane),
        ("i w", HelpPane),
        (f"{TO_16} f", StreamView),
        ("S", BarList),
        ("H", RowsTable),
        (f"{TO_16} v j v", CompareView),
        (f"{TO_16} enter 2 0 G enter", ProtocolTree),
        (f"{TO_16} enter 2 0 G enter", HexPane),
    ],
)
async def test_the_wheel_scrolls_and_moves_no_cursor(
    monkeypatch: pytest.MonkeyPatch, keys: str, widget: type[Widget]
) -> None:
    from_memory(monkeypatch)
    async with opened(size=(80, 16), keys=keys) as pilot:
        await settled(pilot)
        shown = pilot.app.screen.query_one(widget)
        shown.scroll_to(y=0, animate=False)
        await settled(pilot)
        cursor = [getattr(shown, name, None) for name in ("cursor", "cursor_row", "cursor_line", "highlighted")]
        await pilot._post_mouse_events([MouseScrollDown], shown, (5, 3))
        await settled(pilot)
        assert shown.scroll_offset.y > 0
        assert [getattr(shown, name, None) for name in ("cursor", "cursor_row", "cursor_line", "highlighted")] == cursor
        await pilot._post_mouse_events([MouseScrollUp], shown, (5, 3))
        await settled(pilot)
        assert shown.scroll_offset.y == 0


async def test_a_click_moves_to_a_finding_and_a_double_click_opens_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(80, 30), keys="i") as pilot:
        tree = pilot.app.screen.query_one(FindingTree)
        nodes = [tree.get_node_at_line(line) for line in range(tree.last_line)]
        y = next(line for line, node in enumerate(nodes) if node and "#14" in str(node.label))
        await pilot.click(tree, offset=(10, y))
        await settled(pilot)
        assert isinstance(pilot.app.screen, FindingsScreen)
        assert tree.cursor_line == y
        await pilot.click(tree, offset=(10, y), times=2)
        await settled(pilot)
        shown = pilot.app.screen
        assert isinstance(shown, LadderScreen)
        assert shown.connection == 14


async def test_a_click_on_a_rule_shows_or_hides_its_findings(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(80, 30), keys="i") as pilot:
        tree = pilot.app.screen.query_one(FindingTree)
        before = tree.root.children[0].is_expanded
        await pilot.click(tree, offset=(10, 0))
        await settled(pilot)
        assert tree.root.children[0].is_expanded != before


async def test_a_double_click_on_a_row_that_is_compared_opens_its_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    from_memory(monkeypatch)
    async with opened(size=(80, 30), keys=f"{TO_16} v j v") as pilot:
        view = pilot.app.screen.query_one(CompareView)
        await pilot.click(view, offset=(10, 4))
        await settled(pilot)
        assert isinstance(pilot.app.screen, CompareScreen)
        await pilot.click(view, offset=(10, 4), times=2)
        await settled(pilot)
        assert isinstance(pilot.app.screen, LadderScreen)
        await press(pilot, "escape escape")
        assert isinstance(pilot.app.screen, ConnectionsScreen)
