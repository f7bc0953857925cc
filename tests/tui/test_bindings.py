"""Every key of every screen does what its words say, and help says it.

The bindings are read off the classes: one that is added has to be added to WALKS as well. The packet's panes are
tested where they are.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.binding import Binding
from textual.command import CommandPalette
from textual.screen import Screen
from textual.widgets import OptionList, Static

from tcpladder.report.columns import OFFERED
from tcpladder.settings.reading import Problem
from tcpladder.tui.app import TcpladderApp
from tcpladder.tui.copying import Points
from tcpladder.tui.keymap import actions, keymap
from tcpladder.tui.keys import key_name, words_of
from tcpladder.tui.screens.columns import ColumnList, ColumnsScreen
from tcpladder.tui.screens.compare import CompareScreen
from tcpladder.tui.screens.comparison import ComparisonScreen
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.copy import CopyScreen
from tcpladder.tui.screens.export import ExportScreen, TargetInput
from tcpladder.tui.screens.findings import FindingsScreen, FindingTree
from tcpladder.tui.screens.follow import FollowScreen
from tcpladder.tui.screens.go_to import GoToScreen
from tcpladder.tui.screens.graphs import GraphsScreen
from tcpladder.tui.screens.help import HelpPane, HelpScreen
from tcpladder.tui.screens.hosts import HostsScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.screens.leave import LeaveScreen
from tcpladder.tui.screens.mark import MarkScreen
from tcpladder.tui.screens.note import NoteArea, NoteScreen
from tcpladder.tui.screens.open_file import OpenFileScreen, PathInput
from tcpladder.tui.screens.packet_detail import PacketDetailScreen
from tcpladder.tui.screens.places import PlacesScreen
from tcpladder.tui.screens.related import RelatedScreen
from tcpladder.tui.screens.save import SaveScreen
from tcpladder.tui.screens.sockets import SocketsScreen
from tcpladder.tui.screens.summary import BarList, SummaryScreen
from tcpladder.tui.screens.why import WhyScreen
from tcpladder.tui.widgets.choice_line import ChoiceLine
from tcpladder.tui.widgets.compare_view import CompareView
from tcpladder.tui.widgets.connection_table import ConnectionTable
from tcpladder.tui.widgets.filter_line import FilterInput
from tcpladder.tui.widgets.find_line import FindInput, FindLine
from tcpladder.tui.widgets.hex_pane import HexPane
from tcpladder.tui.widgets.key_bar import KeyBar
from tcpladder.tui.widgets.ladder_detail import LadderDetail
from tcpladder.tui.widgets.ladder_view import LadderView
from tcpladder.tui.widgets.plot import Plot
from tcpladder.tui.widgets.protocol_tree import ProtocolTree
from tcpladder.tui.widgets.rows_table import RowsTable
from tcpladder.tui.widgets.stream_view import StreamView
from tests.tui.driving import Driver, from_memory, ladder, opened, press, press_last, table

OWNERS = (
    TcpladderApp,
    ConnectionsScreen,
    ConnectionTable,
    LadderScreen,
    LadderView,
    PacketDetailScreen,
    HelpScreen,
    HelpPane,
    CompareScreen,
    CompareView,
    CopyScreen,
    GoToScreen,
    OpenFileScreen,
    PathInput,
    GraphsScreen,
    FindingsScreen,
    FindingTree,
    WhyScreen,
    ComparisonScreen,
    FilterInput,
    FollowScreen,
    StreamView,
    SaveScreen,
    ExportScreen,
    ChoiceLine,
    TargetInput,
    FindInput,
    ColumnsScreen,
    ColumnList,
    SummaryScreen,
    BarList,
    HostsScreen,
    RowsTable,
    RelatedScreen,
    SocketsScreen,
    MarkScreen,
    NoteScreen,
    NoteArea,
    PlacesScreen,
    LeaveScreen,
)


@dataclass(frozen=True)
class Effect:
    """What a key does: after the keys `before`, what `seen` tells changes to `then` with the key.

    It begins where the key that stands before it in its walk has led; a walk begins at the list, newly opened.
    """

    before: str
    seen: Callable[[Driver], Any]
    then: Any


def screen(pilot: Driver) -> type[Screen[Any]]:
    return type(pilot.app.screen)


def connection(pilot: Driver) -> int | None:
    return table(pilot).connection


def first_connections(pilot: Driver) -> list[int]:
    return table(pilot).numbers().head(3).to_list()


def selected(pilot: Driver) -> list[int]:
    return table(pilot).selected.to_list()


def how_many_selected(pilot: Driver) -> int:
    return len(table(pilot).selected)


def first_columns(pilot: Driver) -> list[str]:
    return [column.key for column in table(pilot).columns[:2]]


def first_width(pilot: Driver) -> int:
    return table(pilot).shown_columns[0][1]


def is_unsaved(pilot: Driver) -> bool:
    assert isinstance(pilot.app, TcpladderApp)
    annotations = pilot.app._annotating.annotations
    return annotations is not None and annotations.is_unsaved


def table_row(pilot: Driver) -> int:
    return pilot.app.screen.query_one(RowsTable).cursor_row


def sorted_rows(pilot: Driver) -> tuple[str, bool]:
    sorting = pilot.app.screen.query_one(RowsTable).sorting
    return sorting.key, sorting.is_descending


def socket_time(pilot: Driver) -> str:
    return str(pilot.app.screen.query_one("#title", Static).content).split()[3]


def is_of_all_hosts(pilot: Driver) -> bool:
    return "all hosts" in str(pilot.app.screen.query_one("#title", Static).content)


def option(pilot: Driver) -> int | None:
    return pilot.app.screen.query_one(OptionList).highlighted


def how_many(pilot: Driver) -> int:
    return len(table(pilot).numbers())


def is_typed_in(pilot: Driver) -> bool:
    return isinstance(pilot.app.focused, FilterInput)


def typed(pilot: Driver) -> str:
    return pilot.app.screen.query_one(FilterInput).value


def caret(pilot: Driver) -> int:
    return pilot.app.screen.query_one(FilterInput).cursor_position


def row(pilot: Driver) -> int:
    return ladder(pilot).cursor


def rows(pilot: Driver) -> int:
    return len(ladder(pilot)._folding)


def chosen(name: str) -> Callable[[Driver], Any]:
    def seen(pilot: Driver) -> str:
        return str(getattr(ladder(pilot).options, name))

    return seen


def panned(pilot: Driver) -> int:
    return ladder(pilot)._pan


def reference(pilot: Driver) -> int | None:
    return ladder(pilot).reference


def is_explained(pilot: Driver) -> bool:
    shown = pilot.app.screen
    return isinstance(shown, LadderScreen) and shown.is_explained


def focused(pilot: Driver) -> type[Any]:
    return type(pilot.app.focused)


def shown_connection(pilot: Driver) -> int:
    return ladder(pilot).ladder.heading.connection


def frame(pilot: Driver) -> int:
    shown = pilot.app.screen
    assert isinstance(shown, PacketDetailScreen)
    return shown.frame


def has_bytes(pilot: Driver) -> bool:
    return bool(pilot.app.screen.query_one(HexPane).display)


def offered(pilot: Driver) -> int | None:
    return pilot.app.screen.query_one(OptionList).highlighted


def path_typed(pilot: Driver) -> str:
    return pilot.app.screen.query_one(PathInput).value


def chosen_on_line(pilot: Driver) -> tuple[str | None, int] | None:
    line = pilot.app.focused
    return (line.id, line.at) if isinstance(line, ChoiceLine) else None


def focused_line(pilot: Driver) -> str | None:
    return pilot.app.focused.id if pilot.app.focused else None


def is_refused(pilot: Driver) -> bool:
    return pilot.app.screen.has_class("-bad")


def target_typed(pilot: Driver) -> str:
    return pilot.app.screen.query_one(TargetInput).value


def notices(pilot: Driver) -> int:
    return len(pilot.app._notifications)


def is_running(pilot: Driver) -> bool:
    return not pilot.app._exit


def stream_line(pilot: Driver) -> int:
    return pilot.app.screen.query_one(StreamView).cursor


def is_in_bytes(pilot: Driver) -> bool:
    screen = pilot.app.screen
    assert isinstance(screen, FollowScreen)
    return screen._is_hex


def stream_lines(pilot: Driver) -> int:
    page = pilot.app.screen.query_one(StreamView).page
    assert page is not None
    return len(page)


def is_finding(pilot: Driver) -> bool:
    return isinstance(pilot.app.focused, FindInput)


def is_find_open(pilot: Driver) -> bool:
    return pilot.app.screen.query_one(FindLine).is_open


def sideways(pilot: Driver) -> float:
    return table(pilot).scroll_offset.x


def scrolled(pilot: Driver) -> float:
    return pilot.app.screen.query_one(HelpPane).scroll_offset.y


def is_at_end(pilot: Driver) -> bool:
    pane = pilot.app.screen.query_one(HelpPane)
    return pane.scroll_offset.y == pane.max_scroll_y


def is_asked_to_stop(pilot: Driver) -> bool:
    app = pilot.app
    assert isinstance(app, TcpladderApp)
    return app._loading.stopped.is_set()


def line(pilot: Driver) -> int:
    return pilot.app.screen.query_one(FindingTree).cursor_line


def open_rules(pilot: Driver) -> int:
    return sum(node.is_expanded for node in pilot.app.screen.query_one(FindingTree).root.children)


def aligned_at(pilot: Driver) -> int:
    return pilot.app.screen.query_one(CompareView).cursor


def what_was_copied(pilot: Driver) -> str:
    """Give the first word of what was copied."""
    return next(iter(pilot.app.clipboard.split()), "")


def graphs(pilot: Driver) -> GraphsScreen:
    shown = pilot.app.screen
    assert isinstance(shown, GraphsScreen)
    return shown


def graphed(pilot: Driver) -> int:
    return graphs(pilot)._connection


def segment(pilot: Driver) -> int:
    return graphs(pilot).row


def graph(pilot: Driver) -> str:
    return graphs(pilot).graph.name


def share_in_view(pilot: Driver) -> tuple[float, float]:
    """Give where the view begins, and how long it is, as shares of the whole connection."""
    whole, [plot, *_] = graphs(pilot)._whole, [each for each in graphs(pilot).query(Plot) if each.display]
    return round((plot.span.start - whole.start) / whole.length, 2), round(plot.span.length / whole.length, 2)


def drawn_endpoints(pilot: Driver) -> list[str]:
    return [plot.endpoint.name for plot in graphs(pilot).query(Plot) if plot.display]


# The list of showcase.pcap has 24 connections and, at 80×24, 20 rows; connection 16 has 49 segments. It is sorted by
# findings: BY_NUMBER sorts it by the connections' numbers, with the cursor on the first.
BY_NUMBER = "greater_than_sign 1 G"
STREAM = f"{BY_NUMBER} f"
SIMULTANEOUS = "s i m u l t"
Walk = dict[tuple[type[Any], str], Effect]
WALKS: dict[str, Walk] = {
    "along the list": {
        (ConnectionTable, "move(1)"): Effect(BY_NUMBER, connection, 2),
        (ConnectionTable, "move(-1)"): Effect("", connection, 1),
        (ConnectionTable, "page(1)"): Effect("", connection, 20),
        (ConnectionTable, "page(-1)"): Effect("G", connection, 5),
        (ConnectionTable, "page(0.5)"): Effect("g", connection, 11),
        (ConnectionTable, "page(-0.5)"): Effect("G", connection, 14),
        (ConnectionTable, "first"): Effect("", connection, 1),
        (ConnectionTable, "last"): Effect("", connection, 24),
        (ConnectionTable, "finding(1)"): Effect("1 0 G", connection, 14),
        (ConnectionTable, "finding(-1)"): Effect("", connection, 10),
        (ConnectionTable, "ending(1)"): Effect("1 G", connection, 3),
        (ConnectionTable, "ending(-1)"): Effect("9 G", connection, 8),
    },
    "what is chosen in the list, and its order": {
        (ConnectionTable, "select"): Effect(BY_NUMBER, selected, [1]),
        (ConnectionTable, "select_all"): Effect("", how_many_selected, 24),
        (ConnectionTable, "sort_column(1)"): Effect("", first_connections, [6, 1, 2]),
        (ConnectionTable, "sort_column(-1)"): Effect("", first_connections, [1, 2, 3]),
        (ConnectionTable, "invert"): Effect("", first_connections, [24, 23, 22]),
        (ConnectionTable, "open"): Effect("", screen, LadderScreen),
    },
    "along a list that is too wide": {
        (ConnectionTable, "sideways(1)"): Effect("", sideways, 3),
        (ConnectionTable, "sideways(-1)"): Effect("right", sideways, 3),
    },
    "from the list to other screens": {
        (ConnectionsScreen, "stop"): Effect("", is_asked_to_stop, then=True),
        (TcpladderApp, "names"): Effect("", notices, 1),
        (TcpladderApp, "command_palette"): Effect("", screen, CommandPalette),
        (ConnectionsScreen, "go_to_packet"): Effect("escape", screen, GoToScreen),
        (GoToScreen, "cancel"): Effect("", screen, ConnectionsScreen),
        (ConnectionsScreen, "why"): Effect("5 G", screen, WhyScreen),
        (WhyScreen, "dismiss"): Effect("", screen, ConnectionsScreen),
        (ConnectionsScreen, "graphs"): Effect("", screen, GraphsScreen),
        (GraphsScreen, "back"): Effect("", screen, ConnectionsScreen),
        (ConnectionsScreen, "follow"): Effect("", screen, FollowScreen),
        (FollowScreen, "back"): Effect("", screen, ConnectionsScreen),
    },
    "marks in the list": {
        (ConnectionsScreen, "app.annotate('mark')"): Effect("", screen, MarkScreen),
        (ConnectionsScreen, "app.annotate('save')"): Effect("a", is_unsaved, then=False),
        (ConnectionsScreen, "app.annotate('jump')"): Effect("", screen, PlacesScreen),
        (ConnectionsScreen, "app.annotate('note')"): Effect("escape", screen, NoteScreen),
        (ConnectionsScreen, "app.annotate('next')"): Effect("escape 5 G m b g", connection, 5),
        (ConnectionsScreen, "app.annotate('previous')"): Effect("G", connection, 5),
    },
    "opening another file": {
        (ConnectionsScreen, "app.open_file"): Effect("", screen, OpenFileScreen),
        (PathInput, "screen.complete"): Effect("d o c", path_typed, "docs/"),
        (PathInput, "screen.move(1)"): Effect("", offered, 0),
        (PathInput, "screen.move(-1)"): Effect("down", offered, 0),
        (PathInput, "submit"): Effect("escape o t e s t s", path_typed, "tests/"),
        (OpenFileScreen, "cancel"): Effect("", screen, ConnectionsScreen),
    },
    "exporting": {
        (ConnectionsScreen, "app.export"): Effect("", screen, ExportScreen),
        (ChoiceLine, "next(1)"): Effect("", chosen_on_line, ("what", 1)),
        (ChoiceLine, "next(-1)"): Effect("", chosen_on_line, ("what", 0)),
        (ChoiceLine, "screen.move(1)"): Effect("right", focused_line, "format"),
        (ChoiceLine, "screen.move(-1)"): Effect("", focused_line, "what"),
        (TargetInput, "screen.move(-1)"): Effect("up", focused_line, "addresses"),
        (ChoiceLine, "screen.export"): Effect("down ctrl+u up", is_refused, then=True),
        (TargetInput, "screen.complete"): Effect("down d o c", target_typed, "docs/"),
        (TargetInput, "submit"): Effect("up right down", is_refused, then=True),
        (ExportScreen, "cancel"): Effect("", screen, ConnectionsScreen),
    },
    "exporting from other screens": {
        (SummaryScreen, "app.export"): Effect("S", screen, ExportScreen),
        (FindingsScreen, "app.export"): Effect("escape escape i", screen, ExportScreen),
        (LadderScreen, "app.export"): Effect("escape escape 5 G enter", screen, ExportScreen),
    },
    "columns": {
        (ConnectionsScreen, "columns"): Effect("", screen, ColumnsScreen),
        (ColumnList, "cursor_down"): Effect("", option, 1),
        (ColumnList, "cursor_up"): Effect("j", option, 1),
        (ColumnList, "last"): Effect("", option, len(OFFERED) - 1),
        (ColumnList, "first"): Effect("", option, 0),
        (ColumnList, "widen(1)"): Effect("", first_width, 2),
        (ColumnList, "widen(-1)"): Effect("plus", first_width, 2),
        (ColumnList, "natural"): Effect("", first_width, 1),
        (ColumnList, "shift(1)"): Effect("", first_columns, ["connection", "level"]),
        (ColumnList, "shift(-1)"): Effect("", first_columns, ["level", "connection"]),
        (ColumnList, "toggle_column"): Effect("", first_columns, ["connection", "initiator"]),
        (ColumnsScreen, "default"): Effect("", first_columns, ["level", "connection"]),
        (ColumnsScreen, "keep"): Effect("", screen, ConnectionsScreen),
        (ColumnsScreen, "cancel"): Effect("C", screen, ConnectionsScreen),
    },
    "summary": {
        (ConnectionsScreen, "summary"): Effect("", screen, SummaryScreen),
        (BarList, "cursor_down"): Effect("", option, 2),
        (BarList, "cursor_up"): Effect("j", option, 2),
        (BarList, "page_down"): Effect("g", option, 22),
        (BarList, "last"): Effect("", option, 37),
        (BarList, "page_up"): Effect("", option, 16),
        (BarList, "first"): Effect("", option, 1),
        (SummaryScreen, "back"): Effect("", screen, ConnectionsScreen),
        (BarList, "select"): Effect("S", how_many, 15),
    },
    "hosts": {
        (ConnectionsScreen, "hosts"): Effect("", screen, HostsScreen),
        (RowsTable, "move(1)"): Effect("", table_row, 1),
        (RowsTable, "move(-1)"): Effect("", table_row, 0),
        (RowsTable, "page(0.5)"): Effect("", table_row, 6),
        (RowsTable, "page(1)"): Effect("", table_row, 9),
        (RowsTable, "page(-0.5)"): Effect("", table_row, 3),
        (RowsTable, "page(-1)"): Effect("", table_row, 0),
        (RowsTable, "last"): Effect("", table_row, 9),
        (RowsTable, "first"): Effect("", table_row, 0),
        (RowsTable, "sort(1)"): Effect("", sorted_rows, ("host", True)),
        (RowsTable, "sort(-1)"): Effect("", sorted_rows, ("level", True)),
        (RowsTable, "invert"): Effect("", sorted_rows, ("level", False)),
        (HostsScreen, "switch_pane"): Effect("", focused, LadderDetail),
        (HostsScreen, "back"): Effect("", screen, ConnectionsScreen),
        (RowsTable, "choose"): Effect("H g", how_many, 1),
    },
    "related connections": {
        (ConnectionsScreen, "related"): Effect(f"{BY_NUMBER} 1 2 G", screen, RelatedScreen),
        (RelatedScreen, "move(1)"): Effect("", option, 1),
        (RelatedScreen, "move(-1)"): Effect("", option, 0),
        (RelatedScreen, "page(1)"): Effect("", option, 9),
        (RelatedScreen, "page(-1)"): Effect("", option, 0),
        (RelatedScreen, "cancel"): Effect("", screen, ConnectionsScreen),
        (RelatedScreen, "choose"): Effect("x", screen, LadderScreen),
        (LadderScreen, "related"): Effect("", screen, RelatedScreen),
    },
    "sockets": {
        (ConnectionsScreen, "sockets"): Effect(f"{BY_NUMBER} 6 G", screen, SocketsScreen),
        (SocketsScreen, "change(-1)"): Effect("", socket_time, "6.052741"),
        (SocketsScreen, "change(1)"): Effect("left_square_bracket", socket_time, "6.052741"),
        (SocketsScreen, "everybody"): Effect("", is_of_all_hosts, then=True),
        (SocketsScreen, "back"): Effect("", screen, ConnectionsScreen),
        (LadderScreen, "sockets"): Effect("enter", screen, SocketsScreen),
    },
    "findings": {
        (ConnectionsScreen, "findings"): Effect("", screen, FindingsScreen),
        (FindingTree, "cursor_down"): Effect("", line, 1),
        (FindingTree, "cursor_up"): Effect("j", line, 1),
        (FindingTree, "page_down"): Effect("g", line, 18),
        (FindingTree, "scroll_end"): Effect("", line, 33),
        (FindingTree, "page_up"): Effect("", line, 15),
        (FindingTree, "scroll_home"): Effect("", line, 0),
        (FindingsScreen, "why"): Effect("", screen, WhyScreen),
        (FindingTree, "toggle_node"): Effect("escape", open_rules, 14),
        (FindingsScreen, "back"): Effect("", screen, ConnectionsScreen),
        (FindingTree, "select_cursor"): Effect("i j j j", screen, LadderScreen),
    },
    "the filter line": {
        (ConnectionsScreen, "filter"): Effect("", is_typed_in, then=True),
        (FilterInput, "cursor_left"): Effect("a b", caret, 1),
        (FilterInput, "cursor_right"): Effect("", caret, 2),
        (FilterInput, "cursor_left_word"): Effect("", caret, 0),
        (FilterInput, "cursor_right_word"): Effect("", caret, 2),
        (FilterInput, "home"): Effect("", caret, 0),
        (FilterInput, "end"): Effect("", caret, 2),
        (FilterInput, "delete_left"): Effect("", typed, "a"),
        (FilterInput, "delete_left_word"): Effect("space b", typed, "a "),
        (FilterInput, "delete_right"): Effect("c home", typed, " c"),
        (FilterInput, "delete_left_all"): Effect("right", typed, "c"),
        (FilterInput, "delete_right_all"): Effect("", typed, ""),
        (FilterInput, "complete(1)"): Effect("p", typed, "port:"),
        (FilterInput, "complete(-1)"): Effect("ctrl+u i", typed, "initiator_state:"),
        (FilterInput, "submit"): Effect("ctrl+u a", is_typed_in, then=False),
        (FilterInput, "history(-1)"): Effect("slash ctrl+u b", typed, "a"),
        (FilterInput, "history(1)"): Effect("", typed, "b"),
        (FilterInput, "leave"): Effect("", is_typed_in, then=False),
        (ConnectionsScreen, "clear_filter"): Effect("slash r e f u s e d enter", how_many, 24),
    },
    "finding in the list": {
        (ConnectionsScreen, "find"): Effect(BY_NUMBER, is_finding, then=True),
        (FindInput, "submit"): Effect(SIMULTANEOUS, is_finding, then=False),
        (ConnectionsScreen, "find_next(1)"): Effect("", connection, 6),
        (ConnectionsScreen, "find_next(-1)"): Effect("", connection, 5),
        (ConnectionsScreen, "close_find"): Effect("", is_find_open, then=False),
        (FindInput, "leave"): Effect("ctrl+f", is_find_open, then=False),
    },
    "along a ladder": {
        (LadderView, "move(1)"): Effect("1 G enter", row, 2),
        (LadderView, "move(-1)"): Effect("4 G", row, 3),
        (LadderView, "change(1)"): Effect("", row, 8),
        (LadderView, "change(-1)"): Effect("", row, 3),
        (LadderScreen, "find"): Effect("g", is_finding, then=True),
        (LadderScreen, "find_next(1)"): Effect("H o s t enter g", row, 4),
        (LadderScreen, "find_next(-1)"): Effect("ctrl+f ctrl+u F I N enter", row, 10),
        (LadderScreen, "close_find"): Effect("", is_find_open, then=False),
        (LadderScreen, "why"): Effect("g", screen, WhyScreen),
        (LadderScreen, "neighbour(1)"): Effect(f"escape escape {BY_NUMBER} 8 G enter", shown_connection, 9),
        (LadderView, "finding(1)"): Effect("", row, 2),
        (LadderScreen, "neighbour(-1)"): Effect("", shown_connection, 8),
        (LadderView, "finding(-1)"): Effect("escape 1 4 G enter G", row, 5),
    },
    "along a long ladder": {
        (LadderView, "page(1)"): Effect("1 6 G enter", row, 19),
        (LadderView, "last"): Effect("", row, 49),
        (LadderView, "page(-1)"): Effect("", row, 31),
        (LadderView, "first"): Effect("", row, 0),
        (LadderView, "page(0.5)"): Effect("", row, 9),
        (LadderView, "page(-0.5)"): Effect("G", row, 40),
        (LadderView, "fold"): Effect("3 5 G", rows, 33),
        (LadderView, "fold_all"): Effect("Z", rows, 24),
    },
    "how a ladder is shown": {
        (LadderView, "time"): Effect("enter", chosen("time"), "start"),
        (LadderView, "numbers"): Effect("", chosen("numbers"), "raw"),
        (LadderView, "colours"): Effect("", chosen("colours"), "finding"),
        (LadderView, "reference"): Effect("", reference, 0),
        (LadderView, "detail"): Effect("", chosen("detail"), "full"),
        (LadderView, "pan(1)"): Effect("", panned, 8),
        (LadderView, "pan(-1)"): Effect("right", panned, 8),
        (LadderScreen, "details"): Effect("", is_explained, then=True),
        (LadderScreen, "zoom"): Effect("d", is_explained, then=True),
        (LadderScreen, "switch_pane"): Effect("", focused, LadderDetail),
    },
    "from a ladder to other screens": {
        (LadderScreen, "go_to_packet"): Effect("9 G enter", screen, GoToScreen),
        (LadderScreen, "findings"): Effect("escape", screen, WhyScreen),
        (LadderScreen, "graphs"): Effect("escape", screen, GraphsScreen),
        (GraphsScreen, "choose"): Effect("", screen, LadderScreen),
        (LadderScreen, "follow"): Effect("", screen, FollowScreen),
        (ComparisonScreen, "dismiss"): Effect("escape space j space", screen, LadderScreen),
        (LadderView, "select"): Effect("", screen, PacketDetailScreen),
        (PacketDetailScreen, "back"): Effect("", screen, LadderScreen),
        (LadderScreen, "back"): Effect("", screen, ConnectionsScreen),
    },
    "marks in a ladder": {
        (LadderScreen, "app.annotate('mark')"): Effect("1 G enter 5 G", screen, MarkScreen),
        (LadderScreen, "app.annotate('save')"): Effect("a", is_unsaved, then=False),
        (LadderScreen, "app.annotate('next')"): Effect("g", row, 5),
        (LadderScreen, "app.annotate('previous')"): Effect("G", row, 5),
        (LadderScreen, "app.annotate('jump')"): Effect("", screen, PlacesScreen),
        (LadderScreen, "app.annotate('note')"): Effect("escape", screen, NoteScreen),
    },
    "a packet": {
        (PacketDetailScreen, "go(1)"): Effect("1 G enter enter", frame, 2),
        (PacketDetailScreen, "go(-1)"): Effect("", frame, 1),
        (PacketDetailScreen, "toggle_bytes"): Effect("", has_bytes, then=False),
    },
    "two connections": {
        (ConnectionsScreen, "compare"): Effect(f"{BY_NUMBER} v 9 G", screen, CompareScreen),
        (CompareView, "move(1)"): Effect("g", aligned_at, 1),
        (CompareView, "difference(1)"): Effect("", aligned_at, 2),
        (CompareView, "difference(-1)"): Effect("j", aligned_at, 2),
        (CompareView, "move(-1)"): Effect("", aligned_at, 1),
        (CompareView, "page(1)"): Effect("g", aligned_at, 14),
        (CompareView, "page(-1)"): Effect("", aligned_at, 0),
        (CompareView, "last"): Effect("", aligned_at, 14),
        (CompareView, "first"): Effect("", aligned_at, 0),
        (CompareView, "select(0)"): Effect("", screen, LadderScreen),
        (CompareView, "select(1)"): Effect("escape", screen, LadderScreen),
        (CompareScreen, "back"): Effect("escape", screen, ConnectionsScreen),
    },
    "graphs": {
        (GraphsScreen, "neighbour(1)"): Effect(f"{BY_NUMBER} 1 5 G enter T", graphed, 16),
        (GraphsScreen, "neighbour(-1)"): Effect("", graphed, 15),
        (GraphsScreen, "step(1)"): Effect("J", segment, 1),
        (GraphsScreen, "step(-1)"): Effect("", segment, 0),
        (GraphsScreen, "page(1)"): Effect("", segment, 4),
        (GraphsScreen, "last"): Effect("", segment, 48),
        (GraphsScreen, "page(-1)"): Effect("", segment, 46),
        (GraphsScreen, "first"): Effect("", segment, 0),
        (GraphsScreen, "trouble(1)"): Effect("", segment, 13),
        (GraphsScreen, "trouble(-1)"): Effect("G", segment, 27),
        (GraphsScreen, "zoom(1)"): Effect("g", share_in_view, (0.0, 0.5)),
        (GraphsScreen, "pan(1)"): Effect("", share_in_view, (0.25, 0.5)),
        (GraphsScreen, "pan(-1)"): Effect("", share_in_view, (0.0, 0.5)),
        (GraphsScreen, "zoom(-1)"): Effect("", share_in_view, (0.0, 1.0)),
        (GraphsScreen, "reset"): Effect("plus plus", share_in_view, (0.0, 1.0)),
        (GraphsScreen, "direction"): Effect("", drawn_endpoints, ["INITIATOR"]),
        (GraphsScreen, "turn(1)"): Effect("", graph, "Round trips"),
        (GraphsScreen, "turn(-1)"): Effect("", graph, "Sequence"),
        (GraphsScreen, "graph(1)"): Effect("", graph, "Round trips"),
        (GraphsScreen, "graph(2)"): Effect("", graph, "Window"),
        (GraphsScreen, "graph(3)"): Effect("", graph, "Throughput"),
        (GraphsScreen, "graph(4)"): Effect("", graph, "TSval"),
        (GraphsScreen, "graph(0)"): Effect("", graph, "Sequence"),
    },
    "copying": {
        (TcpladderApp, "copy"): Effect("5 G", screen, CopyScreen),
        (CopyScreen, "take('filter')"): Effect("", what_was_copied, "(ip.src"),
        (CopyScreen, "take('tuple')"): Effect("y", what_was_copied, "192.0.2.10:40402"),
        (CopyScreen, "take('row')"): Effect("y", what_was_copied, "●"),
        (CopyScreen, "take('ladder')"): Effect("y", what_was_copied, "5/24"),
        (CopyScreen, "take('tshark')"): Effect("y", what_was_copied, "tshark"),
        (CopyScreen, "take('tcpladder')"): Effect("y", what_was_copied, "tcpladder"),
        (CopyScreen, "cancel"): Effect("y", screen, ConnectionsScreen),
        (CopyScreen, "take('packet')"): Effect("enter y", what_was_copied, "frame.number"),
        (CopyScreen, "take('field')"): Effect("enter y", what_was_copied, "Transmission"),
    },
    "a stream": {
        (FollowScreen, "side"): Effect(STREAM, stream_lines, 3),
        (FollowScreen, "bytes"): Effect("a", is_in_bytes, then=True),
        (FollowScreen, "find"): Effect("", is_finding, then=True),
        (FollowScreen, "next(1)"): Effect("h enter", stream_line, 1),
        (FollowScreen, "next(-1)"): Effect("", stream_line, 0),
        (FollowScreen, "close_find"): Effect("", is_find_open, then=False),
        (FollowScreen, "save"): Effect("", screen, SaveScreen),
        (SaveScreen, "cancel"): Effect("", screen, FollowScreen),
        (StreamView, "select"): Effect("", screen, LadderScreen),
    },
    "along a long stream": {
        (StreamView, "move(1)"): Effect("1 6 G f", stream_line, 1),
        (StreamView, "move(-1)"): Effect("3 G", stream_line, 1),
        (StreamView, "page(1)"): Effect("g", stream_line, 18),
        (StreamView, "last"): Effect("", stream_line, 420),
        (StreamView, "first"): Effect("", stream_line, 0),
        (StreamView, "page(0.5)"): Effect("", stream_line, 9),
        (StreamView, "page(-1)"): Effect("3 0 G", stream_line, 11),
        (StreamView, "page(-0.5)"): Effect("3 0 G", stream_line, 20),
    },
    "help, at 14 lines": {
        (TcpladderApp, "help"): Effect("", screen, HelpScreen),
        (HelpPane, "scroll_down"): Effect("", scrolled, 1),
        (HelpPane, "scroll_up"): Effect("j", scrolled, 1),
        (HelpPane, "scroll_end"): Effect("", is_at_end, then=True),
        (HelpPane, "scroll_home"): Effect("", scrolled, 0),
        (HelpPane, "page_down"): Effect("", scrolled, 12),
        (HelpPane, "page_up"): Effect("pagedown", scrolled, 12),
        (HelpScreen, "dismiss"): Effect("", screen, ConnectionsScreen),
    },
    "the end": {(TcpladderApp, "quit"): Effect("", is_running, then=False)},
    "the end, from the list": {(ConnectionsScreen, "leave"): Effect("", is_running, then=False)},
}
SIZES = {
    "along a list that is too wide": (50, 24),  # there is something to scroll to only where columns have no room
    "help, at 14 lines": (80, 14),
}


def bindings(owner: type[Any]) -> list[Binding]:
    return list(Binding.make_bindings(owner.BINDINGS))


def keys_by_action(owner: type[Any]) -> dict[str, list[str]]:
    keys: dict[str, list[str]] = {}
    for binding in bindings(owner):
        keys.setdefault(binding.action, []).append(binding.key)
    return keys


ELSEWHERE = {"hole(1)", "hole(-1)"}  # there are no holes in this capture: test_follow has some
QUESTIONS = {MarkScreen, NoteScreen, NoteArea, PlacesScreen, LeaveScreen}  # each has its test file


def test_a_walk_goes_by_every_key():
    bound = {
        (owner, binding.action)
        for owner in OWNERS
        for binding in bindings(owner)
        if binding.action not in ELSEWHERE
        and owner not in QUESTIONS
        and not (owner is PacketDetailScreen and "annotate" in binding.action)
    }
    assert sorted(map(str, (key for walk in WALKS.values() for key in walk))) == sorted(map(str, bound))


@pytest.mark.parametrize("name", WALKS)
async def test_a_key_does_what_its_words_say(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    from_memory(monkeypatch)
    async with opened(size=SIZES.get(name, (80, 24))) as pilot:
        for (owner, action), effect in WALKS[name].items():
            told = f"{owner.__name__}: {action}"
            await press(pilot, effect.before)
            shown = pilot.app.screen
            if isinstance(shown, ConnectionsScreen):
                shown._is_final = action != "stop"  # which is offered only while the file is being read
            assert effect.seen(pilot) != effect.then, told
            keys = keys_by_action(owner)[action]
            assert {shown.active_bindings[key].binding.action for key in keys} == {action}, told
            await (press_last if effect.seen is is_running else press)(pilot, keys[0])
            assert effect.seen(pilot) == effect.then, told


def test_every_binding_has_an_id_of_its_own_by_which_its_keys_can_be_changed():
    declared = [binding for owner in (*OWNERS, ProtocolTree, HexPane) for binding in owner.BINDINGS]
    ids = [binding.id if isinstance(binding, Binding) and binding.id else str(binding) for binding in declared]
    assert all(re.fullmatch(r"[a-z_]+\.[a-z_]+", name) for name in ids), ids
    assert len(set(ids)) == len(ids)


OPENED_BY = {
    "list": "",
    "filter": "slash",
    "findings": "i",
    "ladder": "5 G enter",
    "graphs": "5 G T",
    "packet": "enter enter",
    "compare": f"{BY_NUMBER} v j v",
    "comparison": "5 G enter space j space",
    "follow": STREAM,
    "stream": STREAM,
    "find": f"{STREAM} ctrl+f",
    "save": f"{STREAM} s",
    "export": "s",
    "columns": "C",
    "summary": "S",
    "hosts": "H",
    "sockets": "5 G O",
    "related": "5 G x",
    "table": "H",
    "copy": "5 G y",
    "go_to": "ctrl+g",
    "open": "o",
    "help": "question_mark",
    "why": "5 G w",
    "mark": "m",
    "note": "M",
    "marks": "m a apostrophe",
    "leave": "m a q",
}
"""For each first part of an action's id, the keys that lead to its screen."""


