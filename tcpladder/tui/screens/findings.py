"""All findings: what is to be known about the capture first, then by rule, the gravest first, then by connection."""

from itertools import groupby
from typing import TYPE_CHECKING, ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.widgets import Static, Tree
from textual.widgets.tree import TreeNode

from tcpladder.analysis import Analysis
from tcpladder.ladder.glyphs import Glyphs
from tcpladder.report.text_findings import proof, where
from tcpladder.rulebook.findings import Finding
from tcpladder.rulebook.judging import Judgement
from tcpladder.rulebook.manual import manual
from tcpladder.rules import catalogue
from tcpladder.settings.names import NO_NAMES, Names
from tcpladder.tui.export_keys import export_key
from tcpladder.tui.list_words import found_words
from tcpladder.tui.screens.why import WhyScreen
from tcpladder.tui.widgets.key_bar import KeyBar

if TYPE_CHECKING:
    from tcpladder.report.copying import Pointed

DOUBLE = 2  # clicks
NOWHERE = -1  # of the lines
OPEN_AT_ONCE = 3  # a rule with no more findings than these shows them at once
MOST_LINES = 1000  # of one rule: beyond them the list of connections, sorted by findings, is the better way

Found = tuple[Finding, ...]
"""What a line of the tree stands for: one finding, or all of a rule, or (empty) that there are more."""


