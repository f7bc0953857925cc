"""What a user of the connection list wants to be shown: messages to the app."""

from textual.message import Message

from tcpladder.report.columns import ColumnChoice
from tcpladder.rulebook.findings import Finding


class ReadingStopped(Message):
    """The user wants no more of the file."""


class ConnectionChosen(Message):
    """A connection's ladder is wanted."""

    def __init__(self, connection: int) -> None:
        super().__init__()
        self.connection = connection


class GraphsWanted(Message):
    """A connection's graphs are wanted."""

    def __init__(self, connection: int) -> None:
        super().__init__()
        self.connection = connection


class RelatedWanted(Message):
    """The connections that have to do with one are wanted."""

    def __init__(self, connection: int) -> None:
        super().__init__()
        self.connection = connection


class SocketsWanted(Message):
    """The sockets of a connection's hosts are wanted, as they were at a `moment` (ns since 1970)."""

    def __init__(self, connection: int, moment: int) -> None:
        super().__init__()
        self.connection = connection
        self.moment = moment


class ComparisonWanted(Message):
    """Two connections are to be compared."""

    def __init__(self, connections: tuple[int, int]) -> None:
        super().__init__()
        self.connections = connections


class ColumnsChosen(Message):
    """Other columns are wanted; none: those that there is room for."""

    def __init__(self, columns: tuple[ColumnChoice, ...]) -> None:
        super().__init__()
        self.columns = columns


class FindingsWanted(Message):
    """All findings are to be shown."""


class WhyWanted(Message):
    """Findings are to be explained."""

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        super().__init__()
        self.findings = findings
