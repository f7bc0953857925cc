"""Marks and notes as they are shown. What others wrote is shown so that a terminal obeys none of it."""

import re
from collections.abc import Iterable

from tcpladder.annotations.document import Annotation
from tcpladder.printable import printable


def one_line(note: str) -> str:
    """Write a note on one line."""
    return printable(" ".join(note.split()))


def plain(what: Annotation) -> str:
    """Write what is noted on one line: the user's words, then those that the capture itself has."""
    return _both(what, "")


def told(what: Annotation) -> str:
    """Write the same with the words in quotes."""
    return _both(what, '"')


def in_quotes(what: Annotation) -> str:
    """Write the same where there is little room, without saying that the capture has it."""
    return _both(what, '"', "")


def _both(what: Annotation, quote: str, whose: str = "capture: ") -> str:
    own = f"{quote}{one_line(what.note)}{quote}" if what.note else ""
    recorded = f"{whose}{quote}{one_line(what.comment)}{quote}" if what.comment else ""
    return "; ".join(part for part in (own, recorded) if part)


def in_words(what: Annotation) -> str:
    """Write an annotation on one line, such as `[a] "the balancer closes here"`."""
    return " ".join(part for part in (f"[{what.mark}]" if what.mark else "", told(what)) if part)


_STATE = "unknown|[A-Z0-9-]+"
_REPEATED = re.compile(
    rf"state: (initiator|responder) ({_STATE})( -> ({_STATE}))+ \(.*\)"
    r"|evidence of the (note|deviation|violation) [a-z0-9-]+ at no\.\d+"
)
_NUMBER = re.compile(r"no\.\d+ of .+")


def worth_showing(comments: Iterable[str]) -> list[str]:
    """Give a packet's comments without those that an annotated capture of tcpladder's has and every ladder shows.

    These are changes of state and evidence. Which number the packet had elsewhere is no comment by itself.
    """
    kept = [comment for comment in comments if not _REPEATED.fullmatch(comment)]
    return [] if all(map(_NUMBER.fullmatch, kept)) else kept
