"""The tokens of a filter line: one table, from which they are parsed, evaluated, completed and explained."""

import functools
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum, auto

import polars as pl

from tcpladder.filters import values
from tcpladder.rules import catalogue
from tcpladder.tcp.endings import Ending
from tcpladder.tcp.states import State

ZEEK_STATES = ("S0", "S1", "SF", "REJ", "S2", "S3", "RSTO", "RSTR", "RSTOS0", "RSTRH", "SH", "SHR", "OTH")
ENDS = ("initiator", "responder", "nobody")
ANSWERS = ("yes", "no", "unknown")


class About(Enum):
    """What a token is about, which decides how its values are read and compared."""

    ADDRESS = auto()
    NUMBER = auto()
    LEVEL = auto()
    WORD = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token of the filter line.

    A number is that of a row for which one of `columns`, expressions over `filters.facts.Facts.table`, is such a
    number; words and addresses are named by `sources`, columns of Facts. `suggested` are words for completion. Words
    that the capture has come from there; where `is_closed`, no others than these are accepted.
    """

    name: str
    about: About
    help: str
    example: str
    reads: values.Reader
    aliases: tuple[str, ...] = ()
    columns: tuple[pl.Expr, ...] = ()
    sources: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    is_exact: bool = False  # upper and lower case are two things

    @property
    def opening(self) -> str:
        """What completion writes: the name, and how it most often goes on."""
        return f"{self.name}{'>' if self.is_measure else ':'}"

    @property
    def is_measure(self) -> bool:
        """Whether more or less of it makes sense, and equality seldom does."""
        return self.about is About.NUMBER and "port" not in self.name and self.name != "connection"

    @property
    def has_order(self) -> bool:
        """Whether its values can be compared by < and >."""
        return self.about in (About.NUMBER, About.LEVEL)


def _sum(*columns: str) -> pl.Expr:
    return functools.reduce(lambda left, right: left + right, [pl.col(column).cast(pl.Int64) for column in columns])


_DURATION = values.amount(values.DURATIONS, "a time such as 50ms or 1.5s")
_SIZE = values.amount(values.SIZES, "a size such as 500, 10k or 1.5MiB")
_COUNT = values.amount(values.COUNTS, "a number")
_PORT = values.amount(values.PORTS, "a port", most=65535)
_ROUND_TRIP = pl.coalesce(
    _sum("handshake_rtt_initiator_ns", "handshake_rtt_responder_ns"), "timestamp_rtt_min_ns", "ack_rtt_min_ns"
)


@functools.cache
def _rules() -> tuple[str, ...]:
    return tuple(rule.id for rule in catalogue())


def _words(what: str, known: Collection[str]) -> values.Reader:
    return values.word(what, lambda: known)


def _address(name: str, sources: Sequence[str], help_: str, *aliases: str) -> Token:
    return Token(
        name=name,
        aliases=aliases,
        about=About.ADDRESS,
        help=help_,
        example=f"{name}:10.0.0.0/8",
        reads=values.address,
        sources=tuple(sources),
    )


def _number(
    name: str, reads: values.Reader, columns: Sequence[pl.Expr], help_: str, example: str, *aliases: str
) -> Token:
    return Token(
        name=name,
        aliases=aliases,
        about=About.NUMBER,
        help=help_,
        example=example,
        reads=reads,
        columns=tuple(columns),
    )


def _closed(  # noqa: PLR0913 - a row of the table
    name: str, what: str, known: tuple[str, ...], sources: Sequence[str], help_: str, example: str, *aliases: str
) -> Token:
    return Token(
        name=name,
        aliases=aliases,
        about=About.WORD,
        help=help_,
        example=example,
        reads=_words(what, known),
        sources=tuple(sources),
        suggested=known,
    )


_STATES = tuple(state.name for state in State)
_ENDINGS = tuple(ending.value for ending in Ending)

TOKENS: tuple[Token, ...] = (
    _address("host", ("initiator", "responder"), "address (10.0.*), network, name; either end", "addr", "ip"),
    _number(
        "port", _PORT, (pl.col("initiator_port"), pl.col("responder_port")), "port of either end", "port:80,8000-8999"
    ),
    _closed(
        "class", "class", _ENDINGS, ("ending",), "how it ended", "class:refused,abort-*", "ended", "ending", "close"
    ),
    Token(
        name="level",
        about=About.LEVEL,
        help="level of its gravest finding, or none",
        example="level>=deviation",
        reads=values.level,
        columns=(pl.col("level"),),
        suggested=tuple(reversed(values.LEVELS)),
    ),
    Token(
        name="rule",
        aliases=("finding",),
        about=About.WORD,
        help="a rule that found something in it",
        example="rule:td-*",
        reads=values.word("rule", _rules),
        sources=("rules",),
    ),
    _closed(
        "state",
        "state",
        _STATES,
        ("initiator_state", "responder_state"),
        "last state of either end",
        "state:CLOSE_WAIT",
    ),
    _number("rtt", _DURATION, (_ROUND_TRIP,), "round trip: the handshake's, or the least", "rtt>50ms"),
    _number(
        "duration", _DURATION, (pl.col("end") - pl.col("start"),), "from first segment to last", "duration>2s", "time"
    ),
    _number(
        "start", _DURATION, (pl.col("start") - pl.col("start").min(),), "when it began in the capture", "start:10-20s"
    ),
    _number(
        "segments", _COUNT, (pl.col("segments"),), "how many were captured", "segments>100", "segs", "packets", "pkts"
    ),
    _number(
        "bytes", _SIZE, (_sum("initiator_bytes", "responder_bytes"),), "payload of both ends", "bytes>=1MB", "size"
    ),
    _address("initiator", ("initiator",), "address or name of the end that opened", "client", "src"),
    _address("responder", ("responder",), "address or name of the other end", "server", "dst"),
    _number("initiator_port", _PORT, (pl.col("initiator_port"),), "its port", "initiator_port<1024", "sport"),
    _number("responder_port", _PORT, (pl.col("responder_port"),), "its port", "responder_port:443", "dport"),
    _number("initiator_bytes", _SIZE, (_sum("initiator_bytes"),), "payload that it sent", "initiator_bytes:0"),
    _number("responder_bytes", _SIZE, (_sum("responder_bytes"),), "payload that it sent", "responder_bytes>10k"),
    _closed("initiator_state", "state", _STATES, ("initiator_state",), "its last state", "initiator_state:TIME_WAIT"),
    _closed("responder_state", "state", _STATES, ("responder_state",), "its last state", "responder_state:SYN_RCVD"),
    _closed("closed_first", "end", ENDS, ("closed_first",), "who sent the first FIN", "closed_first:responder"),
    _closed("reset_by", "end", ENDS, ("reset_by",), "who sent the RST that ended it", "reset_by:initiator"),
    Token(
        name="tag",
        aliases=("tags",),
        about=About.WORD,
        help="what else is known about it",
        example="tag:midstream",
        reads=values.word("tag", tuple),
        sources=("tags",),
    ),
    _closed("conn_state", "Zeek state", ZEEK_STATES, ("conn_state",), "Zeek's conn_state", "conn_state:RSTR"),
    Token(
        name="history",
        about=About.WORD,
        help="Zeek's history, upper and lower case",
        example="history:*R*",
        reads=values.word("history", tuple),
        sources=("history",),
        is_exact=True,
    ),
    _closed("timestamps", "answer", ANSWERS, ("timestamps",), "whether they were negotiated", "timestamps:no"),
    _number("findings", _COUNT, (pl.col("findings"),), "how many there are", "findings>=2"),
    Token(
        name="note",
        aliases=("notes",),
        about=About.WORD,
        help="text in its notes; noted: any",
        example="note:balancer",
        reads=values.part,
        sources=("notes",),
    ),
    Token(
        name="marked",
        aliases=("mark",),
        about=About.WORD,
        help="a mark on it or in it; marked: any",
        example="marked:a",
        reads=values.mark,
        sources=("marks",),
    ),
    _number("connection", _COUNT, (pl.col("connection"),), "its number", "connection:10-20"),
)
"""All tokens, those first that are asked for most."""

ALONE = {"noted": ("note", "*"), "marked": ("marked", "*")}
"""Words that stand for a token and a value where they stand alone."""


@functools.cache
def _by_name() -> dict[str, Token]:
    return {name: token for token in TOKENS for name in (token.name, *token.aliases)}


def token_named(name: str) -> Token | None:
    """Find a token by its name, or by another that it goes by."""
    return _by_name().get(name.lower())


def names() -> tuple[str, ...]:
    """Give the names of all tokens, in order."""
    return tuple(token.name for token in TOKENS)


def words_known(token: Token) -> tuple[str, ...]:
    """Give the words that a token may be compared with, as far as they don't come from the capture."""
    return _rules() if token.name == "rule" else token.suggested
