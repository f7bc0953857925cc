"""Which signs help explains on which screen."""

from typing import Any

from textual.screen import Screen

from tcpladder.ladder.glyphs import Glyphs
from tcpladder.report.host_list import COLUMNS as HOSTS
from tcpladder.report.socket_list import COLUMNS as SOCKETS
from tcpladder.report.socket_list import REMARK
from tcpladder.tui.screens.connections import ConnectionsScreen
from tcpladder.tui.screens.findings import FindingsScreen
from tcpladder.tui.screens.graphs import GraphsScreen
from tcpladder.tui.screens.help import (
    INFERRED,
    Legend,
    columns_legend,
    findings_legend,
    graphs_legend,
    ladder_legend,
    list_legend,
)
from tcpladder.tui.screens.hosts import HostsScreen
from tcpladder.tui.screens.ladder import LadderScreen
from tcpladder.tui.screens.sockets import SocketsScreen


def legend_of(screen: Screen[Any], glyphs: Glyphs) -> tuple[Legend, str]:
    """Give what help is to explain of a screen beside its keys, and a last remark."""
    match screen:
        case LadderScreen():
            return ladder_legend(glyphs), INFERRED
        case ConnectionsScreen():
            return list_legend(glyphs), ""
        case GraphsScreen():
            return graphs_legend(), ""
        case FindingsScreen():
            return findings_legend(glyphs), ""
        case HostsScreen():
            return (*findings_legend(glyphs), *columns_legend(HOSTS)), ""
        case SocketsScreen():
            return columns_legend(SOCKETS), REMARK
        case _:
            return (), ""
