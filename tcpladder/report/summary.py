"""A capture in a few figures: how its connections ended, what was found, who talks most, and when it was reset."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from tcpladder.ladder.notation import byte_count
from tcpladder.packets.flags import RST
from tcpladder.report.activity import counted
from tcpladder.rulebook.findings import concerned
from tcpladder.rulebook.levels import Level

if TYPE_CHECKING:
    from tcpladder.analysis import Analysis
    from tcpladder.rulebook.judging import Judgement

MOST_TALKERS = 10
BARS = 60
NS = 1_000_000_000
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A line of a bar chart: a name, how much, how that is written, and the filter that shows what it stands for."""

    name: str
    amount: int
    words: str
    filter: str
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What there is to know about a capture at one glance.

    `facts` are (what, how much). `endings` and `rules` are empty until the capture is judged; `rules` has the gravest
    first, all else the largest. `resets` counts RSTs in equal parts of the capture's time.
    """

    facts: tuple[tuple[str, str], ...]
    health: tuple[str, ...]
    endings: tuple[Bar, ...]
    rules: tuple[Bar, ...]
    by_bytes: tuple[Bar, ...]
    by_connections: tuple[Bar, ...]
    resets: npt.NDArray[np.int64]


def summarised(analysis: "Analysis", judgement: "Judgement | None" = None, kept: BoolArray | None = None) -> Summary:
    """Sum up a capture, judged or not; with `kept`, an entry a connection, only those of its connections.

    Its health is always that of the whole capture.
    """
    table = _of(analysis.connections.table, kept)
    payload = (table["initiator_bytes"] + table["responder_bytes"]).to_numpy()
    return Summary(
        facts=tuple(_facts(analysis, table, kept)),
        health=(
            *(notice.sentence for notice in analysis.notices),
            *(note.sentence for note in (judgement.health if judgement is not None else ())),
        ),
        endings=_endings(judgement, kept),
        rules=_rules(judgement, kept),
        by_bytes=_talkers(analysis, table, payload, byte_count),
        by_connections=_talkers(analysis, table, np.ones(len(table), np.uint64), grouped),
        resets=_resets(analysis.connections.segments, kept),
    )


def _of(table: pl.DataFrame, kept: BoolArray | None) -> pl.DataFrame:
    """Give the rows of a table with a row a connection that are kept."""
    return table if kept is None else table.filter(pl.Series(kept))


def _facts(analysis: "Analysis", table: pl.DataFrame, kept: BoolArray | None) -> Iterator[tuple[str, str]]:
    segments = analysis.connections.segments
    payload = int((table["initiator_bytes"] + table["responder_bytes"]).sum())
    yield _counted(len(table), "connection")
    yield _counted(len(segments) if kept is None else int(table["segments"].sum()), "segment")
    yield "payload", byte_count(payload)
    yield _counted(len(np.union1d(table["initiator"].to_numpy(), table["responder"].to_numpy())), "host")
    if len(table):
        begin, end = _span(segments)
        yield "time", f"{(end - begin) / NS:.3f} s"


def _counted(number: int, thing: str) -> tuple[str, str]:
    return (thing if number == 1 else f"{thing}s", grouped(number))


def _span(segments: pl.DataFrame) -> tuple[int, int]:
    begin, end = segments["time"].min(), segments["time"].max()
    return (begin, end) if isinstance(begin, int) and isinstance(end, int) else (0, 0)


def _endings(judgement: "Judgement | None", kept: BoolArray | None) -> tuple[Bar, ...]:
    if judgement is None:
        return ()
    counts = _of(judgement.verdicts, kept)["ending"].drop_nulls().value_counts(sort=True, name="count")
    ordered = counts.sort("count", "ending", descending=[True, False])
    return tuple(
        Bar(name=ending, amount=count, words=grouped(count), filter=f"class:{ending}")
        for ending, count in ordered.iter_rows()
    )


def _rules(judgement: "Judgement | None", kept: BoolArray | None) -> tuple[Bar, ...]:
    counts: dict[str, int] = {}
    levels: dict[str, Level] = {}
    for finding in judgement.findings if judgement is not None else ():
        if kept is not None and not any(kept[number - 1] for number in concerned(finding)):
            continue
        counts[finding.rule] = counts.get(finding.rule, 0) + 1
        levels[finding.rule] = max(finding.level, levels.get(finding.rule, finding.level))
    ordered = sorted(counts, key=lambda rule: (-levels[rule], -counts[rule], rule))
    return tuple(
        Bar(name=rule, amount=counts[rule], words=grouped(counts[rule]), filter=f"rule:{rule}", level=levels[rule])
        for rule in ordered
    )


def _talkers(
    analysis: "Analysis", table: pl.DataFrame, amounts: npt.NDArray[np.uint64], words: Callable[[int], str]
) -> tuple[Bar, ...]:
    """Give the addresses with the highest sums over their connections, at whichever end of them."""
    initiator, responder = (table[end].to_numpy() for end in ("initiator", "responder"))
    is_other = initiator != responder  # what a host sends to itself counts once
    sums = np.zeros(len(analysis.addresses), np.int64)
    for ends, weights in ((initiator, amounts), (responder, amounts * is_other)):
        sums += np.bincount(ends, weights, minlength=len(sums)).astype(np.int64)[: len(sums)]
    most = np.argsort(-sums, kind="stable")[:MOST_TALKERS]
    return tuple(
        Bar(name=name, amount=amount, words=words(amount), filter=f"host:{name}")
        for name, amount in ((analysis.addresses[int(at)], int(sums[at])) for at in most)
        if amount
    )


def _resets(segments: pl.DataFrame, kept: BoolArray | None) -> npt.NDArray[np.int64]:
    found = segments.select(pl.col("time", "connection").filter(pl.col("flags") & RST != 0))
    times = found["time"].to_numpy()
    if kept is not None:
        times = times[kept[found["connection"].to_numpy() - 1]]
    begin, end = _span(segments)
    return counted(times, begin, end, BARS)


def shares(bars: Sequence[Bar], cells: int) -> list[int]:
    """Give each bar its length: the greatest has all the cells, and what is there has at least one."""
    most = max((bar.amount for bar in bars), default=1)
    return [max(round(bar.amount * cells / most), 1) for bar in bars]


def grouped(number: int) -> str:
    """Write a number with its digits in groups of three."""
    return f"{number:,}".replace(",", " ")
