"""How what was typed so far may go on."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tcpladder.filters.display_fields import DISPLAY_FIELDS
from tcpladder.filters.facts import Facts
from tcpladder.filters.parsing import display_filter
from tcpladder.filters.tokens import TOKENS, About, Token, token_named, words_known
from tcpladder.filters.values import folded

MOST = 60
_FIELD = re.compile(r"[a-z][\w.]*$", re.IGNORECASE | re.ASCII)
_VALUE = re.compile(r"([A-Za-z_]\w*)(?::|==|!=|<=|>=|[=<>])(?:[^\s,\"()]*,)*([^\s,\"()]*)$", re.ASCII)
_PLAIN = re.compile(r"(?=.*[^\W\d_])[^\s,\"():/*?\[\]]+")  # a name that may stand in a line as it is
_NAME = re.compile(r"(?:^|[\s(!-])([A-Za-z_]\w*|)$", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """Texts of which each may replace the line from `start` to the cursor; the likeliest first."""

    start: int
    texts: tuple[str, ...]
    token: Token | None = None  # whose values these are


def complete(line: str, cursor: int, facts: Facts | None = None) -> Completion:
    """Give what may stand at the cursor: fields in a display filter, else values of a token, or tokens."""
    before = line[:cursor]
    if display_filter(line) is not None:
        found = _FIELD.search(before)
        begun = found[0] if found else ""
        fields = [field for field in DISPLAY_FIELDS if begun and field.startswith(begun.lower())]
        return Completion(start=cursor - len(begun), texts=tuple(fields[:MOST]))
    value = _VALUE.search(before)
    token = token_named(value[1]) if value else None
    if value and token:
        begun = value[2]
        return Completion(start=cursor - len(begun), texts=_beginning(begun, values_of(token, facts)), token=token)
    name = _NAME.search(before)
    if name is None:
        return Completion(start=cursor, texts=())
    return Completion(start=cursor - len(name[1]), texts=_beginning(name[1], [token.opening for token in TOKENS]))


def values_of(token: Token, facts: Facts | None) -> list[str]:
    """Give values of a token: those that the capture has, the most frequent first, then all others that are known."""
    there: list[str] = []
    if facts is not None:
        if token.about in (About.WORD, About.ADDRESS):
            there = [word for source in token.sources for word in facts.words(source)]
            if token.name == "note":  # a note may be long: of notes that are one word it is the note
                there = [word for word in there if _PLAIN.fullmatch(word)]
        if token.about is About.ADDRESS:
            there += [named.name for named in facts.names.every if _PLAIN.fullmatch(named.name)]
        if token.name.endswith("port"):
            there = facts.usual_ports()
    return list(dict.fromkeys([*there, *words_known(token)]))


def _beginning(begun: str, texts: Sequence[str]) -> tuple[str, ...]:
    wanted = folded(begun)
    return tuple([text for text in texts if folded(text).startswith(wanted)][:MOST])