def test_every_screen_is_opened_by_some_keys():
    assert {action.place for action in actions()} == {"app", *OPENED_BY}


@pytest.mark.parametrize("place", OPENED_BY)
async def test_every_action_of_a_screen_can_have_another_key(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """All are given other keys at once, and with them the packet's two panes the same: one of them has the focus."""
    from_memory(monkeypatch)
    here = [action for action in actions() if action.place in (place, "app")]
    new_keys = [f"{modifier}f{number}" for modifier in ("", "ctrl+", "shift+") for number in range(3, 25)]
    wanted = {action.id: key for action, key in zip(here, new_keys, strict=False)}
    async with opened(keys=OPENED_BY[place]) as pilot:
        before = pilot.app.screen.active_bindings
        keys, problems = keymap(wanted, lambda key, sentence: Problem(path=Path(key), line=None, sentence=sentence))
        assert not problems
        pilot.app.set_keymap(keys)
        after = pilot.app.screen.active_bindings
        ids = {active.binding.id for active in before.values() if active.binding.id in wanted}
        assert ids
        for name in ids - {"list.clear_filter", "list.stop"}:  # which are there only now and then
            assert after[wanted[name]].binding.id == name
        assert not [key for key, active in after.items() if active.binding.id in wanted and key not in keys.values()]
        if place not in (
            "filter",
            "copy",
            "go_to",
            "help",
            "why",
            "open",
            "find",
            "save",
            "export",
            "columns",
            "comparison",
            "related",
            "mark",
            "note",
            "marks",
            "leave",
        ):  # where help is not to be had
            await press(pilot, wanted["app.help"])
            shown = pilot.app.screen
            assert isinstance(shown, HelpScreen)
            assert (key_name(wanted["app.help"]), "Show these keys") in shown._rows


@pytest.mark.parametrize("owner", OWNERS)
def test_every_binding_has_words(owner: type[Any]) -> None:
    assert all(binding.description for binding in bindings(owner))


HELPED: list[tuple[str, tuple[type[Any], ...]]] = [
    ("", (ConnectionsScreen, ConnectionTable, TcpladderApp)),
    ("5 G enter", (LadderScreen, LadderView, TcpladderApp)),
    ("i", (FindingsScreen, FindingTree, TcpladderApp)),
    ("T", (GraphsScreen, TcpladderApp)),
    ("v j v", (CompareScreen, CompareView, TcpladderApp)),
    ("slash", (FilterInput,)),
    ("S", (SummaryScreen, BarList, TcpladderApp)),
    ("H", (HostsScreen, RowsTable, TcpladderApp)),
    ("enter enter", (PacketDetailScreen, TcpladderApp)),
    ("1 G f", (FollowScreen, StreamView, TcpladderApp)),
]


@pytest.mark.parametrize(("keys", "owners"), HELPED)
async def test_help_names_every_key_of_the_screen_and_none_that_is_not_ours(
    monkeypatch: pytest.MonkeyPatch, keys: str, owners: tuple[type[Any], ...]
) -> None:
    """At 80 columns the key bar has room for those that it shows."""
    from_memory(monkeypatch)
    async with opened(keys=keys) as pilot:
        bar = pilot.app.screen.query_one(KeyBar)
        assert bar.shown
        assert not bar.is_cut
        await press(pilot, "f1")
        shown = pilot.app.screen
        assert isinstance(shown, HelpScreen)
        never = () if isinstance(pilot.app.screen_stack[-2], Points) else ("copy",)
        told = {words: names.split(" ") for names, words in shown._rows}
        for owner in owners:
            for binding in bindings(owner):
                if binding.action not in (
                    "stop",
                    "clear_filter",
                    "close_find",
                    "app.annotate('next')",
                    "app.annotate('previous')",
                    *never,
                ):  # the file has been read, there is no filter, and nothing is marked
                    assert key_name(binding.key) in told[words_of(binding)]
        if PacketDetailScreen not in owners:  # whose tree has keys of Textual's own
            assert set(told) <= {words_of(binding) for owner in OWNERS for binding in bindings(owner)}
