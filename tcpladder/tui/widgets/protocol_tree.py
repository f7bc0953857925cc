"""The protocols and fields of one packet as a tree."""

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from tcpladder.capture.pdml_tree import ProtocolNode

Step = tuple[str, int]  # a field's name, and which of its siblings of that name it is
Path = tuple[Step, ...]

TCP: Path = (("tcp", 0),)
TCP_OPTIONS: Path = (*TCP, ("tcp.options", 0))


class ProtocolTree(Tree[ProtocolNode]):
    """A packet's protocol tree, open at TCP. What is open and selected stays so from packet to packet.

    A level is added when it is first opened. Labels are drawn as they are, never read as markup.
    """

    DEFAULT_CSS = """
    ProtocolTree {
        & > .tree--cursor { text-style: bold underline; }
        &:focus > .tree--cursor { text-style: bold; }
        &:nocolor:focus > .tree--cursor { text-style: bold reverse; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Field down", show=False, id="packet.field_down"),
        Binding("k", "cursor_up", "Field up", show=False, id="packet.field_up"),
        Binding("right,l", "open", "Open", show=False, id="packet.field_open"),
        Binding("left,h", "shut", "Close", show=False, id="packet.field_close"),
        Binding("g", "scroll_home", "First field", show=False, id="packet.field_first"),
        Binding("G", "scroll_end", "Last field", show=False, id="packet.field_last"),
        Binding("ctrl+d", "page_down", "Page down", show=False, id="packet.field_page_down"),
        Binding("ctrl+u", "page_up", "Page up", show=False, id="packet.field_page_up"),
    ]

    class FieldSelected(Message):
        """The cursor is on another field; `start` and `length` as in `ProtocolNode`."""

        def __init__(self, field: ProtocolNode) -> None:
            """Say which field."""
            super().__init__()
            self.field = field

        @property
        def start(self) -> int | None:
            """Where the field's bytes begin in the frame, if they are there."""
            return self.field.start

        @property
        def length(self) -> int | None:
            """How many bytes the field has in the frame, if they are there."""
            return self.field.length

    def __init__(self, *, id: str | None = None) -> None:
        """Show no packet yet."""
        super().__init__("", id=id)
        self.show_root = False
        self.guide_depth = 2
        self._layers: Sequence[ProtocolNode] = ()
        self._opened: set[Path] = {TCP, TCP_OPTIONS}
        self._selected: Path = TCP
        self._stand_in: TreeNode[ProtocolNode] | None = None  # where the cursor was put, for what was selected

    def show(self, layers: Sequence[ProtocolNode]) -> None:
        """Show another packet, with the same fields open, and the cursor on the same field or what encloses it."""
        had_before = bool(self._layers)
        row = self.cursor_line - self.scroll_offset.y if had_before else 0
        self._layers = layers
        self.clear()
        self._add(self.root, layers)
        self.root.expand()
        node = self._find(self._selected)
        if node is None and self.root.children:
            node = self.root.children[0]
        if node is None:
            return
        self._move_to(node)
        self._stand_in = node
        # The field stays in its row on the screen; the TCP layer is the first row to begin with.
        self.call_after_refresh(self._scroll_line_to_row, node, row)

    def select_byte(self, offset: int) -> None:
        """Put the cursor on the smallest field that covers a byte of the frame, opening what encloses it."""
        candidates = (
            (length, -depth, path) for length, depth, path in _covering(self._layers, offset, ()) if path != (FRAME,)
        )
        best = min(candidates, default=None)
        if best is None:
            return
        path = best[2]
        for end in range(1, len(path)):
            node = self._find(path[:end])
            if node is not None:
                self._fill(node)
                node.expand()
        node = self._find(path)
        if node is not None:
            self._move_to(node)

    def on_tree_node_expanded(self, event: Tree.NodeExpanded[ProtocolNode]) -> None:
        """Add the level that is now to be seen."""
        event.stop()
        self._fill(event.node)
        if event.node is not self.root:
            self._opened.add(_path(event.node))

    def on_tree_node_collapsed(self, event: Tree.NodeCollapsed[ProtocolNode]) -> None:
        """Remember that this field is to stay shut."""
        event.stop()
        self._opened.discard(_path(event.node))

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[ProtocolNode]) -> None:
        """Tell which field the cursor is on."""
        event.stop()
        if event.node.data is not None and event.node is self.cursor_node:
            if event.node is not self._stand_in:
                self._stand_in = None
                self._selected = _path(event.node)
            self.post_message(self.FieldSelected(event.node.data))

    def action_open(self) -> None:
        """Open the field under the cursor, or go to the first one in it when it is open."""
        node = self.cursor_node
        if node is None or not node.allow_expand:
            return
        if node.is_expanded and node.children:
            self.move_cursor(node.children[0])
        else:
            node.expand()

    def action_shut(self) -> None:
        """Shut the field under the cursor, or go to what encloses it when it is shut."""
        node = self.cursor_node
        if node is None:
            return
        if node.allow_expand and node.is_expanded:
            node.collapse()
        elif node.parent is not None and node.parent is not self.root:
            self.move_cursor(node.parent)

    def _add(self, parent: TreeNode[ProtocolNode], fields: Iterable[ProtocolNode]) -> None:
        for field in fields:
            node = parent.add(Text(field.label, no_wrap=True), data=field, allow_expand=bool(field.children))
            if field.children and _path(node) in self._opened:
                self._fill(node)
                node.expand()

    def _fill(self, node: TreeNode[ProtocolNode]) -> None:
        if node.data is not None and not node.children:
            self._add(node, node.data.children)

    def _find(self, path: Path) -> TreeNode[ProtocolNode] | None:
        """Give the node at a path, or the last one on the way to it that is there."""
        found = None
        node = self.root
        for step in path:
            for child, its_step in zip(node.children, _steps(child.data for child in node.children), strict=True):
                if its_step == step:
                    found = node = child
                    break
            else:
                break
        return found

    def _move_to(self, node: TreeNode[ProtocolNode]) -> None:
        _ = self.last_line  # a node knows its line only when the lines have been laid out
        self.move_cursor(node)
        if node.data is not None:
            self.post_message(self.FieldSelected(node.data))

    def _scroll_line_to_row(self, node: TreeNode[ProtocolNode], row: int) -> None:
        self.scroll_to(y=max(0, node.line - row), animate=False, force=True)


FRAME: Step = ("frame", 0)


def _steps(fields: Iterable[ProtocolNode | None]) -> Iterator[Step]:
    counts: dict[str, int] = {}
    for field in fields:
        name = "" if field is None else field.name or field.label
        yield name, counts.setdefault(name, 0)
        counts[name] += 1


def _path(node: TreeNode[ProtocolNode]) -> Path:
    steps: list[Step] = []
    while node.parent is not None:
        siblings = node.parent.children
        for sibling, step in zip(siblings, _steps(sibling.data for sibling in siblings), strict=True):
            if sibling is node:
                steps.append(step)
                break
        node = node.parent
    return tuple(reversed(steps))


def _covering(fields: Sequence[ProtocolNode], offset: int, above: Path) -> Iterator[tuple[int, int, Path]]:
    """Give length, depth and path of every field that has a byte among its own."""
    for field, step in zip(fields, _steps(fields), strict=True):
        path = (*above, step)
        if field.start is not None and field.length is not None and field.start <= offset < field.start + field.length:
            yield field.length, len(path), path
        yield from _covering(field.children, offset, path)
