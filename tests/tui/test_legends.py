"""What help explains beside keys."""

from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from tcpladder.capture.display_filter import DisplayFilters
from tcpladder.ladder.glyphs import UNICODE
from tcpladder.tui.legends import legend_of
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.go_to import GoToScreen
from tcpladder.tui.screens.hosts import HostsScreen

LIST = ConnectionsScreen("x.pcap", UNICODE, lambda: DisplayFilters(Path("x.pcap"), "tshark"))


@pytest.mark.parametrize(
    ("screen", "headings"),
    [
        (LIST, ["Findings", "Marks and notes", "Filter", "Tokens of the filter"]),
        (HostsScreen("x.pcap", NotImplemented, UNICODE), ["Findings", "Columns"]),
        (GoToScreen("?"), []),
    ],
)
def test_each_screen_has_its_own(screen: Screen[Any], headings: list[str]) -> None:
    legend, remark = legend_of(screen, UNICODE)
    assert [heading for heading, _ in legend] == headings
    assert remark == ""
