"""What the loading thread tells the screens. A newer message takes the place of one that still waits."""

from textual.message import Message

from tcpladder.analysis import Analysis, Progress
from tcpladder.errors import TcpladderError
from tcpladder.rulebook.judging import Judgement


class ReadingProgressed(Message):
    """Some more of the file was read."""

    def __init__(self, progress: Progress) -> None:
        super().__init__()
        self.progress = progress

    def can_replace(self, message: Message) -> bool:
        """Take the place of an older one that has no analysis."""
        return isinstance(message, ReadingProgressed) and message.progress.analysis is None


class CaptureJudged(Message):
    """Connections of the capture were judged: some, or all."""

    def __init__(self, analysis: Analysis, judgement: Judgement) -> None:
        super().__init__()
        self.analysis = analysis
        self.judgement = judgement

    def can_replace(self, message: Message) -> bool:
        """Take the place of an older one."""
        return isinstance(message, CaptureJudged)


class ReadingFailed(Message):
    """Nothing could be read."""

    def __init__(self, error: TcpladderError) -> None:
        super().__init__()
        self.error = error
