"""The keys of a ladder, and of the screen that it is on."""

from textual.binding import Binding, BindingType

from tcpladder.tui.annotating_keys import annotating_keys
from tcpladder.tui.export_keys import export_key
from tcpladder.tui.finding_text import find_bindings

STATE_CHANGES = Binding.Group("State", compact=True)
FINDINGS = Binding.Group("Found", compact=True)
NEIGHBOURS = Binding.Group("Next", compact=True)

LADDER_KEYS = (
    Binding("enter", "select", "Packet", tooltip="Open the packet", id="ladder.open"),
    Binding(
        "{",
        "change(-1)",
        "Previous",
        tooltip="Previous change of a state",
        group=STATE_CHANGES,
        id="ladder.previous_change",
    ),
    Binding("}", "change(1)", "Next", tooltip="Next change of a state", group=STATE_CHANGES, id="ladder.next_change"),
    Binding("[", "finding(-1)", "Previous", tooltip="Previous finding", group=FINDINGS, id="ladder.previous_finding"),
    Binding("]", "finding(1)", "Next", tooltip="Next finding", group=FINDINGS, id="ladder.next_finding"),
    Binding(
        "z",
        "fold",
        "Fold",
        tooltip="Fold the run of segments at the cursor, or unfold it",
        show=False,
        id="ladder.fold",
    ),
    Binding(
        "Z",
        "fold_all",
        "Fold all",
        tooltip="Fold all runs of segments, or unfold them",
        show=False,
        id="ladder.fold_all",
    ),
    Binding("t", "time", "Time", tooltip="Another time: since the start, of day, ...", show=False, id="ladder.time"),
    Binding("Q", "numbers", "Numbers", tooltip="Relative or raw numbers", show=False, id="ladder.numbers"),
    Binding("D", "detail", "Detail", tooltip="More or less in the labels", show=False, id="ladder.detail"),
    Binding(
        "c", "colours", "Colours", tooltip="Colour by direction, finding or flags", show=False, id="ladder.colours"
    ),
    Binding("right", "pan(1)", "Scroll right", tooltip="Scroll long labels", show=False, id="ladder.pan_right"),
    Binding("left", "pan(-1)", "Scroll left", tooltip="Scroll labels back", show=False, id="ladder.pan_left"),
    Binding(
        "space",
        "reference",
        "Reference",
        tooltip="Tell times from here; on another packet, compare the two",
        show=False,
        id="ladder.reference",
    ),
    Binding("j,down", "move(1)", "Down", show=False, id="ladder.down"),
    Binding("k,up", "move(-1)", "Up", show=False, id="ladder.up"),
    Binding("pagedown", "page(1)", "Page down", show=False, id="ladder.page_down"),
    Binding("pageup", "page(-1)", "Page up", show=False, id="ladder.page_up"),
    Binding("ctrl+d", "page(0.5)", "Half a page down", show=False, id="ladder.half_page_down"),
    Binding("ctrl+u", "page(-0.5)", "Half a page up", show=False, id="ladder.half_page_up"),
    Binding("g,home", "first", "First row", show=False, id="ladder.first"),
    Binding("G,end", "last", "Last segment; 12G goes to segment 12", show=False, id="ladder.last"),
)

SCREEN_KEYS: list[BindingType] = [
    Binding(
        "J",
        "neighbour(1)",
        "Next",
        tooltip="Next connection of the list",
        group=NEIGHBOURS,
        show=False,
        id="ladder.next_connection",
    ),
    Binding(
        "K",
        "neighbour(-1)",
        "Previous",
        tooltip="Previous connection of the list",
        group=NEIGHBOURS,
        show=False,
        id="ladder.previous_connection",
    ),
    Binding("f", "follow", "Follow", tooltip="Follow what was sent, from here on", show=False, id="ladder.follow"),
    Binding("w", "why", "Why", tooltip="Explain the states of this row, and what was found in it", id="ladder.why"),
    export_key("ladder"),
    Binding(
        "i",
        "findings",
        "Findings",
        tooltip="Explain all findings of the connection",
        show=False,
        id="ladder.findings",
    ),
    Binding("x", "related", "Related", tooltip="Connections that have to do with it", show=False, id="ladder.related"),
    Binding("O", "sockets", "Sockets", tooltip="Open sockets at this time", show=False, id="ladder.sockets"),
    Binding("T", "graphs", "Graphs", tooltip="Graphs, at this packet", show=False, id="ladder.graphs"),
    Binding(
        "ctrl+g",
        "go_to_packet",
        "Go to",
        tooltip="Go to a packet by its number",
        show=False,
        id="ladder.go_to_packet",
    ),
    Binding("d", "details", "Details", tooltip="Show or hide the explanation", show=False, id="ladder.details"),
    Binding("backslash", "zoom", "Zoom", tooltip="Enlarge the explanation", show=False, id="ladder.zoom"),
    Binding("tab", "switch_pane", "Pane", tooltip="To the other pane", show=False, id="ladder.pane"),
    *annotating_keys("ladder"),
    *find_bindings("ladder", "a text, a regular expression or bytes in rows and payload"),
    Binding("escape,q", "back", "Back", tooltip="Back to the list", id="ladder.back"),
]
