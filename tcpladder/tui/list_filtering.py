"""The part of the connection list's screen that shows what a filter keeps."""

from abc import abstractmethod
from typing import TYPE_CHECKING

import polars as pl
from textual.widgets import Static

from tcpladder.filters.facts import Facts
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.report.judged_columns import CLEAN
from tcpladder.report.listing import Listing, Totals
from tcpladder.settings.names import Names
from tcpladder.tui.filtering import FilterChecked, Filtering, FramesFound
from tcpladder.tui.list_doors import ListDoors
from tcpladder.tui.list_words import unmatched_words
from tcpladder.tui.widgets.connection_table import ConnectionTable
from tcpladder.tui.widgets.filter_line import FilterLine

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from tcpladder.rulebook.judging import Judgement
    from tcpladder.tui.widgets.rows_table import Sorting


class FilteredList(ListDoors, inherit_bindings=False):
    """Lists the connections that a filter keeps; who has it knows the capture, and says more about it."""

    _filtering: Filtering
    _line: FilterLine
    _listing: Listing | None = None
    _facts: Facts | None = None
    _shown: int | None = None  # how many connections a filter keeps
    _totals: Totals | None = None  # of what is listed
    _file: str
    _glyphs: Glyphs
    _names: Names
    _hosts: "Sorting | None" = None  # how the table of hosts was left
    _interim: tuple[str, str] = ("", "")  # a filter that another screen led to, and the one before

    @property
    @abstractmethod
    def judgement(self) -> "Judgement | None":
        """What the rules say."""

    @property
    @abstractmethod
    def is_read(self) -> bool:
        """Whether reading has ended."""

    @property
    def filtered_by(self) -> str:
        """The line by which the list is filtered; empty where everything is listed."""
        return "" if self._shown is None else self._filtering.in_force

    def found(self) -> "npt.NDArray[np.integer]":
        """Give the numbers of all connections that something was found about, listed or not."""
        judged = self._listing.whole.table["gravity"] if self._listing else pl.Series(dtype=pl.UInt8)
        return ((judged != CLEAN).arg_true() + 1).to_numpy()

    @property
    def is_filtering(self) -> bool:
        """Whether more connections may be found that the filter keeps."""
        return self._filtering.is_searching

    @abstractmethod
    def _key(self, action: str) -> str: ...

    @abstractmethod
    def _show_title(self) -> None: ...

    @abstractmethod
    def _summarise(self) -> None: ...

    @abstractmethod
    def _offer(self) -> None: ...

    def _show_list(self) -> None:
        """Show the connections that the filter keeps, or say that there are none."""
        if self.analysis is None or self._listing is None or self._facts is None:
            return
        mask = self._filtering.mask(self.analysis, self._facts)
        listing = self._listing if mask is None else self._listing.filtered(mask)
        self._shown = None if mask is None else len(listing)
        self._totals = listing.totals()
        is_unmatched = self._shown == 0 and len(self._listing) > 0
        self.set_class(is_unmatched, "-unmatched")
        if is_unmatched:
            is_so_far = self._filtering.is_searching or not self.is_read
            self.query_one("#empty", Static).update(
                unmatched_words(self._filtering.in_force, self._key("list.clear_filter"), is_so_far=is_so_far)
            )
        self.query_one(ConnectionTable).show(listing)

    def on_filter_line_changed(self, message: FilterLine.Changed) -> None:
        """Filter by what is typed, as soon as it is a filter."""
        self._filtering.follow(message.line)
        self._show_filtered()

    def on_filter_line_submitted(self) -> None:
        """Go to the list, unless there is nothing to go to."""
        self._filtering.follow(self._line.line)  # the last keys may not have been looked at
        self._filtering.submit()
        self._show_filtered()
        if self._filtering.verdict.mood == "bad":
            self.app.bell()
            return
        self._line.keep()
        self._focus_list()

    def on_filter_line_left(self) -> None:
        """Clear the filter, and go to the list."""
        self.action_clear_filter()

    def on_filter_checked(self, message: FilterChecked) -> None:
        """Show what tshark thinks of a display filter."""
        self._filtering.checked(message)
        self._show_filtered()

    def on_frames_found(self, message: FramesFound) -> None:
        """Show the connections that a display filter has found up to now."""
        self._filtering.found(message)
        self._show_filtered()

    def _show_filtered(self) -> None:
        self._line.tell(self._filtering.verdict)
        self._show_list()
        self._show_title()
        self._summarise()
        self._offer()

    def _focus_list(self) -> None:
        self.set_focus(self.query_one(ConnectionTable))

    def action_filter(self) -> None:
        """Open the filter line."""
        self._line.open()

    def action_clear_filter(self) -> None:
        """Show all connections again, or those that were there before another screen had led to a filter."""
        (interim, before), self._interim = self._interim, ("", "")
        if before and self._line.line == interim:
            self._put(before)
            return
        self._filtering.follow("")
        self._line.clear()
        self._show_filtered()
        self._focus_list()

    def _filter_by(self, line: str | None) -> None:
        """Have a filter that another screen leads to; the one that it takes the place of comes back after it."""
        if line:
            self._interim = (line, self._line.line)
            self._put(line)

    def _put(self, line: str) -> None:
        self._line.put(line)
        self.on_filter_line_submitted()

    def action_hosts(self) -> None:
        """Show how each host fares; what is chosen there filters the list."""
        from tcpladder.report.hosts import hosts_of
        from tcpladder.tui.screens.hosts import HostsScreen

        analysis, judgement = self.analysis, self.judgement
        if analysis is None or judgement is None or not judgement.is_whole:
            self.notify("Hosts are told of when all connections are judged.")
            return
        screen = HostsScreen(self._file, lambda: hosts_of(analysis, judgement), self._glyphs, self._names, self._hosts)

        def back(line: str | None) -> None:
            self._hosts = screen.sorting
            self._filter_by(line)

        self.app.push_screen(screen, back)
