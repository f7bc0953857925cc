"""Maims a capture as captures are maimed: segments missing or twice, a direction missing, cut at either end.

All variants of a capture become connections of one table, each between addresses of its own, so that they are judged
at once. Their times are shifted so that all of them end together, at the capture's end.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tcpladder.analysis import Analysis
from tcpladder.connections.table import group
from tcpladder.packets.addresses import AddressBook
from tcpladder.packets.schema import CAPTURED

MINUTE = 60_000_000_000


@dataclass(frozen=True, slots=True)
class Variant:
    """A maimed connection: what was done to it, and what is left; the capture went on for `goes_on` ns."""

    name: str
    segments: pl.DataFrame
    goes_on: int = MINUTE


def variants(segments: pl.DataFrame) -> Iterator[Variant]:
    """Maim one connection, in frame order, in each way that a capture may."""
    length = len(segments)
    yield Variant("whole", segments)
    for row in range(length):
        frame = segments["frame"][row]
        yield Variant(f"without frame {frame}", pl.concat([segments[:row], segments[row + 1 :]]))
        yield Variant(f"frame {frame} twice", pl.concat([segments[: row + 1], segments[row:]]))
        if row:
            yield Variant(f"from frame {frame} on", segments[row:])
            yield Variant(f"ending before frame {frame}", segments[:row], goes_on=0)
    for is_initiator in (True, False):
        name = "initiator" if is_initiator else "responder"
        yield Variant(f"only what the {name} sent", segments.filter(pl.col("from_initiator") == is_initiator))


def together(maimed: Iterable[Variant]) -> tuple[Analysis, dict[int, str]]:
    """Put variants into one capture. Gives it analysed, and what each of its connections is."""
    found = [variant for variant in maimed if len(variant.segments)]
    book = AddressBook()
    end = max(_last_time(variant) + variant.goes_on for variant in found)
    tables = []
    for number, variant in enumerate(found):
        texts = [f"10.{side}.{number // 256}.{number % 256}" for side in (1, 2)]
        ids = book.ids_of(texts)
        sent = pl.col("from_initiator")
        own, other = (pl.lit(ids[text], pl.UInt32) for text in texts)
        tables.append(
            variant.segments.with_columns(
                time=pl.col("time") + (end - variant.goes_on - _last_time(variant)),
                source=pl.when(sent).then(own).otherwise(other),
                destination=pl.when(sent).then(other).otherwise(own),
                variant=pl.lit(number),
            )
        )
    table = pl.concat(tables).with_columns(frame=pl.int_range(1, pl.len() + 1, dtype=pl.UInt32))
    connections = group(table.select(*CAPTURED))
    of_frame = dict(zip(table["frame"].to_list(), table["variant"].to_list(), strict=True))
    names = {
        number: found[of_frame[frame]].name
        for number, frame in connections.table.select("connection", "first_frame").iter_rows()
    }
    analysis = Analysis(
        path=Path("maimed.pcap"),
        addresses=book,
        connections=connections,
        notices=(),
        capture_end=end,
    )
    return analysis, names


def _last_time(variant: Variant) -> int:
    return int(variant.segments.select(pl.col("time").max()).item())
