"""What is to be known about a capture before anything in it is believed: what it lacks, and what it shows otherwise.

A healthy capture has no notes. Each is one sentence, with the first frames that show it.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from operator import or_

import numpy as np
import polars as pl

from tcpladder.packets.options import FAULTS, fault_words
from tcpladder.tcp.health_tally import SHOWN_FRAMES, Found, HealthKind, HealthTally

SHOWN_ADDRESSES = 2

SPOILT = 3
"""Wrong checksums from one address, and half of all there: no damage on the way is that thorough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthNote:
    """One thing to know about the capture.

    `count` is of what the sentence counts: segments, connections, or steps back in time. `frames` are the first of
    them, five at most; of a connection its first frame. `connections` are the numbers of all that are concerned.
    """

    kind: HealthKind
    sentence: str
    count: int
    frames: tuple[int, ...]
    connections: tuple[int, ...]


_SENTENCES = {
    HealthKind.SEGMENTS_MISSING: "Data is acknowledged in {segments} that was never captured: segments are missing.",
    HealthKind.ONE_DIRECTION: "Only one direction of {connections} was captured: what the other side sent is unknown.",
    HealthKind.JOINED_LATE: "The SYNs of {connections} were not captured: ISNs, window scale and options are unknown.",
    HealthKind.OPTIONS_CUT: "The snap length cut the TCP options of {segments}: they are unknown, not absent.",
    HealthKind.TIMES: "Times run backwards {times}, first at frame {first}; frames are in file order.",
    HealthKind.CAPTURED_TWICE: "The same packet was captured again in {segments}: each packet counts once.",
    HealthKind.OFFLOADED: (
        "The payload of {segments} is larger than the MSS: the capturing host's network card splits or joins segments, "
        "and those on the wire were smaller."
    ),
    HealthKind.CHECKSUMS_OFFLOADED: (
        "Checksums are wrong in {segments} from {addresses}: captured there, before the network card filled them in."
    ),
    HealthKind.CHECKSUMS_SPOILT: (
        "Checksums are wrong in {segments}, in both directions: both ends are on the capturing host, or the capture "
        "was altered afterwards."
    ),
    HealthKind.CHECKSUMS_WRONG: (
        "Checksums are wrong in {segments} from {addresses}: damaged on the way and ignored where they arrived, unless "
        "the capture was altered afterwards."
    ),
    HealthKind.OPTIONS_MALFORMED: "TCP options are malformed in {segments}: {faults}.",
    HealthKind.PORT_ZERO: "Port 0, which no service can have, is used in {segments}.",
    HealthKind.RESERVED_BITS: "Reserved header bits are set in {segments} (RFC 9293 §3.1).",
}


def health(tallies: Iterable[HealthTally], address: Callable[[int], str]) -> tuple[HealthNote, ...]:
    """Give the notes, those first that take most from what can be said of the connections.

    `tallies`, in any order, are those of all parts of a capture and of its times (`health_tally.tally`, `backwards`).
    `address` writes an address id.
    """
    parts = list(tallies)
    faults = fault_words(reduce(or_, (part.faults for part in parts), 0) & sum(FAULTS))
    found = {
        kind: (_sum([part.found[kind] for part in parts if kind in part.found]), {"faults": faults})
        for kind in {kind for part in parts for kind in part.found}
    }
    found |= {kind: (what, {"addresses": by}) for kind, what, by in _of_checksums(parts, address)}
    return tuple(_note(kind, *found[kind]) for kind in HealthKind if kind in found)


def _sum(parts: Sequence[Found]) -> Found:
    return Found(
        count=sum(part.count for part in parts),
        frames=tuple(sorted(frame for part in parts for frame in part.frames)[:SHOWN_FRAMES]),
        connections=np.unique(np.concatenate([part.connections for part in parts])),
    )


def _of_checksums(
    parts: Sequence[HealthTally], address: Callable[[int], str]
) -> Iterator[tuple[HealthKind, Found, str]]:
    """Sort the senders of wrong checksums by whether all of their source's are wrong, and those of the other side."""
    if all(part.senders.is_empty() for part in parts):
        return
    is_mostly_wrong = (pl.col("wrong") >= SPOILT) & (pl.col("wrong") * 2 >= pl.col("verified"))
    sources = (
        pl.concat(part.sources for part in parts)
        .group_by("source")
        .agg(pl.col("verified", "wrong").sum(), pl.col("leaves").any())
        .select("source", is_spoilt=pl.col("leaves") | is_mostly_wrong)
    )
    spoilt_by = [pl.col("is_spoilt") & (pl.col("from_initiator") == is_initiator) for is_initiator in (True, False)]
    is_mutual = pl.all_horizontal(by.any() for by in spoilt_by).over("connection")
    senders = pl.concat(part.senders for part in parts).join(sources, on="source", how="left")
    senders = senders.with_columns(is_mutual=is_mutual).filter(pl.col("wrong") > 0).sort(pl.col("frames").list.first())
    for kind, applies in {
        HealthKind.CHECKSUMS_OFFLOADED: pl.col("is_spoilt") & ~pl.col("is_mutual"),
        HealthKind.CHECKSUMS_SPOILT: pl.col("is_spoilt") & pl.col("is_mutual"),
        HealthKind.CHECKSUMS_WRONG: ~pl.col("is_spoilt"),
    }.items():
        rows = senders.filter(applies)
        if len(rows):
            # They are sorted by their first frame, so the first frames of all are among those of the first few.
            frames = sorted(chain.from_iterable(rows["frames"].head(SHOWN_FRAMES)))
            yield (
                kind,
                Found(
                    count=int(rows["wrong"].cast(pl.Int64).sum()),
                    frames=tuple(frames[:SHOWN_FRAMES]),
                    connections=rows["connection"].unique().sort().to_numpy(),
                ),
                _written(rows["source"].unique(maintain_order=True).to_list(), address),
            )


def _note(kind: HealthKind, found: Found, words: dict[str, str]) -> HealthNote:
    return HealthNote(
        kind=kind,
        sentence=_SENTENCES[kind].format(
            segments=_counted(found.count, "segment"),
            connections=_counted(found.count, "connection"),
            times="once" if found.count == 1 else f"{found.count} times",
            first=found.frames[0],
            **words,
        ),
        count=found.count,
        frames=found.frames,
        connections=tuple(found.connections.tolist()),
    )


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _written(ids: Sequence[int], address: Callable[[int], str]) -> str:
    return " and ".join(map(address, ids)) if len(ids) <= SHOWN_ADDRESSES else f"{len(ids)} addresses"
