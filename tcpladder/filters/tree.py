"""What a filter line says, as a tree, and how a tree is written as a line again."""

import enum
import re
from collections.abc import Sequence
from dataclasses import dataclass


class Comparison(enum.StrEnum):
    """How what a token is about is compared with the values."""

    IS = ":"
    IS_NOT = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a text is no filter: one sentence, and the place in the text that it is about."""

    position: int
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number, or a range that includes both its ends: `text` is how it was written."""

    text: str
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """All addresses of an IP version from `first` to `last`."""

    text: str
    version: int
    first: int
    last: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A word, with `*` and `?` for what may stand in their places."""

    text: str

    @property
    def is_glob(self) -> bool:
        """Whether it stands for more than itself."""
        return "*" in self.text or "?" in self.text

    def expression(self) -> str:
        """Give the regular expression that a text has to match from its beginning to its end."""
        parts = ({"*": ".*", "?": "."}.get(character) or re.escape(character) for character in self.text)
        return f"^(?:{''.join(parts)})$"


Value = Number | Network | Pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text that a row shows somewhere, upper and lower case alike."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """A token (by its name in `filters.tokens`) compared with values; one of them is enough."""

    token: str
    comparison: Comparison
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """What does not satisfy a node."""

    node: "Node"


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """What satisfies all of these; everything does where there are none."""

    nodes: tuple["Node", ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Any:
    """What satisfies one of these at least."""

    nodes: tuple["Node", ...]


Node = Text | Criterion | Not | All | Any

EVERYTHING = All(nodes=())
OPERATORS = ("and", "or", "not", "&&", "||")
"""Words that are not looked for; in quotes they are."""
_PLAIN = re.compile(r"[\w.*?%#^/+-]+")


def all_of(nodes: Sequence[Node]) -> Node:
    """Join nodes of which all have to be satisfied; one alone is itself, and those within All are taken out of it."""
    flat = tuple(inner for node in nodes for inner in (node.nodes if isinstance(node, All) else (node,)))
    return flat[0] if len(flat) == 1 else All(nodes=flat)


def any_of(nodes: Sequence[Node]) -> Node:
    """Join nodes of which one has to be satisfied, likewise."""
    flat = tuple(inner for node in nodes for inner in (node.nodes if isinstance(node, Any) else (node,)))
    return flat[0] if len(flat) == 1 else Any(nodes=flat)


def written(node: Node) -> str:
    """Write a tree as a line that is parsed into the same tree."""
    match node:
        case Text():
            return _quoted(node.text)
        case Criterion():
            return f"{node.token}{node.comparison}{','.join(_quoted(value.text) for value in node.values)}"
        case Not():
            inner = written(node.node)
            return f"-({inner})" if isinstance(node.node, All | Any) else f"-{inner}"
        case All():
            return " ".join(f"({written(inner)})" if isinstance(inner, Any) else written(inner) for inner in node.nodes)
        case Any():
            return " OR ".join(written(inner) for inner in node.nodes)


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text) and text[0] != "-" and text.lower() not in OPERATORS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
