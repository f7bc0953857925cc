"""The keys of the connection list, and of the screen that it is on."""

from textual.binding import Binding, BindingType

from tcpladder.tui.annotating_keys import annotating_keys
from tcpladder.tui.export_keys import export_key
from tcpladder.tui.finding_text import find_bindings

SORTING = Binding.Group("Sort", compact=True)

LIST_KEYS: list[BindingType] = [
    Binding("enter", "open", "Ladder", tooltip="Open the connection's ladder", id="list.open"),
    Binding(
        "<",
        "sort_column(-1)",
        "Left",
        tooltip="Sort by the column to the left",
        group=SORTING,
        show=False,
        id="list.sort_left",
    ),
    Binding(
        ">",
        "sort_column(1)",
        "Right",
        tooltip="Sort by the column to the right",
        group=SORTING,
        show=False,
        id="list.sort_right",
    ),
    Binding("I", "invert", "Invert", tooltip="Invert the order", show=False, id="list.invert"),
    Binding(
        "[",
        "finding(-1)",
        "Previous connection with a finding",
        show=False,
        id="list.previous_finding",
    ),
    Binding(
        "]",
        "finding(1)",
        "Next connection with a finding",
        show=False,
        id="list.next_finding",
    ),
    Binding("{", "ending(-1)", "Previous connection that ended otherwise", show=False, id="list.previous_ending"),
    Binding("}", "ending(1)", "Next connection that ended otherwise", show=False, id="list.next_ending"),
    Binding("space", "select", "Select the connection, or unselect it", show=False, id="list.select"),
    Binding("ctrl+a", "select_all", "Select all that are listed, or none", show=False, id="list.select_all"),
    Binding("j,down", "move(1)", "Down", show=False, id="list.down"),
    Binding("k,up", "move(-1)", "Up", show=False, id="list.up"),
    Binding("pagedown", "page(1)", "Page down", show=False, id="list.page_down"),
    Binding("pageup", "page(-1)", "Page up", show=False, id="list.page_up"),
    Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="list.half_page_down"),
    Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="list.half_page_up"),
    Binding("g,home", "first", "First connection", show=False, id="list.first"),
    Binding("G,end", "last", "Last connection; 12G goes to connection 12", show=False, id="list.last"),
    Binding(
        "left",
        "sideways(-1)",
        "Scroll to the left, where columns have no room",
        show=False,
        id="list.scroll_left",
    ),
    Binding(
        "right",
        "sideways(1)",
        "Scroll to the right, where columns have no room",
        show=False,
        id="list.scroll_right",
    ),
]

SCREEN_KEYS: list[BindingType] = [
    Binding("slash", "filter", "Filter", tooltip="Filter the list", id="list.filter"),
    Binding("f", "follow", "Follow", tooltip="Follow what the connection carried", show=False, id="list.follow"),
    Binding("i", "findings", "Findings", tooltip="All findings, by rule", id="list.findings"),
    Binding("w", "why", "Why", tooltip="Explain the connection's findings", id="list.why"),
    export_key("list"),
    Binding(
        "ctrl+g",
        "go_to_packet",
        "Go to",
        tooltip="Go to the connection of a packet",
        show=False,
        id="list.go_to_packet",
    ),
    Binding("x", "related", "Related", tooltip="Connections that have to do with it", show=False, id="list.related"),
    Binding("v", "compare", "Compare", tooltip="Compare two connections", show=False, id="list.compare"),
    Binding("T", "graphs", "Graphs", tooltip="Graphs of the connection", show=False, id="list.graphs"),
    Binding("S", "summary", "Summary", tooltip="The capture at one glance", show=False, id="list.summary"),
    Binding("H", "hosts", "Hosts", tooltip="How each host fares", show=False, id="list.hosts"),
    Binding("O", "sockets", "Sockets", tooltip="Open sockets when it ended", show=False, id="list.sockets"),
    Binding("C", "columns", "Columns", tooltip="Choose the columns", show=False, id="list.columns"),
    *annotating_keys("list"),
    Binding("o", "app.open_file", "Open", tooltip="Open another capture", show=False, id="list.open_file"),
    *find_bindings("list", "a text or a regular expression in the list"),
    Binding("escape", "clear_filter", "All", tooltip="Clear the filter", show=False, id="list.clear_filter"),
    Binding("escape", "stop", "Stop", tooltip="Stop reading; what was read stays", id="list.stop"),
    Binding("q", "leave", "Quit", tooltip="Leave tcpladder", id="list.leave"),
]
