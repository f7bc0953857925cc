"""A filter line cut into its words; each knows where it stands in the line."""

import enum
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tcpladder.filters.tree import Comparison, Problem

QUOTE, ESCAPE = '"', "\\"
COMPARISONS = {"=": Comparison.IS, "==": Comparison.IS} | {str(comparison): comparison for comparison in Comparison}
_COMPARISON = re.compile(r"==|!=|<=|>=|[=<>]")
_NAME = re.compile(r"([A-Za-z_][\w.]*)(?:(:)|\s*(==|!=|<=|>=|[=<>])\s*)", re.ASCII)
_ADDRESS = re.compile(r"\[?[0-9a-f.]*:[0-9a-f.]*:[0-9a-f.:]*(?:/\d+)?(?:\]?|\]:\d*)(?=[\s()]|$)", re.IGNORECASE)
_OPERATORS = {"and": "AND", "&&": "AND", "or": "OR", "||": "OR", "not": "NOT"}


class Kind(enum.Enum):
    """What a word is."""

    TEXT = enum.auto()
    TEST = enum.auto()
    AND = enum.auto()
    OR = enum.auto()
    NOT = enum.auto()
    OPEN = enum.auto()
    CLOSE = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One of the texts that commas separate, quotes taken off, and the place where it begins, maybe by a quote."""

    text: str
    position: int
    is_quoted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of the line from `start` to `end`. `name` and `comparison` are those of a TEST; `pieces` its values.

    The one piece of a TEXT is its text, commas included.
    """

    kind: Kind
    start: int
    end: int
    name: str = ""
    comparison: Comparison = Comparison.IS
    pieces: tuple[Piece, ...] = ()


class ScanError(Exception):
    """The line can't be cut into words."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


def scan(text: str) -> Iterator[Word]:
    """Give the words of a line in order. Raises ScanError where a quote is not closed."""
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        word = _word(text, at)
        yield word
        at = word.end


def _word(text: str, at: int) -> Word:
    character, following = text[at], text[at + 1 : at + 2]
    if character in "()":
        return Word(kind=Kind.OPEN if character == "(" else Kind.CLOSE, start=at, end=at + 1)
    if character in "-!" and following.strip() and not (character == "!" and following == "="):
        return Word(kind=Kind.NOT, start=at, end=at + 1)
    if not _ADDRESS.match(text, at) and (named := _NAME.match(text, at)):
        return _test(text, at, named)
    end, pieces = _pieces(text, at, has_commas=False)
    operator = _OPERATORS.get(text[at:end].lower())
    return Word(kind=Kind[operator] if operator else Kind.TEXT, start=at, end=end, pieces=pieces)


def _test(text: str, at: int, named: re.Match[str]) -> Word:
    values = named.end()
    comparison = named[3] or named[2]
    if named[2] and (after_colon := _COMPARISON.match(text, values)):  # as in `rtt:>50ms`
        comparison, values = after_colon[0], after_colon.end()
    end, pieces = _pieces(text, values, has_commas=True)
    return Word(kind=Kind.TEST, start=at, end=end, name=named[1], comparison=COMPARISONS[comparison], pieces=pieces)


def _pieces(text: str, start: int, *, has_commas: bool) -> tuple[int, tuple[Piece, ...]]:
    """Read texts up to white space or a parenthesis, and tell where they end."""
    pieces: list[Piece] = []
    characters: list[str] = []
    at = begin = start
    while at < len(text) and not text[at].isspace() and text[at] not in "()":
        if text[at] == QUOTE:
            at, quoted = _quoted(text, at)
            characters += quoted
        elif text[at] == "," and has_commas:
            pieces.append(Piece(text="".join(characters), position=begin, is_quoted=text[begin] == QUOTE))
            at = begin = at + 1
            characters = []
        else:
            characters.append(text[at])
            at += 1
    pieces.append(Piece(text="".join(characters), position=begin, is_quoted=text[begin : begin + 1] == QUOTE))
    return at, tuple(pieces)


def _quoted(text: str, opening: int) -> tuple[int, list[str]]:
    """Read what stands in quotes, and tell where they end; a backslash takes the next character as it is."""
    characters: list[str] = []
    at = opening + 1
    while at < len(text):
        if text[at] == QUOTE:
            return at + 1, characters
        if text[at] == ESCAPE and at + 1 < len(text):
            at += 1
        characters.append(text[at])
        at += 1
    raise ScanError(Problem(position=opening, sentence=f"The quote that begins here is not closed: add {QUOTE}."))
