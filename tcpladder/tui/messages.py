"""What the loading thread tells the screens. A newer message takes the place of one that still waits.

What the list needs is made where the message is made, in the thread: for a million connections it takes a while.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from textual.message import Message

from tcpladder.filters.facts import Facts
from tcpladder.report.listing import Listing

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis, Progress
    from tcpladder.annotations.sidecar import Annotations
    from tcpladder.capture.recorded_comments import RecordedComments
    from tcpladder.errors import TcpladderError
    from tcpladder.rulebook.judging import Judgement
    from tcpladder.settings.names import Address, Names


class ReadingProgressed(Message):
    """Some more of the file was read. `listing` and `facts` are there when connections were grouped anew."""

    def __init__(self, progress: "Progress", signs: Mapping[str, str] | None = None) -> None:
        """Tell of progress; `signs` are what levels are marked with."""
        super().__init__()
        self.progress = progress
        self.listing = None if progress.analysis is None else Listing(progress.analysis, None, signs)
        self.facts = None if progress.analysis is None else Facts(progress.analysis)
        if self.listing is not None:
            self.listing.make_ready()

    def can_replace(self, message: Message) -> bool:
        """Take the place of an older one that has no analysis."""
        return isinstance(message, ReadingProgressed) and message.progress.analysis is None


class CaptureJudged(Message):
    """Connections of the capture were judged: some, or all."""

    def __init__(self, analysis: "Analysis", judgement: "Judgement", signs: Mapping[str, str] | None = None) -> None:
        """Tell what was judged; `signs` are what levels are marked with."""
        super().__init__()
        self.analysis = analysis
        self.judgement = judgement
        self.listing = Listing(analysis, judgement, signs)
        self.listing.make_ready()
        self.facts = Facts(analysis, judgement)
        self.facts.make_ready()
        judgement.make_ready()

    def can_replace(self, message: Message) -> bool:
        """Take the place of an older one."""
        return isinstance(message, CaptureJudged)


class ReadingFailed(Message):
    """Nothing could be read."""

    def __init__(self, error: "TcpladderError") -> None:
        super().__init__()
        self.error = error


class NamesChanged(Message, bubble=False):
    """Endpoints have other names, or are to stand as addresses, or no longer: told to every screen there is."""

    def __init__(self, names: "Names") -> None:
        super().__init__()
        self.names = names


class NamesFound(Message):
    """Some names were found; `answered` of so many questions `asked` have had their answers."""

    def __init__(self, found: "Mapping[Address, str]", answered: int = 0, asked: int = 0) -> None:
        super().__init__()
        self.found = found
        self.answered = answered
        self.asked = asked

    @property
    def is_over(self) -> bool:
        """Whether no answer is waited for."""
        return self.answered == self.asked


class FollowWanted(Message):
    """What a connection carried is to be shown, from what came in `frame` on."""

    def __init__(self, connection: int, frame: int | None = None) -> None:
        super().__init__()
        self.connection = connection
        self.frame = frame


class CommentsFound(Message):
    """The capture was looked through for comments on its packets, and has some."""

    def __init__(self, comments: "RecordedComments") -> None:
        super().__init__()
        self.comments = comments


class AnnotationsFound(Message):
    """What users wrote about the capture in earlier sessions was read."""

    def __init__(self, annotations: "Annotations") -> None:
        super().__init__()
        self.annotations = annotations
