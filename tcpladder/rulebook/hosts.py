"""What rules about hosts share: connections by who talks to what, and how their numbers are told."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from tcpladder.rulebook.survey import Survey
from tcpladder.tcp.endings import Ending

SECOND = 1_000_000_000
MOST_FRAMES = 10

UNANSWERED = frozenset({Ending.HANDSHAKE_TIMEOUT, Ending.HANDSHAKE_TRUNCATED})
"""Endings of connections whose SYN nobody answered."""

UNESTABLISHED = frozenset(
    {
        *UNANSWERED,
        Ending.STRAY_RESET,
        Ending.REFUSED,
        Ending.STALE_PEER,
        Ending.HANDSHAKE_RESET_BY_CLIENT,
        Ending.HANDSHAKE_RESET_BY_SERVER,
        Ending.CLIENT_ABORT_BEFORE_SYNACK,
        Ending.FIN_WITHOUT_HANDSHAKE,
        Ending.HALF_OPEN_SERVER,
        Ending.HANDSHAKE_INCOMPLETE,
    }
)
"""Endings of connections that never came about."""


CLIENT_AND_SERVICE = ("initiator", "responder", "responder_port")

ALL = pl.lit(True)  # noqa: FBT003 a condition that holds always


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Connections that have something in common; `rows` are those of `Survey.connections`, by start."""

    name: str
    rows: pl.DataFrame

    def numbers(self) -> tuple[int, ...]:
        """Give the connections' numbers."""
        return tuple(self.rows["connection"].to_list())

    def frames(self) -> tuple[int, ...]:
        """Give the first frames of the first few."""
        return tuple(self.rows["first_frame"].head(MOST_FRAMES).to_list())

    def only(self, condition: pl.Expr) -> "Group":
        """Give those for which a condition holds."""
        return Group(name=self.name, rows=self.rows.filter(condition))

    def endings(self) -> str:
        """Tell how they ended, the most frequent first, as `refused ×3, open-at-end`."""
        counts = self.rows["ending"].value_counts().sort("count", "ending", descending=[True, False]).rows()
        return ", ".join(f"{ending} ×{count}" if count > 1 else ending for ending, count in counts)

    def __len__(self) -> int:
        return len(self.rows)


def by_service(survey: Survey, *, least: int = 1, of: pl.Expr = ALL) -> Iterator[Group]:
    """Group connections by the responder's address and port.

    Only groups are given that have at least so many connections for which `of` holds, a condition over the columns of
    `Survey.connections`: a capture may have as many groups as connections.
    """
    for (address, port), rows in _groups(survey, ("responder", "responder_port"), least, of):
        yield Group(name=_service(survey, address, port), rows=rows)


def by_client_and_service(survey: Survey, *, least: int = 1, of: pl.Expr = ALL) -> Iterator[Group]:
    """Group connections by the initiator's address and the responder's address and port; `by_service` says which."""
    for (client, address, port), rows in _groups(survey, CLIENT_AND_SERVICE, least, of):
        yield Group(name=f"{survey.address(client)} > {_service(survey, address, port)}", rows=rows)


def by_client(survey: Survey, *, least: int = 1, of: pl.Expr = ALL) -> Iterator[Group]:
    """Group connections by the initiator's address; `by_service` says which groups are given."""
    for (client,), rows in _groups(survey, ("initiator",), least, of):
        yield Group(name=survey.address(client), rows=rows)


def _groups(
    survey: Survey, keys: tuple[str, ...], least: int, of: pl.Expr
) -> Iterator[tuple[tuple[int, ...], pl.DataFrame]]:
    counted = survey.connections.lazy().select(*keys, counts=of.fill_null(value=False).cast(pl.UInt32))
    wanted = counted.group_by(keys).agg(pl.col("counts").sum()).filter(pl.col("counts") >= least).drop("counts")
    rows = survey.connections.lazy().join(wanted, on=keys, how="semi").sort("start", "connection").collect()
    for key, group in rows.group_by(keys, maintain_order=True):
        yield tuple(int(part) for part in key), group


def _service(survey: Survey, address: int, port: int) -> str:
    text = survey.address(address)
    return f"[{text}]:{port}" if ":" in text else f"{text}:{port}"


def most_at_once(spans: Sequence[tuple[int, int]]) -> int:
    """Give how many of some spans of time (start, end) overlap at most."""
    edges = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans], key=lambda e: (e[0], -e[1]))
    highest = current = 0
    for _, step in edges:
        current += step
        highest = max(highest, current)
    return highest


def is_in(endings: frozenset[Ending]) -> pl.Expr:
    """Give the condition that a connection ended in one of these ways."""
    return pl.col("ending").is_in([ending.value for ending in endings])
