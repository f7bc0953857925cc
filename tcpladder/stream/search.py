"""What is looked for, as it is typed: a text, a regular expression, or bytes; and where it is."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import regex

from tcpladder.errors import UsageError
from tcpladder.printable import printable

MOST_MATCHES = 100_000
LONGEST_SEARCH_S = 10.0
LONGEST_GLANCE_S = 0.02  # for a line that is drawn
HEX = "hex:"


class SearchTooLongError(UsageError):
    """A regular expression takes more time than anyone waits for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """What is looked for. `is_text` says that words can be searched for it, and not only bytes."""

    typed: str
    in_bytes: "regex.Pattern[bytes]"
    in_text: "regex.Pattern[str] | None"

    @property
    def is_text(self) -> bool:
        """Whether words can be searched for it."""
        return self.in_text is not None

    def matches_in(
        self, data: bytes, begin: int = 0, end: int | None = None, is_stopped: Callable[[], bool] = lambda: False
    ) -> Iterator[tuple[int, int]]:
        """Give (begin, end) of each match in bytes, in order, without those of no length.

        The rest of the program goes on meanwhile. Raises SearchTooLongError.
        """
        stop = len(data) if end is None else end
        try:
            for match in self.in_bytes.finditer(data, begin, stop, concurrent=True, timeout=LONGEST_SEARCH_S):
                if is_stopped():
                    return
                if match.end() > match.start():
                    yield match.start(), match.end()
        except TimeoutError:
            raise _too_long() from None

    def places_in(self, words: str) -> list[tuple[int, int]]:
        """Give (begin, end) of each match in a line of words; none where finding them takes too long for a painting."""
        if self.in_text is None:
            return []
        try:
            return [match.span() for match in self.in_text.finditer(words, timeout=LONGEST_GLANCE_S) if match.group()]
        except TimeoutError:
            return []

    def is_in(self, words: str) -> bool:
        """Tell whether words hold it. Raises SearchTooLongError."""
        if self.in_text is None:
            return False
        try:
            return self.in_text.search(words, timeout=LONGEST_SEARCH_S) is not None
        except TimeoutError:
            raise _too_long() from None


def _too_long() -> SearchTooLongError:
    return SearchTooLongError("The search took too long and was given up.", "Try a simpler expression.")


def parse(typed: str) -> Pattern:
    """Read what was typed. A text without capitals is found in capitals too; a regular expression is taken exactly.

    Raises UsageError where it is no regular expression or no bytes.
    """
    if typed.casefold().startswith(HEX):
        return _hexadecimal(typed)
    if len(typed) > 2 and typed.startswith("/") and typed.endswith("/"):
        return _compiled(typed, typed[1:-1], regex.MULTILINE)
    flags = regex.IGNORECASE if typed == typed.lower() else 0
    return _compiled(typed, regex.escape(typed, special_only=True, literal_spaces=True), flags)


def _hexadecimal(typed: str) -> Pattern:
    digits = re.sub(r"[\s:.-]|0x", "", typed[len(HEX) :], flags=re.IGNORECASE)
    try:
        wanted = bytes.fromhex(digits)
    except ValueError:
        wanted = b""
    if not wanted:
        raise UsageError(f"{printable(digits) or 'Nothing'} is no row of bytes.", "Write them as in hex:0d 0a.")
    return Pattern(typed=typed, in_bytes=regex.compile(regex.escape(wanted), regex.DOTALL), in_text=None)


def _compiled(typed: str, expression: str, flags: int) -> Pattern:
    if not expression:
        raise UsageError("There is nothing to look for.", "Type a text, /regular expression/ or hex:0d 0a.")
    try:
        return Pattern(
            typed=typed,
            in_bytes=regex.compile(expression.encode(errors="surrogatepass"), flags),
            in_text=regex.compile(expression, flags),
        )
    except regex.error as error:
        raise UsageError(f"That is no regular expression: {printable(str(error))}.") from None
    except (OverflowError, RecursionError, MemoryError):
        raise UsageError("That regular expression is too large.") from None
