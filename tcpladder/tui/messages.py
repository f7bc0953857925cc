"""What the loading thread tells the screens. A newer message takes the place of one that still waits."""

from textual.message import Message

from tcpladder.analysis import Progress
from tcpladder.errors import TcpladderError


class ReadingProgressed(Message):
    """Some more of the file was read."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def can_replace(self, message: Message) -> bool:
        """Take the place of an older one that has no analysis."""
        return isinstance(message, ReadingProgressed) and message.progress.analysis is None


class ReadingFailed(Message):
    """Nothing could be read."""

    def __init__(self, error: TcpladderError) -> None:
        super().__init__()
        self.error = error
