"""A filter line into a tree, or into what is wrong with it."""

from collections.abc import Sequence

from tcpladder.filters.scanning import Kind, Piece, ScanError, Word, scan
from tcpladder.filters.tokens import ALONE, Token, names, token_named
from tcpladder.filters.tree import (
    EVERYTHING,
    Comparison,
    Criterion,
    Node,
    Not,
    Number,
    Pattern,
    Problem,
    Text,
    Value,
    all_of,
    any_of,
)
from tcpladder.filters.values import ValueProblem, echo, not_one_of

LONGEST = 1000  # characters
DEEPEST = 50  # parentheses and negations within one another
DISPLAY = "="
"""With this, a line begins that is a Wireshark display filter."""
_FIELDS = ("tcp.", "ip.", "ipv6.", "frame.", "eth.", "http.", "http2.", "tls.", "dns.", "udp.", "icmp.", "vlan.")


class _ProblemError(Exception):
    def __init__(self, position: int, sentence: str) -> None:
        super().__init__(sentence)
        self.problem = Problem(position=position, sentence=sentence)


def parse(text: str) -> Node | Problem:
    """Parse a line. The empty line keeps everything."""
    if len(text) > LONGEST:
        return Problem(position=LONGEST, sentence=f"A filter has {LONGEST} characters at most.")
    try:
        words = list(scan(text))
        return _Parser(words, len(text)).everything() if words else EVERYTHING
    except (ScanError, _ProblemError) as error:
        return error.problem


def display_filter(text: str) -> str | None:
    """Give the Wireshark display filter of a line that has one; None for a line of tokens."""
    stripped = text.lstrip()
    return stripped.removeprefix(DISPLAY).strip() if stripped.startswith(DISPLAY) else None


class _Parser:
    """Recursive descent over the words: OR binds least, then standing side by side, then negation."""

    def __init__(self, words: Sequence[Word], end: int) -> None:
        self._words = words
        self._end = end
        self._at = 0
        self._depth = 0

    def everything(self) -> Node:
        node = self._alternatives()
        if self._word is not None:
            raise _ProblemError(self._word.start, "This ) closes nothing.")
        return node

    @property
    def _word(self) -> Word | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _takes(self, kind: Kind) -> bool:
        is_there = self._word is not None and self._word.kind is kind
        self._at += is_there
        return is_there

    def _alternatives(self) -> Node:
        nodes = [self._conjunction()]
        while self._takes(Kind.OR):
            nodes.append(self._conjunction())
        return any_of(nodes)

    def _conjunction(self) -> Node:
        nodes = [self._negated()]
        while self._takes(Kind.AND) or (self._word is not None and self._word.kind not in (Kind.OR, Kind.CLOSE)):
            nodes.append(self._negated())
        return all_of(nodes)

    def _negated(self) -> Node:
        word = self._word
        if word is None:
            raise _ProblemError(self._end, "Something has to follow.")
        if word.kind in (Kind.AND, Kind.OR, Kind.CLOSE):
            raise _ProblemError(word.start, "Something has to stand before this.")
        self._at += 1
        if word.kind is Kind.TEXT:
            return _text(word)
        if word.kind is Kind.TEST:
            return _test(word)
        self._depth += 1
        if self._depth > DEEPEST:
            raise _ProblemError(word.start, f"Parentheses and negations go {DEEPEST} deep at most.")
        node = Not(node=self._negated()) if word.kind is Kind.NOT else self._parenthesized(word)
        self._depth -= 1
        return node

    def _parenthesized(self, opening: Word) -> Node:
        node = self._alternatives()
        if not self._takes(Kind.CLOSE):
            raise _ProblemError(opening.start, "The parenthesis that begins here is not closed: add ).")
        return node


def _text(word: Word) -> Text | Criterion:
    text = word.pieces[0].text
    if not text:
        raise _ProblemError(word.start, "There is nothing between these quotes.")
    if word.pieces[0].is_quoted:
        return Text(text=text)
    if text.lower() in ALONE:
        name, value = ALONE[text.lower()]
        return Criterion(token=name, comparison=Comparison.IS, values=(Pattern(text=value),))
    if text.lower().startswith(_FIELDS):
        raise _ProblemError(word.start, f"Begin with {DISPLAY} for a Wireshark display filter.")
    if text[0] in "<>=:":
        raise _ProblemError(word.start, f"A token has to stand before {text[0]}, as in port:443 or rtt>50ms.")
    return Text(text=text)


def _test(word: Word) -> Criterion:
    token = token_named(word.name)
    if token is None:
        is_field = "." in word.name
        hint = (
            f"Begin with {DISPLAY} for a Wireshark display filter."
            if is_field
            else not_one_of(word.name, "token", names())
        )
        raise _ProblemError(word.start, hint)
    is_ordered = word.comparison not in (Comparison.IS, Comparison.IS_NOT)
    if is_ordered and not token.has_order:
        example = f"{token.name} is compared by : or !=, as in {token.example}."
        raise _ProblemError(word.start + len(word.name), example)
    if is_ordered and len(word.pieces) > 1:
        raise _ProblemError(word.pieces[1].position, f"After {word.comparison} stands one value.")
    return Criterion(
        token=token.name, comparison=word.comparison, values=tuple(_value(token, piece, word) for piece in word.pieces)
    )


def _value(token: Token, piece: Piece, word: Word) -> Value:
    if not piece.text:
        raise _ProblemError(piece.position, f"A value is missing: {token.example}.")
    try:
        value = token.reads(piece.text)
    except ValueProblem as problem:
        raise _ProblemError(piece.position, str(problem)) from None
    if (
        isinstance(value, Number)
        and value.low != value.high
        and word.comparison not in (Comparison.IS, Comparison.IS_NOT)
    ):
        raise _ProblemError(piece.position, f"A range goes with : only, as in {token.name}:{echo(value.text)[1:-1]}.")
    return value
