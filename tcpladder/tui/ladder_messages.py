"""What a ladder tells the screen that it is on."""

from textual.message import Message

from tcpladder.ladder.folding import Row
from tcpladder.ladder.options import LadderOptions


class Moved(Message, namespace="ladder_view"):
    """The cursor is on another row, or what is known of it has changed. Before the first segment `row` is None."""

    def __init__(self, row: Row | None) -> None:
        super().__init__()
        self.row = row


class OptionsChanged(Message, namespace="ladder_view"):
    """The user has chosen how the ladder is shown; `told` says what, in words."""

    def __init__(self, options: LadderOptions, told: str) -> None:
        super().__init__()
        self.options = options
        self.told = told


class ReferenceSet(Message, namespace="ladder_view"):
    """Times are told from another segment, or from the start again."""


class ComparisonWanted(Message, namespace="ladder_view"):
    """The reference and another segment are to be compared; both count from 0."""

    def __init__(self, reference: int, segment: int) -> None:
        super().__init__()
        self.reference = reference
        self.segment = segment


class Scrolled(Message, namespace="ladder_view"):
    """Other rows are in view."""


class NothingToFold(Message, namespace="ladder_view"):
    """The segment at the cursor belongs to no run."""


class Selected(Message, namespace="ladder_view"):
    """A segment was chosen; `row` counts from 0."""

    def __init__(self, row: int) -> None:
        super().__init__()
        self.row = row
