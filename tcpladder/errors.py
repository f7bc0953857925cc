"""The one family of errors that a user may see: a sentence, a hint, an exit code."""

from pathlib import Path

from tcpladder.printable import printable

DEBUG_VARIABLE = "TCPLADDER_DEBUG"
"""Whoever sets it in the environment is shown where errors in tcpladder itself came about."""


def quoted(path: Path | str) -> str:
    """Write a path into a sentence: in quotes, and with nothing in it that a terminal would obey."""
    return f"'{printable(str(path))}'"


class TcpladderError(Exception):
    """Something the user has to know: what is wrong and where (`sentence`), what to do about it (`hint`)."""

    exit_code = 2

    def __init__(self, sentence: str, hint: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()


class CaptureError(TcpladderError):
    """A capture that can't be read at all."""


class TsharkError(TcpladderError):
    """tshark is missing, too old, or does not work."""


class UsageError(TcpladderError):
    """The request itself is off: a connection number that does not exist, a width no ladder fits in."""