class FindingTree(Tree[Found], inherit_bindings=False):
    """Rules, and below each what it found."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "select_cursor",
            "Open",
            tooltip="Open the connection at its proof, or a rule's findings",
            id="findings.open",
        ),
        Binding("space", "toggle_node", "Fold", tooltip="Show or hide a rule's findings", id="findings.fold"),
        Binding("j,down", "cursor_down", "Down", show=False, id="findings.down"),
        Binding("k,up", "cursor_up", "Up", show=False, id="findings.up"),
        Binding("pagedown,ctrl+d", "page_down", "Page down", show=False, id="findings.page_down"),
        Binding("pageup,ctrl+u", "page_up", "Page up", show=False, id="findings.page_up"),
        Binding("g,home", "scroll_home", "First", show=False, id="findings.first"),
        Binding("G,end", "scroll_end", "Last", show=False, id="findings.last"),
    ]

    def render_label(self, node: TreeNode[Found], base_style: Style, style: Style) -> Text:
        """Write a line so that it ends, with an ellipsis, where the screen does."""
        label = super().render_label(node, base_style, style)
        guides = 0 if node.parent is self.root else self.guide_depth
        room = self.size.width - self.styles.scrollbar_size_vertical - guides
        if self.size.width:
            label.truncate(max(room, 1), overflow="ellipsis")
        return label

    def on_click(self, event: events.Click) -> None:
        """Move to a finding; a double click opens it. A rule is shown or hidden by the first."""
        line = event.style.meta.get("line", NOWHERE)
        node = self.get_node_at_line(line)
        if node is not None and not node.allow_expand and event.chain < DOUBLE:
            event.prevent_default()
            self.cursor_line = line


class FindingsScreen(Screen[Finding | None], inherit_bindings=False):
    """The findings as a tree; dismissed with the one whose proof is to be opened, or with None."""

    DEFAULT_CSS = """
    FindingsScreen {
        & > #title {
            height: 1; padding: 0 1; background: $panel; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & > #health { height: auto; max-height: 40%; padding: 0 1; color: $text-warning; display: none; }
        &.-noted #health { display: block; }
        & > FindingTree { height: 1fr; background: $background; scrollbar-size-vertical: 1; }
        & > #message { height: auto; min-height: 3; max-height: 30%; padding: 0 1; background: $panel; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "why", "Why", tooltip="Explain the finding, or the rule", id="findings.why"),
        export_key("findings"),
        Binding("escape,q,i", "back", "Back", tooltip="Back to the list", id="findings.back"),
    ]

    def __init__(self, analysis: Analysis, judgement: Judgement, glyphs: Glyphs, names: Names = NO_NAMES) -> None:
        super().__init__()
        self._names = names
        self._analysis = analysis
        self._judgement = judgement
        self._glyphs = glyphs
        self._titles = {rule.id: manual(rule.manual).title for rule in catalogue()}

    def compose(self) -> ComposeResult:
        """Lay out what is to be known first, the tree, and the words of the finding under the cursor."""
        sign = self._glyphs.levels["deviation"]
        notes = "\n".join(f"{sign} {note.sentence}" for note in self._judgement.health)
        yield Static(f"Findings · {found_words(self._judgement, self._glyphs)}", id="title", markup=False)
        yield Static(notes, id="health", markup=False)
        yield FindingTree("findings")
        yield Static("", id="message", markup=False)
        yield KeyBar()

    def on_mount(self) -> None:
        """Fill the tree, and begin on its first line."""
        self.set_class(bool(self._judgement.health), "-noted")
        tree = self.query_one(FindingTree)
        tree.show_root = False
        tree.guide_depth = 2
        ordered = sorted(self._judgement.findings, key=lambda finding: (-finding.level, finding.rule))
        for _, group in groupby(ordered, key=lambda finding: (finding.level, finding.rule)):
            found = tuple(group)
            node = tree.root.add(self._label(found), data=found)
            if len(found) <= OPEN_AT_ONCE:
                node.expand()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._colour_anew())
        self.set_focus(tree)
        if tree.root.children:
            self._tell(tree.root.children[0])
            tree.call_after_refresh(tree.move_cursor, tree.root.children[0])

    def _label(self, found: Found) -> Text:
        """Name the rule that found these, with its sign in the colour that it has in the theme."""
        level, rule = found[0].level.word, found[0].rule
        label = Text.assemble((f"{self._glyphs.levels[level]} ", self._colour(level)), (rule, "bold"))
        return label.append(f"  ×{len(found)}" if len(found) > 1 else "").append(f"  {self._titles[rule]}")

    def _colour_anew(self) -> None:
        for node in self.query_one(FindingTree).root.children:
            if node.data:
                node.set_label(self._label(node.data))

    def _colour(self, level: str) -> str:
        return self.app.get_css_variables().get(f"level-{level}", "")

    def on_tree_node_expanded(self, message: Tree.NodeExpanded[Found]) -> None:
        """Add what a rule found when it is first opened."""
        node = message.node
        found = node.data or ()
        if node.children or node.parent is None:
            return
        for finding in found[:MOST_LINES]:
            node.add_leaf(Text(where(self._analysis, finding, self._names)), data=(finding,))
        if len(found) > MOST_LINES:
            node.add_leaf(Text(f"and {len(found) - MOST_LINES} more: the list of connections has them all"), data=())

    def on_names_changed(self) -> None:
        """Name endpoints anew."""
        for rule in self.query_one(FindingTree).root.children:
            for node in rule.children:
                if node.data:
                    node.set_label(Text(where(self._analysis, node.data[0], self._names)))

    def on_tree_node_highlighted(self, message: Tree.NodeHighlighted[Found]) -> None:
        """Say the finding under the cursor in its own words."""
        if message.node.parent is not None:  # the root, which is not shown, has the cursor before anything has
            self._tell(message.node)

    def _tell(self, node: TreeNode[Found]) -> None:
        finding = _finding_at(node)
        words = f"{finding.message}\n{proof(finding)}" if finding else ""
        self.query_one("#message", Static).update(words)

    def on_tree_node_selected(self, message: Tree.NodeSelected[Found]) -> None:
        """Open the proof of a finding; a rule opens and closes by itself."""
        if not message.node.allow_expand and message.node.data:
            self.dismiss(message.node.data[0])

    def action_why(self) -> None:
        """Explain the finding under the cursor."""
        node = self.query_one(FindingTree).cursor_node
        finding = _finding_at(node) if node else None
        if finding:
            self.app.push_screen(WhyScreen((finding,)))

    def pointed(self) -> "Pointed":
        """Give what can be copied: the finding under the cursor, or all of a rule."""
        from tcpladder.report.copying import pointed_findings

        node = self.query_one(FindingTree).cursor_node
        return pointed_findings(self._analysis, (node.data or ()) if node else ())

    def action_back(self) -> None:
        """Go back to the list."""
        self.dismiss(None)


def _finding_at(node: TreeNode[Found]) -> Finding | None:
    """Give the finding of a line; for a rule, its first."""
    return node.data[0] if node.data else None
