"""What the connection list tells the screen that it is on."""

from textual.message import Message


class Moved(Message, namespace="connection_table"):
    """The cursor is on another row, or on another connection."""


class Opened(Message, namespace="connection_table"):
    """A connection was chosen, by its number."""

    def __init__(self, connection: int) -> None:
        super().__init__()
        self.connection = connection


class Selected(Message, namespace="connection_table"):
    """Other connections are selected."""
