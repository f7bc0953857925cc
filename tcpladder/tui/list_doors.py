"""What leads from the connection list to other screens."""

from abc import abstractmethod

import numpy as np
from textual.screen import Screen

from tcpladder.analysis import Analysis
from tcpladder.report.columns import ColumnChoice
from tcpladder.rulebook.findings import Finding
from tcpladder.tui.keys import key_of
from tcpladder.tui.messages import FollowWanted
from tcpladder.tui.screens.go_to import GoToScreen
from tcpladder.tui.wanted import (
    ColumnsChosen,
    ComparisonWanted,
    FindingsWanted,
    GraphsWanted,
    ReadingStopped,
    RelatedWanted,
    SocketsWanted,
    WhyWanted,
)
from tcpladder.tui.widgets.connection_table import ConnectionTable


class ListDoors(Screen[None], inherit_bindings=False):
    """The part of the connection list's screen that asks for others; who has it knows the capture."""

    _columns: tuple[ColumnChoice, ...] = ()
    _compared: int | None = None  # the connection that another one is to be compared with

    @property
    @abstractmethod
    def analysis(self) -> Analysis | None:
        """What is known so far."""

    @property
    @abstractmethod
    def findings(self) -> tuple[Finding, ...]:
        """What was found about the connection under the cursor."""

    def action_columns(self) -> None:
        """Have the columns chosen; the list shows at once what is."""
        from tcpladder.tui.screens.columns import ColumnsScreen

        table = self.query_one(ConnectionTable)

        def show(columns: tuple[ColumnChoice, ...]) -> list[tuple[str, int]]:
            table.choose_columns(columns)
            return table.shown_columns

        def keep(columns: tuple[ColumnChoice, ...] | None) -> None:
            if columns is not None and columns != self._columns:
                self._columns = columns
                self.post_message(ColumnsChosen(columns))

        self.app.push_screen(ColumnsScreen(table.chosen, table.shown_columns, show), keep)

    def action_findings(self) -> None:
        """Show all findings."""
        self.post_message(FindingsWanted())

    def action_why(self) -> None:
        """Explain the findings of the connection under the cursor."""
        self.post_message(WhyWanted(self.findings))

    def action_compare(self) -> None:
        """Compare the two that are selected; or the one that is, or was under the cursor at this key, with this one."""
        table, key = self.query_one(ConnectionTable), key_of(self.app, type(self), "list.compare")
        match table.selected.head(3).to_list():
            case [first, second]:
                self._compare(first, second)
            case [] | [_] as selected:
                kept, self._compared = selected[0] if selected else self._compared, table.connection
                if kept is None or table.connection in (None, kept):
                    self.notify(f"{key} on another connection compares it with connection {table.connection}.")
                else:
                    self._compare(kept, self._compared)
            case _:
                self.notify(f"{len(table.selected)} connections are selected; {key} compares two of them, no more.")

    def _compare(self, first: int, second: int | None) -> None:
        if second is not None:
            self._compared = None
            self.app.clear_notifications()  # they would lie over the comparison
            self.post_message(ComparisonWanted((first, second)))

    def action_graphs(self) -> None:
        """Show the graphs of the connection under the cursor."""
        connection = self.query_one(ConnectionTable).connection
        if connection is not None:
            self.post_message(GraphsWanted(connection))

    def action_related(self) -> None:
        """Show what has to do with the connection under the cursor."""
        connection = self.query_one(ConnectionTable).connection
        if connection is not None:
            self.post_message(RelatedWanted(connection))

    def action_sockets(self) -> None:
        """Show the sockets that the hosts of the connection under the cursor had when it ended."""
        connection = self.query_one(ConnectionTable).connection
        if connection is not None and self.analysis is not None:
            self.post_message(SocketsWanted(connection, self.analysis.connections.table["end"][connection - 1]))

    def action_follow(self) -> None:
        """Show what the connection under the cursor carried."""
        connection = self.query_one(ConnectionTable).connection
        if connection is not None:
            self.post_message(FollowWanted(connection))

    def action_stop(self) -> None:
        """End the reading; what was read stays."""
        self.post_message(ReadingStopped())

    def action_go_to_packet(self) -> None:
        """Ask for a packet's number, and go to its connection."""
        self.app.push_screen(GoToScreen("Go to packet number:"), self._go_to_packet)

    def _go_to_packet(self, frame: int | None) -> None:
        if frame is None or self.analysis is None:
            return
        numbers = self.analysis.connections.numbers_of(np.array([frame]))
        connection = int(numbers[0]) if len(numbers) else None
        if connection is None:
            self.notify(f"Packet {frame} is not one of the TCP segments that were read.")
        elif not self.query_one(ConnectionTable).go_to(connection):
            self.notify(f"Packet {frame} belongs to connection {connection}, which the filter leaves out.")
